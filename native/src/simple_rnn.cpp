// h = activation(x @ kernel + h_prev @ recurrent_kernel + bias)
#include "rnncomp/recurrent.h"

namespace rnncomp {
namespace {

template <class T>
class SimpleRnn final : public Recurrent<T> {
  using Recurrent<T>::F_;
  using Recurrent<T>::U_;
  using Recurrent<T>::panel;
  using Recurrent<T>::layout;

 public:
  explicit SimpleRnn(const LayerSpec& spec) : Recurrent<T>(spec, 1) {}

  int state_size() const override { return U_; }

 protected:
  void pack_kernels(const T* params, T* packed, int part, int parts, bool backward) const override {
    const T* recurrent = params + std::size_t(F_) * U_;
    const auto p = layout(packed);
    // The recurrent kernel follows the kernel: together they are one matrix of F + U rows.
    pack_by_unit<1>(p.forward, U_, F_ + U_, part, parts,
                    [&](int k, int, int u) { return params[std::size_t(k) * U_ + u]; });
    if (!backward) return;
    pack_transposed(p.recurrent, U_, U_, part, parts,
                    [&](int j, int u) { return recurrent[std::size_t(u) * U_ + j]; });
    pack_transposed(p.kernel, F_, U_, part, parts,
                    [&](int j, int f) { return params[std::size_t(f) * U_ + j]; });
  }

  static constexpr int kKept = 1;  // panels of a step: room for dz
  int kept_rows() const override { return this->with_slopes(kKept, 0, 1) * U_; }
  int gate_panels() const override { return 0; }

  void forward_step(const T* packed, const StepForward<T>& step) const override {
    const auto p = layout(packed);
    product_by_unit<1, T>(
        p.forward, F_ + U_, {{step.x, F_}, {step.h_prev, U_, F_}}, U_, step.vectors,
        [&](int, int u, std::ptrdiff_t) RNNCOMP_INLINE_LAMBDA { return broadcast(p.bias[u]); },
        [&](const Tile<T>& z) {
          if (step.sums) leave_sums(z, 0, step.sums);
          activate_gates(this->spec_.activation, z, 0, 1, this->act_slopes(step, kKept, 0), 0);
          z.each([&](int n, int u, std::ptrdiff_t lane)
                     RNNCOMP_INLINE_LAMBDA { store(step.h + u * kBlock + lane, z.z[n]); });
        });
  }

  void step_by_gate(const T* packed, const StepForward<T>& step, T* gates) const override {
    const auto p = layout(packed);
    T* from_x = this->gate_dropout_.room(gates);
    T* from_h = from_x + panel(U_);
    T* slopes = this->act_slopes(step, kKept, 0);
    this->gate_dropout_.forward(this->gate_kernels(packed), gates, step.x, step.h_prev, from_x,
                                from_h);
    each_vector<T>(U_, step.vectors.count, [&](std::size_t at, int) RNNCOMP_INLINE_LAMBDA {
      Vec<T> z = load(from_x + at) + load(from_h + at) + broadcast(p.bias[at / kBlock]);
      if (slopes) {
        activate_keeping<T>(this->spec_.activation, &z, reinterpret_cast<Vec<T>*>(slopes + at), 1);
      } else {
        activate<T>(this->spec_.activation, &z, 1);
      }
      store(step.h + at, z);
    });
  }

  // dz = (dy + dz_next @ recurrent_kernel.T) * activation'(h)
  void backward_step(const T* packed, const StepBackward<T>& step, T*) const override {
    const Gates<T> gates(this->spec_);
    const T* slopes = this->act_slopes(step.kept, kKept, 0);
    product_by_unit<1, T>(
        layout(packed).recurrent, U_, {{step.dz_next, U_}}, U_, step.vectors,
        [&](int, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
          return step.dy ? load(step.dy + u * kBlock + lane) : Vec<T>{};
        },
        [&](const Tile<T>& dh) {
          if (step.dh) leave_dh(step, dh);
          dh.each([&](int n, int u, std::ptrdiff_t lane) RNNCOMP_INLINE_LAMBDA {
            const std::ptrdiff_t at = u * kBlock + lane;
            store(step.kept + at, dh.z[n] * gates.act_slope(load(step.h + at), slopes + at));
          });
        });
  }

  void input_gradient(const T* packed, const T* dz, T* dx,
                      const Vectors<T>& vectors) const override {
    rows_product(layout(packed).kernel, dz, U_, dx, F_, vectors);
  }

  // dkernel = x.T @ dz;  drecurrent_kernel = h_prev.T @ dz;  dbias = sum(dz)
  void weight_gradients(WeightGradient<T>& weights, const T* x, std::ptrdiff_t x_stride,
                        const T* h_prev, const T* dz, T* gradient) const override {
    weights.set_a(x, x_stride, F_, h_prev, panel(U_), U_);
    weights.multiply(dz, panel(kept_rows()), U_, gradient, U_, this->bias_gradient(gradient));
  }

  void state_gradient(const T* packed, const T* dz, const T*, T* dstate,
                      int vectors) const override {
    rows_product(layout(packed).recurrent, dz, U_, dstate, U_, vectors);
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_simple_rnn(const LayerSpec& spec) {
  return std::make_unique<SimpleRnn<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_simple_rnn(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_simple_rnn(const LayerSpec&);

}  // namespace rnncomp
