// GRU with reset_after, Keras's default:
//
// x_z, x_r, x_h = split(x @ kernel + bias[0], 3)
// h_z, h_r, h_h = split(h_prev @ recurrent_kernel + bias[1], 3)
// z = sigmoid(x_z + h_z);  r = sigmoid(x_r + h_r);  g = tanh(x_h + r * h_h)
// h = z * h_prev + (1 - z) * g
#include "rnncomp/recurrent.h"

namespace rnncomp {
namespace {

template <class T>
class Gru final : public Recurrent<T> {
  using Recurrent<T>::F_;
  using Recurrent<T>::U_;
  using Recurrent<T>::width_;
  using Recurrent<T>::panel;
  using Recurrent<T>::layout;
  static constexpr int kGates = 3;
  static constexpr int kCandidate = 2;
  static constexpr int kKept = 4;  // panels of a step: g, z, r, h_h, and kept slopes
  static constexpr int kSigmoids = 2, kTanhs = 1;  // slopes of z, r; of g

 public:
  explicit Gru(const LayerSpec& spec) : Recurrent<T>(spec, kGates, 2) {}

  int state_size() const override { return U_; }

 protected:
  void pack_kernels(const T* params, T* packed, int part, int parts, bool backward) const override {
    const T* recurrent = params + std::size_t(F_) * width_;
    const auto p = layout(packed);
    pack_by_unit<kGates>(p.forward, U_, F_ + U_, part, parts, [&](int k, int gate, int u) {
      return params[std::size_t(k) * width_ + gate * U_ + u];
    });
    if (!backward) return;
    pack_transposed(p.recurrent, U_, width_, part, parts,
                    [&](int j, int u) { return recurrent[std::size_t(u) * width_ + j]; });
    // dz holds the rows x_h, z, r, h_h, each in the place of what the step kept for it: the
    // kernel's columns in that order are h, z, r.
    pack_transposed(p.kernel, F_, width_, part, parts, [&](int j, int f) {
      return params[std::size_t(f) * width_ + (j + 2 * U_) % width_];
    });
  }

  int kept_rows() const override { return this->with_slopes(kKept, kSigmoids, kTanhs) * U_; }
  int gate_panels() const override { return kKept; }

  // The candidate's two shares, x_h and h_h, are kept apart: r scales h_h alone.
  void forward_step(const T* packed, const StepForward<T>& step) const override {
    const auto p = layout(packed);
    const T* recurrent_bias = p.bias + width_;
    product_by_unit<kGates, T, kCandidate>(
        p.forward, F_ + U_, {{step.x, F_}, {step.h_prev, U_, F_}}, U_, step.vectors,
        [&](int gate, int u, std::ptrdiff_t) RNNCOMP_INLINE_LAMBDA {
          if (gate == kGates) return broadcast(recurrent_bias[kCandidate * U_ + u]);
          if (gate == kCandidate) return broadcast(p.bias[kCandidate * U_ + u]);
          return broadcast(p.bias[gate * U_ + u] + recurrent_bias[gate * U_ + u]);
        },
        [&](const Tile<T>& tile) { finish_forward(step, tile); });
  }

  // Kept are x_h, z, r, h_h.
  GateRows gate_rows(int gate) const override {
    return gate == kCandidate ? GateRows{0, 3} : GateRows{gate + 1, gate + 1};
  }

  void step_by_gate(const T* packed, const StepForward<T>& step, T* gates) const override {
    const auto p = layout(packed);
    T* from_x = this->gate_dropout_.room(gates);
    T* from_h = from_x + panel(width_);
    T* z = from_h + panel(width_);  // z, r, h_h, x_h
    this->gate_dropout_.forward(this->gate_kernels(packed), gates, step.x, step.h_prev, from_x,
                                from_h);
    each_vector<T>(width_, step.vectors.count, [&](std::size_t at, int) RNNCOMP_INLINE_LAMBDA {
      const int row = at / kBlock;
      const Vec<T> x_share = load(from_x + at) + broadcast(p.bias[row]);
      const Vec<T> h_share = load(from_h + at) + broadcast(p.bias[width_ + row]);
      if (row < kCandidate * U_) {
        store(z + at, x_share + h_share);
      } else {
        store(z + at, h_share);
        store(z + panel(U_) + at, x_share);
      }
    });
    finish_forward(step, {0, U_, step.vectors, reinterpret_cast<Vec<T>*>(z)});
  }

  // dh = dy + z_next * dh_next (carried) + dz_h_next @ recurrent_kernel.T
  void backward_step(const T* packed, const StepBackward<T>& step, T*) const override {
    const T* dz_h_next = step.dz_next ? step.dz_next + panel(U_) : nullptr;
    product_by_unit<1, T>(
        layout(packed).recurrent, width_, {{dz_h_next, width_}}, U_, step.vectors,
        [&](int, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
          const Vec<T> carried = load(step.carry + u * kBlock + lane);
          return step.dy ? carried + load(step.dy + u * kBlock + lane) : carried;
        },
        [&](const Tile<T>& dh) { finish_backward(step, dh); });
  }

