#include "rnncomp/network.h"

#include <algorithm>
#include <new>
#include <utility>

#include "rnncomp/panels.h"
#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

constexpr std::size_t kCacheLine = 64;

template <class T>
std::size_t panel(int steps, int rows) {
  return std::size_t(steps) * rows * kBlock;
}

// The noise of a block as layer `index` reads it, kept in `own`.
const Noise* of_layer(const Noise* noise, std::size_t index, Noise& own) {
  if (!noise) return nullptr;
  own = *noise;
  own.layer = static_cast<int>(index);
  return &own;
}

// What flows beside `in`, in the second block
template <class T>
Sequence<T> moved(Sequence<T> in, std::ptrdiff_t pair) {
  in.x += pair;
  if (in.mask) in.mask += pair;
  return in;
}

template <class T>
int vectors_for(int n_rows) {
  return (n_rows + kLanes<T> - 1) / kLanes<T>;
}

}  // namespace

template <class T>
void Buffer<T>::reserve(std::size_t size) {
  if (size <= size_) return;
  release();
  data_ = static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{kCacheLine}));
  size_ = size;
  std::fill(data_, data_ + size, T(0));
}

template <class T>
void Buffer<T>::release() {
  if (data_) ::operator delete(data_, std::align_val_t{kCacheLine});
  data_ = nullptr;
  size_ = 0;
}

template <class T>
Network<T>::Network(const std::vector<LayerSpec>& specs, int features) : features_(features) {
  for (const LayerSpec& spec : specs) {
    layers_.push_back(make_layer<T>(spec));
    params_at_.push_back(n_params_);
    packed_at_.push_back(packed_size_);
    state_at_.push_back(state_size_);
    for (const std::size_t size : layers_.back()->weight_sizes()) {
      n_params_ += size;
      weight_ends_.push_back(n_params_);
    }
    packed_size_ += layers_.back()->packed_size();
    state_size_ += layers_.back()->state_size();
  }
}

template <class T>
Shape Network<T>::shape_into(std::size_t layer, int window) const {
  Shape shape{window, features_};
  for (std::size_t l = 0; l < layer; ++l) shape = layers_[l]->output_shape(shape);
  return shape;
}

template <class T>
int Network<T>::outputs(int window) const {
  const Shape shape = shape_into(layers_.size(), window);
  return shape.steps * shape.rows;
}

template <class T>
std::size_t Network<T>::trace_size(int window) const {
  std::size_t size = 0;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Shape out = shape_into(l + 1, window);
    size += layers_[l]->trace_size(shape_into(l, window).steps) + std::size_t(out.steps) * out.rows;
  }
  return size;
}

template <class T>
void Network<T>::prepare(Workspace<T>& work, int window, bool keep, bool pairs) const {
  if (work.steps == window && work.keep == keep && (work.pair != 0) == pairs) return;
  std::size_t widest = panel<T>(window, features_);
  std::size_t scratch = 0;
  std::size_t total = panel<T>(window, features_ + 1) + 3 * panel<T>(1, state_size_);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const int steps = shape_into(l, window).steps;
    const Shape out = shape_into(l + 1, window);
    total += layers_[l]->saved_size(steps, keep);
    widest = std::max(widest, panel<T>(out.steps, out.rows));
    scratch = std::max(scratch, layers_[l]->scratch_size(steps));
  }
  if (keep) total += 2 * widest + scratch;
  // Half a page and a line beside each other, so that two blocks do not meet in one set of a cache.
  constexpr std::size_t kPage = 4096 / sizeof(T), kBetween = kPage / 2 + kCacheLine / sizeof(T);
  work.pair = pairs ? (total + kPage - 1) / kPage * kPage + kBetween : 0;
  work.memory.reserve(pairs ? work.pair + total : total);

  T* at = work.memory.data();
  const auto take = [&](std::size_t size) { return std::exchange(at, at + size); };
  work.x = take(panel<T>(window, features_));
  work.mask = take(panel<T>(window, 1));
  work.states = take(panel<T>(1, state_size_));
  work.ends = take(panel<T>(1, state_size_));
  work.dstates = take(panel<T>(1, state_size_));
  work.saved.clear();
  work.flow.resize(layers_.size() + 1);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    work.saved.push_back(take(layers_[l]->saved_size(shape_into(l, window).steps, keep)));
  }
  if (keep) {
    work.dy = take(widest);
    work.dx = take(widest);
    work.scratch = take(scratch);
  }
  work.steps = window;
  work.keep = keep;
}

template <class T>
void Network<T>::pack(const T* params, T* packed, int part, int parts, bool backward) const {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l]->pack(params + params_at_[l], packed + packed_at_[l], part, parts, backward);
  }
}

