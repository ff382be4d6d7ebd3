#include "rnncomp/network.h"

#include <algorithm>
#include <new>
#include <utility>

#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

constexpr std::size_t kCacheLine = 64;

template <class T>
std::size_t panel(int steps, int rows) {
  return std::size_t(steps) * rows * kBlock;
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
int Network<T>::steps_into(std::size_t layer, int window) const {
  int steps = window;
  for (std::size_t l = 0; l < layer; ++l) steps = layers_[l]->output_steps(steps);
  return steps;
}

template <class T>
int Network<T>::outputs(int window) const {
  return steps_into(layers_.size(), window) * layers_.back()->spec().units;
}

template <class T>
void Network<T>::prepare(Workspace<T>& work, int window, bool keep) const {
  if (work.steps == window && work.keep == keep) return;
  std::size_t widest = panel<T>(window, features_);
  std::size_t scratch = 0;
  std::size_t total = panel<T>(window, features_) + 2 * panel<T>(1, state_size_);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const int steps = steps_into(l, window);
    const Layer<T>& layer = *layers_[l];
    total += layer.saved_size(steps, keep);
    widest = std::max(widest, panel<T>(layer.output_steps(steps), layer.spec().units));
    scratch = std::max(scratch, layer.scratch_size(steps));
  }
  if (keep) total += 2 * widest + scratch;
  work.memory.reserve(total);

  T* at = work.memory.data();
  const auto take = [&](std::size_t size) { return std::exchange(at, at + size); };
  work.x = take(panel<T>(window, features_));
  work.states = take(panel<T>(1, state_size_));
  work.dstates = take(panel<T>(1, state_size_));
  work.saved.clear();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    work.saved.push_back(take(layers_[l]->saved_size(steps_into(l, window), keep)));
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

// x[t, f, lane] = base[starts[row of lane] + t, f], and the same turn for the states
template <class T>
void Network<T>::gather(const Samples<T>& samples, const T* states, const std::int64_t* rows,
                        int n_rows, Workspace<T>& work) const {
  const std::size_t size = std::size_t(samples.window) * features_;
  const int width = vectors_for<T>(n_rows) * kLanes<T>;
  for (int lane = 0; lane < width; ++lane) {
    const T* from = lane < n_rows ? samples.base + samples.starts[rows[lane]] * features_ : nullptr;
    for (std::size_t k = 0; k < size; ++k) work.x[k * kBlock + lane] = from ? from[k] : T(0);
    if (!states) continue;
    const T* state = lane < n_rows ? states + rows[lane] * state_size_ : nullptr;
    for (int s = 0; s < state_size_; ++s) {
      work.states[std::size_t(s) * kBlock + lane] = state ? state[s] : T(0);
    }
  }
}

template <class T>
const T* Network<T>::forward(const T* packed, const Samples<T>& samples, const T* states,
                             const std::int64_t* rows, int n_rows, Workspace<T>& work) const {
  gather(samples, states, rows, n_rows, work);
  const T* x = work.x;
  int steps = samples.window;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer<T>& layer = *layers_[l];
    Forward<T> call;
    call.x = x;
    call.state = states ? work.states + panel<T>(1, state_at_[l]) : nullptr;
    call.saved = work.saved[l];
    call.steps = steps;
    call.vectors = vectors_for<T>(n_rows);
    call.keep = work.keep;
    layer.forward(packed + packed_at_[l], call);
    x = layer.output(call.saved, steps, work.keep);
    steps = layer.output_steps(steps);
  }
  return x;
}

template <class T>
void Network<T>::backward(const T* packed, int n_rows, bool inputs, T* gradient,
                          Workspace<T>& work) const {
  std::fill(gradient, gradient + n_params_, T(0));
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer<T>& layer = *layers_[l];
    const int steps = steps_into(l, work.steps);
    Backward<T> call;
    call.x = l == 0 ? work.x
                    : layers_[l - 1]->output(work.saved[l - 1], steps_into(l - 1, work.steps),
                                             work.keep);
    call.saved = work.saved[l];
    call.dy = work.dy;
    call.dx = l > 0 || inputs ? work.dx : nullptr;
    call.dstate = inputs ? work.dstates + panel<T>(1, state_at_[l]) : nullptr;
    call.gradient = gradient + params_at_[l];
    call.scratch = work.scratch;
    call.steps = steps;
    call.vectors = vectors_for<T>(n_rows);
    layer.backward(packed + packed_at_[l], call);
    if (l > 0) std::swap(work.dy, work.dx);
  }
}

template class Buffer<float>;
template class Buffer<double>;
template class Network<float>;
template class Network<double>;

}  // namespace rnncomp
