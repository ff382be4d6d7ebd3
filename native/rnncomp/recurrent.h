// What the recurrent layers share: the loop over time, forward and back, in chunks.
#pragma once

#include <algorithm>

#include "rnncomp/activations.h"
#include "rnncomp/layer.h"
#include "rnncomp/matmul.h"

namespace rnncomp {

// One step of one block. Panels without a time letter are of this step.
template <class T>
struct StepForward {
  const T* x;       // (F)
  const T* h_prev;  // (U), or null when it is zero
  const T* c_prev;  // (U), LSTM
  T* h;             // (U)
  T* c;             // (U), LSTM; may be c_prev itself
  T* kept;          // (kept rows)
  int vectors;
  bool keep;  // whether a backward step follows
};

template <class T>
struct StepBackward {
  const T* h_prev;   // (U)
  const T* c_prev;   // (U), LSTM
  const T* h;        // (U)
  T* kept;           // (kept rows), from the way forward; dz takes its place
  const T* dy;       // (U), or null when this step's output is not used
  const T* dz_next;  // (kept rows) of the step after, or null at the last step
  T* carry;          // (U) what flows past the product: dc in an LSTM, z * dh in a GRU
  int vectors;
};

// Gates first .. first + count - 1 of a tile become their activations. `slopes` takes their slopes,
// a panel for each gate, `stride` apart; it is null where nobody reads them.
template <class T>
inline void activate_gates(Activation kind, const Tile<T>& tile, int first, int count, T* slopes,
                           std::size_t stride) {
  if (!slopes) return activate<T>(kind, tile.gate(first), count * tile.size());
  for (int k = 0; k < count; ++k) {
    activate_rows<T>(kind, tile.gate(first + k), tile.units, tile.vectors,
                     slopes + k * stride + tile.first * kBlock);
  }
}

template <class T>
class Recurrent : public Layer<T> {
 public:
  Recurrent(const LayerSpec& spec, int gates, int bias_rows = 1)
      : Layer<T>(spec),
        F_(spec.inputs),
        U_(spec.units),
        width_(gates * spec.units),
        bias_size_(bias_rows * width_) {}

  std::vector<std::size_t> weight_sizes() const override {
    std::vector<std::size_t> sizes{std::size_t(F_) * width_, std::size_t(U_) * width_};
    if (this->spec_.use_bias) sizes.push_back(bias_size_);
    return sizes;
  }
  std::size_t packed_size() const override { return 2 * kernels_size() + bias_size_; }

  std::size_t saved_size(int steps, bool keep) const override {
    return panel(U_) * h_slots(steps, keep) + panel(c_rows()) * (keep ? steps + 1 : 1) +
           panel(kept_rows()) * (keep ? steps : 1);
  }

  std::size_t scratch_size(int steps) const override {
    const int chunk = chunk_steps(steps);
    return 2 * panel(U_) + WeightGradient<T>::scratch_size(F_ + U_, chunk);
  }

  void forward(const T* packed, const Forward<T>& call) const override {
    const Memory m = memory(call.saved, call.steps, call.keep);
    set_or_zero(m.h, call.state, U_);
    set_or_zero(m.c, call.state ? call.state + panel(U_) : nullptr, c_rows());
    for (int t = 0; t < call.steps; ++t) {
      StepForward<T> step;
      step.x = call.x + panel(F_) * t;
      step.h_prev = t == 0 && !call.state ? nullptr : m.h + panel(U_) * m.h_slot(t);
      step.h = m.h + panel(U_) * m.h_slot(t + 1);
      step.c_prev = m.c + m.c_stride * t;
      step.c = m.c + m.c_stride * (t + 1);
      step.kept = m.kept + m.kept_stride * t;
      step.vectors = call.vectors;
      step.keep = call.keep;
      forward_step(packed, step);
    }
  }

  const T* output(const T* saved, int steps, bool keep) const override {
    const bool all = keep || this->spec_.return_sequences;
    return saved + panel(U_) * (this->spec_.return_sequences ? 1 : all ? steps : steps & 1);
  }

  void backward(const T* packed, const Backward<T>& call) const override {
    const Memory m = memory(call.saved, call.steps, true);
    const int chunk = chunk_steps(call.steps);
    T* carry = call.scratch;
    T* weights_scratch = carry + 2 * panel(U_);
    std::fill(carry, carry + panel(U_), T(0));

    // Weight gradients are formed chunk by chunk, while its inputs and states are near.
    for (int end = call.steps; end > 0;) {
      const int begin = std::max(0, end - chunk);
      const int count = end - begin;
      for (int t = end - 1; t >= begin; --t) {
        StepBackward<T> step;
        step.h_prev = m.h + panel(U_) * t;
        step.h = m.h + panel(U_) * (t + 1);
        step.c_prev = m.c + m.c_stride * t;
        step.kept = m.kept + m.kept_stride * t;
        step.dy = output_gradient(call, t);
        step.dz_next = t + 1 < call.steps ? step.kept + m.kept_stride : nullptr;
        step.carry = carry;
        step.vectors = call.vectors;
        backward_step(packed, step, carry + panel(U_));
        if (call.dx) input_gradient(packed, step.kept, call.dx + panel(F_) * t, call.vectors);
      }
      WeightGradient<T> weights(weights_scratch, count, call.vectors);
      weight_gradients(weights, call.x + panel(F_) * begin, m.h + panel(U_) * begin,
                       m.kept + m.kept_stride * begin, call.gradient);
      end = begin;
    }
    if (call.dstate) state_gradient(packed, m.kept, carry, call.dstate, call.vectors);
  }

