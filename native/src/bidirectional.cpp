// One recurrent layer along time and one against it, side by side or merged into one.
#include <algorithm>

#include "rnncomp/layer.h"
#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

template <class T>
class Bidirectional final : public Layer<T> {
 public:
  using Layer<T>::panel;

  explicit Bidirectional(const LayerSpec& spec)
      : Layer<T>(spec),
        forward_(make_layer<T>(spec.children[0])),
        backward_(make_layer<T>(spec.children[1])),
        U_(spec.children[0].units),
        sequences_(spec.children[0].return_sequences) {}

  Shape output_shape(Shape in) const override { return {sequences_ ? in.steps : 1, width()}; }

  std::vector<std::size_t> weight_sizes() const override {
    std::vector<std::size_t> sizes = forward_->weight_sizes();
    for (const std::size_t size : backward_->weight_sizes()) sizes.push_back(size);
    return sizes;
  }
  std::size_t packed_size() const override {
    return forward_->packed_size() + backward_->packed_size();
  }
  int state_size() const override { return forward_->state_size() + backward_->state_size(); }

  // What the two keep, their outputs and the merged one
  std::size_t saved_size(int steps, bool keep) const override {
    return forward_->saved_size(steps, keep) + backward_->saved_size(steps, keep) +
           outputs(steps) * panel(2 * U_ + width());
  }
  // What the two need in turn, dy of one of them, dx of one of them
  std::size_t scratch_size(int steps) const override {
    return std::max(forward_->scratch_size(steps), backward_->scratch_size(steps)) +
           outputs(steps) * panel(U_) + steps * panel(this->spec_.inputs);
  }

  std::size_t trace_size(int steps) const override {
    return forward_->trace_size(steps) + backward_->trace_size(steps);
  }

  void pack(const T* params, T* packed, int part, int parts, bool backward) const override {
    forward_->pack(params, packed, part, parts, backward);
    backward_->pack(params + forward_->n_params(), packed + forward_->packed_size(), part, parts,
                    backward);
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    const int steps = outputs(call.in.steps);
    const Saved saved = parts(call.saved, call.in.steps, call.keep);
    Noise noise;
    copy_output(forward_->forward(child(call, 0, saved, noise)), call.in.mask, false, saved.y);
    copy_output(backward_->forward(child(call, 1, saved, noise)), call.in.mask, true, saved.y_rev);
    for (int t = 0; t < steps; ++t) {
      merge(saved.y + t * panel(U_), saved.y_rev + t * panel(U_),
            saved.merged + t * panel(width()));
    }
    return {saved.merged, sequences_ ? call.in.mask : nullptr, steps};
  }

  void backward(const Backward<T>& call) const override {
    const Saved saved = parts(call.saved, call.in.steps, true);
    T* dy = call.scratch;
    T* dx = dy + outputs(call.in.steps) * panel(U_);
    Backward<T> part = call;
    part.scratch = dx + call.in.steps * panel(this->spec_.inputs);
    part.dy = dy;
    Noise noise;

    split(call, saved, false, dy);
    part.saved = saved.forward;
    part.noise = child_noise(call.noise, 0, noise);
    forward_->backward(part);

    split(call, saved, true, dy);
    part.saved = saved.backward;
    part.packed = call.packed + forward_->packed_size();
    part.gradient = call.gradient + forward_->n_params();
    part.dx = call.dx ? dx : nullptr;
    if (call.dstate) part.dstate = call.dstate + panel(forward_->state_size());
    part.noise = child_noise(call.noise, 1, noise);
    backward_->backward(part);
    if (!call.dx) return;
    for (std::size_t k = 0; k < call.in.steps * panel(this->spec_.inputs); ++k) {
      call.dx[k] += dx[k];
    }
  }

 private:
  struct Saved {
    T* forward;
    T* backward;
    T* y;  // (steps of the output, U) of the first layer, and of the second in the order of time
    T* y_rev;
    T* merged;
  };

  int width() const { return this->spec_.merge == Merge::concat ? 2 * U_ : U_; }
  int outputs(int steps) const { return sequences_ ? steps : 1; }

