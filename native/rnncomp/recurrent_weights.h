// Where the weights of a recurrent layer lie, and the slopes of its activations.
#pragma once

#include <vector>

#include "rnncomp/layer.h"
#include "rnncomp/recurrent_step.h"

namespace rnncomp {

template <class T>
class RecurrentWeights : public Layer<T> {
 public:
  using Layer<T>::panel;

  RecurrentWeights(const LayerSpec& spec, int gates, int bias_rows)
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

  void pack_bias(const T* params, T* packed, int part) const {
    if (part != 0) return;
    const T* bias = params + kernels_size();
    T* out = layout(packed).bias;
    for (int j = 0; j < bias_size_; ++j) out[j] = this->spec_.use_bias ? bias[j] : T(0);
  }

  T* bias_gradient(T* gradient) const {
    return this->spec_.use_bias ? gradient + kernels_size() : nullptr;
  }

  int F_, U_;
  int width_;  // columns of the kernels: gates x U
  int bias_size_;
};

}  // namespace rnncomp