  void input_gradient(const T* packed, const T* dz, T* dx,
                      const Vectors<T>& vectors) const override {
    rows_product(layout(packed).kernel, dz, width_, dx, F_, vectors);
  }

  // dkernel = x.T @ dz_x;  drecurrent_kernel = h_prev.T @ dz_h;  dbias = [sum(dz_x), sum(dz_h)]
  void weight_gradients(WeightGradient<T>& weights, const T* x, std::ptrdiff_t x_stride,
                        const T* h_prev, const T* dz, T* gradient) const override {
    const std::size_t stride = panel(kept_rows());
    T* bias = this->bias_gradient(gradient);
    weights.set_a(x, x_stride, F_);
    weights.multiply(dz + panel(U_), stride, 2 * U_, gradient, width_, bias);
    weights.multiply(dz, stride, U_, gradient + 2 * U_, width_, bias ? bias + 2 * U_ : nullptr);
    weights.set_a(h_prev, panel(U_), U_);
    weights.multiply(dz + panel(U_), stride, width_, gradient + std::size_t(F_) * width_, width_,
                     bias ? bias + width_ : nullptr);
  }

  // dh0 = z * dh (carried) + dz_h @ recurrent_kernel.T
  void state_gradient(const T* packed, const T* dz, const T* carry, T* dstate,
                      int vectors) const override {
    std::copy(carry, carry + panel(U_), dstate);
    rows_product(layout(packed).recurrent, dz + panel(U_), width_, dstate, U_, vectors, true);
  }

 private:
  [[gnu::noinline]] void finish_forward(const StepForward<T>& step, const Tile<T>& tile) const {
    const std::size_t stride = panel(U_);
    for (int gate = 0; step.sums && gate < kCandidate; ++gate) {
      leave_sums(tile, gate, step.sums + gate * stride);
    }
    activate_gates(this->spec_.recurrent_activation, tile, 0, kSigmoids,
                   this->gate_slopes(step, kKept), stride);
    Vec<T>* g = tile.gate(kGates);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const Vec<T> h_h = tile.gate(kCandidate)[n];
      const Vec<T> r = tile.gate(1)[n];
      g[n] = fma(r, h_h, g[n]);
      T* kept = step.kept + u * kBlock + lane;
      store(kept + 2 * stride, r);
      store(kept + 3 * stride, h_h);
    });
    if (step.sums) leave_sums(tile, kGates, step.sums + kCandidate * stride);
    activate_gates(this->spec_.activation, tile, kGates, 1,
                   this->act_slopes(step, kKept, kSigmoids), 0);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const std::ptrdiff_t at = u * kBlock + lane;
      const Vec<T> z = tile.z[n];
      const Vec<T> h_prev = step.h_prev ? load(step.h_prev + at) : Vec<T>{};
      store(step.h + at, fma(z, h_prev - g[n], g[n]));
      store(step.kept + at, g[n]);
      store(step.kept + at + stride, z);
    });
  }

  // dg = dh * (1 - z) * tanh'(g)
  // dz = [dg,  dh * (h_prev - g) * z',  dg * h_h * r',  dg * r]      rows x_h, z, r, h_h
  [[gnu::noinline]] void finish_backward(const StepBackward<T>& step, const Tile<T>& tile) const {
    const Gates<T> gates(this->spec_);
    const std::size_t stride = panel(U_);
    const T* gate_slopes = this->gate_slopes(step.kept, kKept);  // z, r
    const T* act_slopes = this->act_slopes(step.kept, kKept, kSigmoids);
    if (step.dh) leave_dh(step, tile);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const std::ptrdiff_t at = u * kBlock + lane;
      T* kept = step.kept + at;
      const Vec<T> g = load(kept);
      const Vec<T> z = load(kept + stride);
      const Vec<T> r = load(kept + 2 * stride);
      const Vec<T> h_h = load(kept + 3 * stride);
      const Vec<T> dh = tile.z[n];
      const Vec<T> dg = dh * (T(1) - z) * gates.act_slope(g, act_slopes + at);
      store(step.carry + at, dh * z);
      store(kept, dg);
      store(kept + stride,
            dh * (load(step.h_prev + at) - g) * gates.gate_slope(z, gate_slopes + at));
      store(kept + 2 * stride, dg * h_h * gates.gate_slope(r, gate_slopes + stride + at));
      store(kept + 3 * stride, dg * r);
    });
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_gru(const LayerSpec& spec) {
  return std::make_unique<Gru<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_gru(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_gru(const LayerSpec&);

}  // namespace rnncomp
