// Layers that only move numbers: RepeatVector and Flatten.
#include <algorithm>

#include "rnncomp/layer.h"
#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

// y[n] = x for n in range(count)
template <class T>
class RepeatVector final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  Shape output_shape(Shape in) const override { return {count(), in.rows}; }
  std::size_t saved_size(int, bool) const override { return count() * panel(this->spec_.inputs); }

  Sequence<T> forward(const Forward<T>& call) const override {
    const std::size_t size = panel(this->spec_.inputs);
    for (int n = 0; n < count(); ++n) std::copy(call.in.x, call.in.x + size, call.saved + n * size);
    return {call.saved, nullptr, count()};
  }

  // dx = sum(dy)
  void backward(const Backward<T>& call) const override {
    if (!call.dx) return;
    const std::size_t size = panel(this->spec_.inputs);
    std::copy(call.dy, call.dy + size, call.dx);
    for (int n = 1; n < count(); ++n) {
      for (std::size_t k = 0; k < size; ++k) call.dx[k] += call.dy[n * size + k];
    }
  }

 private:
  int count() const { return this->spec_.count; }
};

// y = x.reshape(1, steps * F): the panel of a sequence, seen as that of one step
template <class T>
class Flatten final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  Shape output_shape(Shape in) const override { return {1, in.steps * in.rows}; }
  std::size_t saved_size(int, bool) const override { return 0; }

  Sequence<T> forward(const Forward<T>& call) const override { return {call.in.x, nullptr, 1}; }

  void backward(const Backward<T>& call) const override {
    if (!call.dx) return;
    std::copy(call.dy, call.dy + call.in.steps * panel(this->spec_.inputs), call.dx);
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_repeat_vector(const LayerSpec& spec) {
  return std::make_unique<RepeatVector<T>>(spec);
}
template <class T>
std::unique_ptr<Layer<T>> make_flatten(const LayerSpec& spec) {
  return std::make_unique<Flatten<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_repeat_vector(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_repeat_vector(const LayerSpec&);
template std::unique_ptr<Layer<float>> make_flatten(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_flatten(const LayerSpec&);

}  // namespace rnncomp