// x[t, f, lane] = base[starts[row of lane] + t, f], and the same turn for states and mask
template <class T>
void Network<T>::gather(const Samples<T>& samples, const BlockRows<T>& block, std::ptrdiff_t at,
                        Workspace<T>& work) const {
  const int n_rows = block.n_rows;
  const Extra<T>& extra = block.extra;
  const T* from[kBlock];
  for (int r = 0; r < n_rows; ++r) {
    from[r] = samples.base + samples.starts[block.rows[r]] * features_;
  }
  turn(from, n_rows, std::size_t(samples.window) * features_, work.x + at);
  if (extra.states) turn(extra.states, n_rows, state_size_, work.states + at);
  if (extra.mask) turn(extra.mask, n_rows, samples.window, work.mask + at);
}

template <class T>
Sequence<T> Network<T>::forward(const T* params, const T* packed, const Samples<T>& samples,
                                const BlockRows<T>* blocks, int count, Workspace<T>& work,
                                T* trace) const {
  for (int b = 0; b < count; ++b) gather(samples, blocks[b], b * work.pair, work);
  const Extra<T>& extra = blocks[0].extra;
  work.flow[0] = {work.x, extra.mask ? work.mask : nullptr, samples.window};
  Noise noise;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Forward<T> call;
    call.in = work.flow[l];
    call.params = params + params_at_[l];
    call.packed = packed + packed_at_[l];
    call.state = extra.states ? work.states + panel<T>(1, state_at_[l]) : nullptr;
    call.end_state = extra.ends ? work.ends + panel<T>(1, state_at_[l]) : nullptr;
    call.saved = work.saved[l];
    call.vectors = vectors_for<T>(blocks[0].n_rows);
    call.keep = work.keep;
    call.noise = of_layer(extra.noise, l, noise);
    const bool pair = count == 2 && goes_in_pairs(l, work);
    if (pair) call.pair = work.pair;
    call.trace = trace;
    work.flow[l + 1] = layers_[l]->forward(call);
    if (trace) {
      const Shape out = shape_into(l + 1, samples.window);
      trace += panel<T>(1, layers_[l]->trace_size(call.in.steps));
      trace = std::copy_n(work.flow[l + 1].x, panel<T>(out.steps, out.rows), trace);
    }
    if (count == 1 || pair) continue;
    call.in = moved(call.in, work.pair);
    if (call.state) call.state += work.pair;
    if (call.end_state) call.end_state += work.pair;
    call.saved += work.pair;
    call.vectors = vectors_for<T>(blocks[1].n_rows);
    call.noise = of_layer(blocks[1].extra.noise, l, noise);
    layers_[l]->forward(call);
  }
  return work.flow.back();
}

template <class T>
bool Network<T>::goes_in_pairs(std::size_t layer, const Workspace<T>& work) const {
  return layers_[layer]->goes_in_pairs() && !work.flow[layer].mask;
}

template <class T>
void Network<T>::backward(const T* packed, const BlockRows<T>* blocks, int count, bool inputs,
                          T* gradient, Workspace<T>& work) const {
  std::fill(gradient, gradient + count * n_params_, T(0));
  Noise noise;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    Backward<T> call;
    call.in = work.flow[l];
    call.packed = packed + packed_at_[l];
    call.saved = work.saved[l];
    call.dy = work.dy;
    call.dx = l > 0 || inputs ? work.dx : nullptr;
    call.dstate = inputs ? work.dstates + panel<T>(1, state_at_[l]) : nullptr;
    call.gradient = gradient + params_at_[l];
    call.scratch = work.scratch;
    call.vectors = vectors_for<T>(blocks[0].n_rows);
    call.noise = of_layer(blocks[0].extra.noise, l, noise);
    const bool pair = count == 2 && goes_in_pairs(l, work);
    if (pair) {
      call.pair = work.pair;
      call.gradient_pair = n_params_;
    }
    layers_[l]->backward(call);
    if (count == 2 && !pair) {
      call.in = moved(call.in, work.pair);
      call.saved += work.pair;
      call.dy += work.pair;
      if (call.dx) call.dx += work.pair;
      if (call.dstate) call.dstate += work.pair;
      call.gradient += n_params_;
      call.vectors = vectors_for<T>(blocks[1].n_rows);
      call.noise = of_layer(blocks[1].extra.noise, l, noise);
      layers_[l]->backward(call);
    }
    if (l > 0) std::swap(work.dy, work.dx);
  }
}

template class Buffer<float>;
template class Buffer<double>;
template class Network<float>;
template class Network<double>;

}  // namespace rnncomp
