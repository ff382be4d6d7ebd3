// i, f, g, o = split(x @ kernel + h_prev @ recurrent_kernel + bias, 4)
// c = sigmoid(f) * c_prev + sigmoid(i) * tanh(g)
// h = sigmoid(o) * tanh(c)
#include "rnncomp/recurrent.h"

namespace rnncomp {
namespace {

template <class T>
class Lstm final : public Recurrent<T> {
  using Recurrent<T>::F_;
  using Recurrent<T>::U_;
  using Recurrent<T>::width_;
  using Recurrent<T>::panel;
  using Recurrent<T>::layout;
  static constexpr int kGates = 4;
  static constexpr int kKept = 5;  // panels of a step: i, f, g, o, tanh(c), and kept slopes
  static constexpr int kSigmoids = 3, kTanhs = 2;  // slopes of i, f, o; of g, tanh(c)

 public:
  explicit Lstm(const LayerSpec& spec) : Recurrent<T>(spec, kGates) {}

  int state_size() const override { return 2 * U_; }

 protected:
  void pack_kernels(const T* params, T* packed, int part, int parts, bool backward) const override {
    const T* recurrent = params + std::size_t(F_) * width_;
    const auto p = layout(packed);
    pack_by_unit<kGates>(p.forward, U_, F_ + U_, part, parts, [&](int k, int gate, int u) {
      return params[std::size_t(k) * width_ + keras_gate(gate) * U_ + u];
    });
    if (!backward) return;
    pack_transposed(p.recurrent, U_, width_, part, parts,
                    [&](int j, int u) { return recurrent[std::size_t(u) * width_ + j]; });
    pack_transposed(p.kernel, F_, width_, part, parts,
                    [&](int j, int f) { return params[std::size_t(f) * width_ + j]; });
  }

  int c_rows() const override { return U_; }
  int kept_rows() const override { return this->with_slopes(kKept, kSigmoids, kTanhs) * U_; }
  int gate_panels() const override { return kKept; }

  // Gates are packed i, f, o, g, so that the three with the same activation are neighbours.
  void forward_step(const T* packed, const StepForward<T>& step) const override {
    const auto p = layout(packed);
    product_by_unit<kGates, T>(
        p.forward, F_ + U_, {{step.x, F_}, {step.h_prev, U_, F_}}, U_, step.vectors,
        [&](int gate, int u, std::ptrdiff_t)
            RNNCOMP_INLINE_LAMBDA { return broadcast(p.bias[keras_gate(gate) * U_ + u]); },
        [&](const Tile<T>& tile) { finish_forward(step, tile); });
  }

  void step_by_gate(const T* packed, const StepForward<T>& step, T* gates) const override {
    const auto p = layout(packed);
    T* from_x = this->gate_dropout_.room(gates);
    T* from_h = from_x + panel(width_);
    T* z = from_h + panel(width_);
    this->gate_dropout_.forward(this->gate_kernels(packed), gates, step.x, step.h_prev, from_x,
                                from_h);
    for (int gate = 0; gate < kGates; ++gate) {
      const int first = keras_gate(gate) * U_;
      each_vector<T>(U_, step.vectors.count, [&](std::size_t at, int) RNNCOMP_INLINE_LAMBDA {
        const std::size_t from = panel(first) + at;
        store(z + panel(gate * U_) + at,
              load(from_x + from) + load(from_h + from) + broadcast(p.bias[first + at / kBlock]));
      });
    }
    finish_forward(step, {0, U_, step.vectors, reinterpret_cast<Vec<T>*>(z)});
  }

  // dh = dy + dz_next @ recurrent_kernel.T
  void backward_step(const T* packed, const StepBackward<T>& step, T*) const override {
    product_by_unit<1, T>(
        layout(packed).recurrent, width_, {{step.dz_next, width_}}, U_, step.vectors,
        [&](int, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
          return step.dy ? load(step.dy + u * kBlock + lane) : Vec<T>{};
        },
        [&](const Tile<T>& dh) { finish_backward(step, dh); });
  }

  void input_gradient(const T* packed, const T* dz, T* dx,
                      const Vectors<T>& vectors) const override {
    rows_product(layout(packed).kernel, dz, width_, dx, F_, vectors);
  }