  Saved parts(T* saved, int steps, bool keep) const {
    Saved s;
    s.forward = saved;
    s.backward = s.forward + forward_->saved_size(steps, keep);
    s.y = s.backward + backward_->saved_size(steps, keep);
    s.y_rev = s.y + outputs(steps) * panel(U_);
    s.merged = s.y_rev + outputs(steps) * panel(U_);
    return s;
  }

  Forward<T> child(const Forward<T>& call, int index, const Saved& saved, Noise& noise) const {
    Forward<T> part = call;
    part.noise = child_noise(call.noise, index, noise);
    part.saved = index ? saved.backward : saved.forward;
    if (index == 0) return part;
    part.params += forward_->n_params();
    part.packed += forward_->packed_size();
    if (part.trace) part.trace += panel(forward_->trace_size(call.in.steps));
    const std::size_t states = panel(forward_->state_size());
    if (part.state) part.state += states;
    if (part.end_state) part.end_state += states;
    return part;
  }

  static const Noise* child_noise(const Noise* noise, int index, Noise& own) {
    if (!noise) return nullptr;
    own = *noise;
    own.layer = noise->layer * 16 + 256 + index;
    return &own;
  }

  // y = y[::-1] if reversed;  y *= mask, as Keras has zeros where a mask says that nothing is
  void copy_output(const Sequence<T>& out, const T* mask, bool reversed, T* y) const {
    for (int t = 0; t < out.steps; ++t) {
      const T* from = out.x + (reversed ? out.steps - 1 - t : t) * panel(U_);
      T* to = y + t * panel(U_);
      std::copy(from, from + panel(U_), to);
      if (sequences_ && mask) keep_where(mask + time_of(t, out.steps) * kBlock, to);
    }
  }

  // The step that the numbers at place t of an output belong to: against time where the first layer
  // runs against it, as Keras turns the output of the second one alone.
  int time_of(int t, int steps) const {
    return this->spec_.children[0].go_backwards ? steps - 1 - t : t;
  }

  void keep_where(const T* mask, T* x) const {
    for (std::size_t k = 0; k < panel(U_); ++k) x[k] = mask[k % kBlock] != 0 ? x[k] : T(0);
  }

  void merge(const T* y, const T* y_rev, T* out) const {
    const std::size_t size = panel(U_);
    switch (this->spec_.merge) {
      case Merge::concat:
        std::copy(y, y + size, out);
        std::copy(y_rev, y_rev + size, out + size);
        break;
      case Merge::sum:
        for (std::size_t k = 0; k < size; ++k) out[k] = y[k] + y_rev[k];
        break;
      case Merge::mul:
        for (std::size_t k = 0; k < size; ++k) out[k] = y[k] * y_rev[k];
        break;
      case Merge::ave:
        for (std::size_t k = 0; k < size; ++k) out[k] = (y[k] + y_rev[k]) / 2;
        break;
    }
  }

  // The share of dy that belongs to one of the layers, in the order of its own steps
  void split(const Backward<T>& call, const Saved& saved, bool reversed, T* out) const {
    const int steps = outputs(call.in.steps);
    const T* other = reversed ? saved.y : saved.y_rev;
    const bool second_half = reversed && this->spec_.merge == Merge::concat;
    for (int t = 0; t < steps; ++t) {
      const T* dy = call.dy + t * panel(width()) + (second_half ? panel(U_) : 0);
      T* to = out + (reversed ? steps - 1 - t : t) * panel(U_);
      for (std::size_t k = 0; k < panel(U_); ++k) {
        const T factor = this->spec_.merge == Merge::mul   ? other[t * panel(U_) + k]
                         : this->spec_.merge == Merge::ave ? T(0.5)
                                                           : T(1);
        to[k] = dy[k] * factor;
      }
      if (sequences_ && call.in.mask) {
        keep_where(call.in.mask + time_of(t, steps) * kBlock, to);
      }
    }
  }

  std::unique_ptr<Layer<T>> forward_, backward_;
  int U_;
  bool sequences_;
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_bidirectional(const LayerSpec& spec) {
  return std::make_unique<Bidirectional<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_bidirectional(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_bidirectional(const LayerSpec&);

}  // namespace rnncomp