 protected:
  // The weights packed: kernel and recurrent kernel for the way forward, both transposed for the
  // way back, and the bias (zero where there is none).
  template <class P>
  struct Packed {
    P forward;
    P recurrent;
    P kernel;
    P bias;
  };
  template <class P>
  Packed<P> layout(P packed) const {
    P recurrent = packed + kernels_size();
    P kernel = recurrent + std::size_t(U_) * width_;
    return {packed, recurrent, kernel, kernel + std::size_t(F_) * width_};
  }

  // Panels of a step for slopes that are kept (keeps_slope): those of `gates` gates, then those of
  // `acts` activations, after the `panels` that every step has.
  int with_slopes(int panels, int gates, int acts) const {
    return panels + gates * keeps_slope(this->spec_.recurrent_activation) +
           acts * keeps_slope(this->spec_.activation);
  }
  // Where those of the gates and of the activations lie. Meaningless where they are not kept.
  template <class P>
  P gate_slopes(P kept, int panels) const {
    return kept + panel(panels * U_);
  }
  template <class P>
  P act_slopes(P kept, int panels, int gates) const {
    return kept + panel(with_slopes(panels, gates, 0) * U_);
  }
  // The same for the way forward: null where they are not kept.
  T* gate_slopes(const StepForward<T>& step, int panels) const {
    const bool keeps = step.keep && keeps_slope(this->spec_.recurrent_activation);
    return keeps ? gate_slopes(step.kept, panels) : nullptr;
  }
  T* act_slopes(const StepForward<T>& step, int panels, int gates) const {
    const bool keeps = step.keep && keeps_slope(this->spec_.activation);
    return keeps ? act_slopes(step.kept, panels, gates) : nullptr;
  }

  // Numbers in kernel and recurrent kernel, which are neighbours in a layer's parameters.
  std::size_t kernels_size() const { return std::size_t(F_ + U_) * width_; }
  static std::size_t panel(int rows) { return std::size_t(rows) * kBlock; }

  void pack_bias(const T* params, T* packed, int part) const {
    if (part != 0) return;
    const T* bias = params + kernels_size();
    T* out = layout(packed).bias;
    for (int j = 0; j < bias_size_; ++j) out[j] = this->spec_.use_bias ? bias[j] : T(0);
  }

  T* bias_gradient(T* gradient) const {
    return this->spec_.use_bias ? gradient + kernels_size() : nullptr;
  }

  virtual int c_rows() const { return 0; }  // U in an LSTM
  // What a step keeps beside h and c for its backward step, which writes dz over it: the gradients
  // of the pre-activations. A panel of their own would not fit the second-level cache as well.
  virtual int kept_rows() const = 0;

  virtual void forward_step(const T* packed, const StepForward<T>& step) const = 0;
  // `spare` is a panel of U rows for the step's own use.
  virtual void backward_step(const T* packed, const StepBackward<T>& step, T* spare) const = 0;
  virtual void input_gradient(const T* packed, const T* dz, T* dx, int vectors) const = 0;
  // h is of the step before: h[t] belongs to dz[t] as its h_prev.
  virtual void weight_gradients(WeightGradient<T>& weights, const T* x, const T* h_prev,
                                const T* dz, T* gradient) const = 0;
  virtual void state_gradient(const T* packed, const T* dz, const T* carry, T* dstate,
                              int vectors) const = 0;

  int F_, U_;
  int width_;  // columns of the kernels: gates x U
  int bias_size_;

 private:
  struct Memory {
    T* h;
    T* c;
    T* kept;
    bool all_h;
    std::size_t c_stride, kept_stride;
    int h_slot(int t) const { return all_h ? t : t & 1; }
  };

  std::size_t h_slots(int steps, bool keep) const {
    return keep || this->spec_.return_sequences ? steps + 1 : 2;
  }

  Memory memory(T* saved, int steps, bool keep) const {
    Memory m;
    m.h = saved;
    m.c = m.h + panel(U_) * h_slots(steps, keep);
    m.kept = m.c + panel(c_rows()) * (keep ? steps + 1 : 1);
    m.all_h = keep || this->spec_.return_sequences;
    m.c_stride = keep ? panel(c_rows()) : 0;
    m.kept_stride = keep ? panel(kept_rows()) : 0;
    return m;
  }

  static void set_or_zero(T* to, const T* from, int rows) {
    if (from) {
      std::copy(from, from + panel(rows), to);
    } else {
      std::fill(to, to + panel(rows), T(0));
    }
  }

  const T* output_gradient(const Backward<T>& call, int t) const {
    if (this->spec_.return_sequences) return call.dy + panel(U_) * t;
    return t + 1 == call.steps ? call.dy : nullptr;
  }

  // Steps whose inputs and states, which the weight gradients read over and over, stay in the
  // second-level cache, evened out over the window. Longer chunks sum across lanes less often.
  int chunk_steps(int steps) const {
    const int most = static_cast<int>(kSecondCache / (panel(F_ + U_) * sizeof(T)));
    const int limit = std::clamp(most, 16, 64);
    const int chunks = (steps + limit - 1) / limit;
    return (steps + chunks - 1) / chunks;
  }
};

}  // namespace rnncomp
