// y = table[x], x whole numbers held as floating-point ones, which are exact below 2^24
#include <algorithm>
#include <limits>

#include "rnncomp/layer.h"
#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

template <class T>
class Embedding final : public Layer<T> {
 public:
  using Layer<T>::Layer;
  using Layer<T>::panel;

  Shape output_shape(Shape in) const override { return {in.steps, width()}; }
  std::vector<std::size_t> weight_sizes() const override {
    return {std::size_t(this->spec_.count) * width()};
  }
  std::size_t saved_size(int steps, bool) const override { return steps * panel(width() + 1); }

  // mask = x != 0, if asked for
  Sequence<T> forward(const Forward<T>& call) const override {
    T* masks = call.saved + call.in.steps * panel(width());
    for (int t = 0; t < call.in.steps; ++t) {
      const T* x = call.in.x + t * panel(1);
      T* y = call.saved + t * panel(width());
      for (int r = 0; r < kBlock; ++r) {
        const T* row = entry(call.params, x[r]);
        const T missing = std::numeric_limits<T>::quiet_NaN();
        for (int d = 0; d < width(); ++d) y[d * kBlock + r] = row ? row[d] : missing;
        masks[t * kBlock + r] = x[r] != 0 ? T(1) : T(0);
      }
    }
    return {call.saved, this->spec_.mask_zero ? masks : nullptr, call.in.steps};
  }

  // dtable[x] += dy;  dx is 0, as nothing can be said of numbers between two entries
  void backward(const Backward<T>& call) const override {
    const int rows = call.vectors * kLanes<T>;
    for (int t = 0; t < call.in.steps; ++t) {
      const T* x = call.in.x + t * panel(1);
      const T* dy = call.dy + t * panel(width());
      for (int r = 0; r < rows; ++r) {
        T* row = entry(call.gradient, x[r]);
        for (int d = 0; row && d < width(); ++d) row[d] += dy[d * kBlock + r];
      }
    }
    if (call.dx) std::fill(call.dx, call.dx + call.in.steps * panel(1), T(0));
  }

 private:
  int width() const { return this->spec_.units; }

  // The table's row for x, or null beyond its end
  template <class P>
  P* entry(P* table, T x) const {
    return x >= 0 && x < this->spec_.count ? table + std::size_t(x) * width() : nullptr;
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_embedding(const LayerSpec& spec) {
  return std::make_unique<Embedding<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_embedding(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_embedding(const LayerSpec&);

}  // namespace rnncomp