  // dkernel = x.T @ dz;  drecurrent_kernel = h_prev.T @ dz;  dbias = sum(dz)
  void weight_gradients(WeightGradient<T>& weights, const T* x, std::ptrdiff_t x_stride,
                        const T* h_prev, const T* dz, T* gradient) const override {
    weights.set_a(x, x_stride, F_, h_prev, panel(U_), U_);
    weights.multiply(dz, panel(kept_rows()), width_, gradient, width_,
                     this->bias_gradient(gradient));
  }

  // dh0 = dz @ recurrent_kernel.T;  dc0 is what the first step carried on
  void state_gradient(const T* packed, const T* dz, const T* carry, T* dstate,
                      int vectors) const override {
    rows_product(layout(packed).recurrent, dz, width_, dstate, U_, vectors);
    std::copy(carry, carry + panel(U_), dstate + panel(U_));
  }

 private:
  static constexpr int keras_gate(int gate) { return gate < 2 ? gate : 5 - gate; }

  [[gnu::noinline]] void finish_forward(const StepForward<T>& step, const Tile<T>& tile) const {
    const std::size_t stride = panel(U_);
    T* act_slopes = this->act_slopes(step, kKept, kSigmoids);
    for (int gate = 0; step.sums && gate < kGates; ++gate) {
      leave_sums(tile, gate, step.sums + panel(keras_gate(gate) * U_));
    }
    activate_gates(this->spec_.recurrent_activation, tile, 0, kSigmoids,
                   this->gate_slopes(step, kKept), stride);
    activate_gates(this->spec_.activation, tile, 3, 1, act_slopes, 0);
    Vec<T>* tanh_c = tile.gate(0);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const std::ptrdiff_t at = u * kBlock + lane;
      const Vec<T> i = tile.gate(0)[n];
      const Vec<T> f = tile.gate(1)[n];
      const Vec<T> g = tile.gate(3)[n];
      tanh_c[n] = fma(f, load(step.c_prev + at), i * g);
      store(step.c + at, tanh_c[n]);
      T* kept = step.kept + at;
      store(kept, i);
      store(kept + stride, f);
      store(kept + 2 * stride, g);
    });
    activate_gates(this->spec_.activation, tile, 0, 1, act_slopes ? act_slopes + stride : nullptr,
                   0);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const Vec<T> o = tile.gate(2)[n];
      const std::ptrdiff_t at = u * kBlock + lane;
      store(step.h + at, o * tanh_c[n]);
      store(step.kept + at + 3 * stride, o);
      store(step.kept + at + 4 * stride, tanh_c[n]);
    });
  }

  // dc = dc_next * f_next + dh * o * tanh'(c)          (carried as dc * f)
  // dz = [dc * g, dc * c_prev, dc * i, dh * tanh(c)] * the slopes of i, f, g, o
  [[gnu::noinline]] void finish_backward(const StepBackward<T>& step, const Tile<T>& tile) const {
    const Gates<T> gates(this->spec_);
    const std::size_t stride = panel(U_);
    const T* gate_slopes = this->gate_slopes(step.kept, kKept);  // i, f, o
    const T* act_slopes = this->act_slopes(step.kept, kKept, kSigmoids);
    if (step.dh) leave_dh(step, tile);
    tile.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
      const std::ptrdiff_t at = u * kBlock + lane;
      T* kept = step.kept + at;
      const Vec<T> i = load(kept);
      const Vec<T> f = load(kept + stride);
      const Vec<T> g = load(kept + 2 * stride);
      const Vec<T> o = load(kept + 3 * stride);
      const Vec<T> tanh_c = load(kept + 4 * stride);
      const Vec<T> dh = tile.z[n];
      const Vec<T> dc =
          fma(dh * o, gates.act_slope(tanh_c, act_slopes + stride + at), load(step.carry + at));
      store(step.carry + at, dc * f);
      store(kept, dc * g * gates.gate_slope(i, gate_slopes + at));
      store(kept + stride,
            dc * load(step.c_prev + at) * gates.gate_slope(f, gate_slopes + stride + at));
      store(kept + 2 * stride, dc * i * gates.act_slope(g, act_slopes + at));
      store(kept + 3 * stride, dh * tanh_c * gates.gate_slope(o, gate_slopes + 2 * stride + at));
    });
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_lstm(const LayerSpec& spec) {
  return std::make_unique<Lstm<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_lstm(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_lstm(const LayerSpec&);

}  // namespace rnncomp
