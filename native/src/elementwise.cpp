// Layers that treat every number alike: Activation, Dropout, Masking.
#include <algorithm>

#include "rnncomp/activations.h"
#include "rnncomp/layer.h"
#include "rnncomp/softmax.h"

namespace rnncomp {
namespace {

// y = activation(x)
template <class T>
class ActivationLayer final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  // y, and after it the slopes if they are kept
  std::size_t saved_size(int steps, bool keep) const override {
    return steps * panel(this->spec_.inputs) * (keep && keeps_slope(kind()) ? 2 : 1);
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    const int rows = call.in.steps * this->spec_.inputs;
    if (over_units(kind())) return forward_over_units(call);
    T* slopes = call.keep && keeps_slope(kind()) ? call.saved + panel(rows) : nullptr;
    each_vector<T>(rows, call.vectors, [&](std::size_t at, int) {
      Vec<T> y = load(call.in.x + at);
      if (slopes) {
        activate_keeping<T>(kind(), &y, reinterpret_cast<Vec<T>*>(slopes + at), 1);
      } else {
        activate<T>(kind(), &y, 1);
      }
      store(call.saved + at, y);
    });
    return {call.saved, call.in.mask, call.in.steps};
  }

  // dx = dy * activation'(x)
  void backward(const Backward<T>& call) const override {
    if (!call.dx) return;
    const int rows = call.in.steps * this->spec_.inputs;
    if (over_units(kind())) {
      for (int t = 0; t < call.in.steps; ++t) {
        const std::size_t at = t * panel(this->spec_.inputs);
        units_gradient<T>(kind(), call.saved + at, call.dy + at, call.dx + at, this->spec_.inputs,
                          call.vectors);
      }
      return;
    }
    const T* slopes = call.saved + panel(rows);  // if they are kept
    each_vector<T>(rows, call.vectors, [&](std::size_t at, int) {
      const Vec<T> y = load(call.saved + at);
      store(call.dx + at, load(call.dy + at) * slope<T>(kind(), y, slopes + at));
    });
  }

 private:
  Activation kind() const { return this->spec_.activation; }

  Sequence<T> forward_over_units(const Forward<T>& call) const {
    const std::size_t step = panel(this->spec_.inputs);
    std::copy(call.in.x, call.in.x + call.in.steps * step, call.saved);
    for (int t = 0; t < call.in.steps; ++t) {
      activate_units<T>(kind(), call.saved + t * step, this->spec_.inputs, call.vectors);
    }
    return {call.saved, call.in.mask, call.in.steps};
  }
};

// y = x * factors, drawn for every number; y = x where nothing is dropped
template <class T>
class Dropout final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  std::size_t saved_size(int steps, bool keep) const override {
    return keep ? 2 * steps * panel(this->spec_.inputs) : 0;
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    if (!call.noise || this->spec_.dropout == 0) return call.in;
    const int rows = call.in.steps * this->spec_.inputs;
    T* factors = call.saved + panel(rows);
    draw_factors(*call.noise, Purpose::inputs, this->spec_.dropout, rows, factors);
    for (std::size_t k = 0; k < panel(rows); ++k) call.saved[k] = call.in.x[k] * factors[k];
    return {call.saved, call.in.mask, call.in.steps};
  }

  // dx = dy * factors
  void backward(const Backward<T>& call) const override {
    if (!call.dx) return;
    const std::size_t size = call.in.steps * panel(this->spec_.inputs);
    if (!call.noise || this->spec_.dropout == 0) {
      std::copy(call.dy, call.dy + size, call.dx);
      return;
    }
    const T* factors = call.saved + size;
    for (std::size_t k = 0; k < size; ++k) call.dx[k] = call.dy[k] * factors[k];
  }
};

// mask = any(x != mask_value, axis=-1);  y = x * mask
template <class T>
class Masking final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  std::size_t saved_size(int steps, bool) const override {
    return steps * panel(this->spec_.inputs + 1);
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    const int F = this->spec_.inputs;
    const T value = static_cast<T>(this->spec_.mask_value);
    T* masks = call.saved + call.in.steps * panel(F);
    for (int t = 0; t < call.in.steps; ++t) {
      const T* x = call.in.x + t * panel(F);
      T* y = call.saved + t * panel(F);
      T* mask = masks + t * panel(1);
      for (int r = 0; r < kBlock; ++r) {
        bool any = false;
        for (int f = 0; f < F; ++f) any |= x[f * kBlock + r] != value;
        mask[r] = any ? T(1) : T(0);
      }
      for (std::size_t k = 0; k < panel(F); ++k) y[k] = x[k] * mask[k % kBlock];
    }
    return {call.saved, masks, call.in.steps};
  }

  // dx = dy * mask
  void backward(const Backward<T>& call) const override {
    if (!call.dx) return;
    const std::size_t step = panel(this->spec_.inputs);
    const T* masks = call.saved + call.in.steps * step;
    for (std::size_t k = 0; k < call.in.steps * step; ++k) {
      call.dx[k] = call.dy[k] * masks[k / step * kBlock + k % kBlock];
    }
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_activation(const LayerSpec& spec) {
  return std::make_unique<ActivationLayer<T>>(spec);
}
template <class T>
std::unique_ptr<Layer<T>> make_dropout(const LayerSpec& spec) {
  return std::make_unique<Dropout<T>>(spec);
}
template <class T>
std::unique_ptr<Layer<T>> make_masking(const LayerSpec& spec) {
  return std::make_unique<Masking<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_activation(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_activation(const LayerSpec&);
template std::unique_ptr<Layer<float>> make_dropout(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_dropout(const LayerSpec&);
template std::unique_ptr<Layer<float>> make_masking(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_masking(const LayerSpec&);

}  // namespace rnncomp
