// Dense on every step of its input:  y = activation(x @ kernel + bias)
#include "rnncomp/activations.h"
#include "rnncomp/layer.h"
#include "rnncomp/matmul.h"
#include "rnncomp/softmax.h"

namespace rnncomp {
namespace {

template <class T>
class Dense final : public Layer<T> {
 public:
  explicit Dense(const LayerSpec& spec)
      : Layer<T>(spec), F_(spec.inputs), U_(spec.units), act_(spec.activation) {}

  std::vector<std::size_t> weight_sizes() const override {
    std::vector<std::size_t> sizes{std::size_t(F_) * U_};
    if (this->spec_.use_bias) sizes.push_back(U_);
    return sizes;
  }
  Shape output_shape(Shape in) const override { return {in.steps, U_}; }
  // kernel, its transpose (backward), bias
  std::size_t packed_size() const override { return std::size_t(2 * F_ + 1) * U_; }
  // y, and after it the slopes if they are kept
  std::size_t saved_size(int steps, bool keep) const override {
    return y_size(steps) * (keep && keeps_slope(act_) ? 2 : 1);
  }
  std::size_t scratch_size(int steps) const override {
    return y_size(steps) + WeightGradient<T>::scratch_size(F_, steps);
  }

  std::size_t trace_size(int steps) const override { return std::size_t(steps) * U_; }  // sums

  void pack(const T* params, T* packed, int part, int parts, bool backward) const override {
    T* transposed = packed + std::size_t(F_) * U_;
    T* bias = transposed + std::size_t(F_) * U_;
    pack_by_unit<1>(packed, U_, F_, part, parts,
                    [&](int k, int, int u) { return params[std::size_t(k) * U_ + u]; });
    if (backward) {
      pack_transposed(transposed, F_, U_, part, parts,
                      [&](int u, int f) { return params[std::size_t(f) * U_ + u]; });
    }
    if (part == 0) {
      for (int u = 0; u < U_; ++u) bias[u] = this->spec_.use_bias ? params[F_ * U_ + u] : T(0);
    }
  }

  Sequence<T> forward(const Forward<T>& call) const override {
    const T* packed = call.packed;
    const T* bias = packed + std::size_t(2 * F_) * U_;
    const std::size_t slopes_at = call.keep && keeps_slope(act_) ? y_size(call.in.steps) : 0;
    for (int t = 0; t < call.in.steps; ++t) {
      T* y = call.saved + y_size(t);
      product_by_unit<1, T>(
          packed, F_, {{call.in.x + std::size_t(t) * F_ * kBlock, F_}}, U_, call.vectors,
          [&](int, int u, std::ptrdiff_t) RNNCOMP_INLINE_LAMBDA { return broadcast(bias[u]); },
          [&](const Tile<T>& z) {
            if (call.trace) leave_sums(z, 0, call.trace + y_size(t));
            if (slopes_at) {
              activate_rows<T>(act_, z.z, z.units, z.vectors.count,
                               y + slopes_at + z.first * kBlock);
            } else {
              activate<T>(act_, z.z, z.size());
            }
            z.each([&](int n, int u, std::ptrdiff_t lane)
                       RNNCOMP_INLINE_LAMBDA { store(y + u * kBlock + lane, z.z[n]); });
          });
      if (over_units(act_)) activate_units<T>(act_, y, U_, call.vectors);
    }
    return {call.saved, call.in.mask, call.in.steps};
  }

  void backward(const Backward<T>& call) const override {
    const T* transposed = call.packed + std::size_t(F_) * U_;
    const std::size_t step = y_size(1);
    const T* kept = call.saved + y_size(call.in.steps);  // slopes, if they are kept
    T* dz = call.scratch;
    // dz = dy * the slope of y;  dx = dz @ kernel.T
    for (int t = 0; t < call.in.steps; ++t) {
      if (over_units(act_)) {
        const std::size_t at = t * step;
        units_gradient<T>(act_, call.saved + at, call.dy + at, dz + at, U_, call.vectors);
      }
      for (int u = 0; u < (over_units(act_) ? 0 : U_); ++u) {
        for (int v = 0; v < call.vectors; ++v) {
          const std::size_t at = t * step + u * kBlock + v * kLanes<T>;
          store(dz + at, load(call.dy + at) * slope<T>(act_, load(call.saved + at), kept + at));
        }
      }
      if (!call.dx) continue;
      rows_product(transposed, dz + t * step, U_, call.dx + std::size_t(t) * F_ * kBlock, F_,
                   call.vectors);
    }
    WeightGradient<T> weights(dz + call.in.steps * step, call.in.steps, call.vectors);
    weights.set_a(call.in.x, std::ptrdiff_t(F_) * kBlock, F_);
    T* bias = this->spec_.use_bias ? call.gradient + std::size_t(F_) * U_ : nullptr;
    weights.multiply(dz, step, U_, call.gradient, U_, bias);
  }

 private:
  std::size_t y_size(int steps) const { return std::size_t(steps) * U_ * kBlock; }

  int F_, U_;
  Activation act_;
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_dense(const LayerSpec& spec) {
  return std::make_unique<Dense<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_dense(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_dense(const LayerSpec&);

}  // namespace rnncomp
