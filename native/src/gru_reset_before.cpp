// GRU without reset_after, its first published form:
//
// z = sigmoid(x_z + h_prev @ recurrent_z);  r = sigmoid(x_r + h_prev @ recurrent_r)
// g = tanh(x_h + (r * h_prev) @ recurrent_h)          x_z, x_r, x_h = split(x @ kernel + bias, 3)
// h = z * h_prev + (1 - z) * g
#include "rnncomp/recurrent.h"

namespace rnncomp {
namespace {

template <class T>
class GruResetBefore final : public Recurrent<T> {
  using Recurrent<T>::F_;
  using Recurrent<T>::U_;
  using Recurrent<T>::width_;
  using Recurrent<T>::panel;
  using Recurrent<T>::layout;
  // Panels of a step: z, r, g, r * h_prev, and kept slopes; dz is of the first three.
  static constexpr int kKept = 4;
  static constexpr int kSigmoids = 2, kTanhs = 1;  // slopes of z, r; of g

 public:
  explicit GruResetBefore(const LayerSpec& spec) : Recurrent<T>(spec, 3) {}

  int state_size() const override { return U_; }
  bool goes_in_pairs() const override { return false; }  // its own loops are over one block

 protected:
  void pack_kernels(const T* params, T* packed, int part, int parts, bool backward) const override {
    const T* recurrent = params + std::size_t(F_) * width_;
    const auto p = layout(packed);
    const auto column = [&](const T* matrix, int row, int j) {
      return matrix[std::size_t(row) * width_ + j];
    };
    pack_by_unit<1>(p.forward, width_, F_, part, parts,
                    [&](int k, int, int j) { return column(params, k, j); });
    pack_by_unit<1>(gates_forward(p.forward), 2 * U_, U_, part, parts,
                    [&](int k, int, int j) { return column(recurrent, k, j); });
    pack_by_unit<1>(candidate_forward(p.forward), U_, U_, part, parts,
                    [&](int k, int, int j) { return column(recurrent, k, 2 * U_ + j); });
    if (!backward) return;
    pack_transposed(p.recurrent, U_, 2 * U_, part, parts,
                    [&](int j, int u) { return column(recurrent, u, j); });
    pack_transposed(candidate_backward(p.recurrent), U_, U_, part, parts,
                    [&](int j, int u) { return column(recurrent, u, 2 * U_ + j); });
    pack_transposed(p.kernel, F_, width_, part, parts,
                    [&](int j, int f) { return column(params, f, j); });
  }

  int kept_rows() const override { return this->with_slopes(kKept, kSigmoids, kTanhs) * U_; }
  int gate_panels() const override { return kKept; }

  // This form is rarely used: its products go through memory instead of being fused with the gates.
  void forward_step(const T* packed, const StepForward<T>& step) const override {
    const auto p = layout(packed);
    T* z = step.kept;
    T* r = z + panel(U_);
    T* g = r + panel(U_);
    T* reset_h = g + panel(U_);
    set_rows(p.bias, z, width_, step.vectors.count);
    rows_product(p.forward, step.x, F_, z, width_, step.vectors, true);
    if (step.h_prev) {
      rows_product(gates_forward(p.forward), step.h_prev, U_, z, 2 * U_, step.vectors, true);
    }
    finish_gates(step);
    if (step.h_prev) {
      rows_product(candidate_forward(p.forward), reset_h, U_, g, U_, step.vectors, true);
    }
    finish_step(step);
  }

  // The candidate's share of the states comes from what it is kept with, r * h_prev.
  GateRows gate_rows(int gate) const override {
    return gate == 2 ? GateRows{2, 2, 3, false} : GateRows{gate, gate};
  }

  void step_by_gate(const T* packed, const StepForward<T>& step, T* gates) const override {
    const auto p = layout(packed);
    T* from_x = this->gate_dropout_.room(gates);
    T* from_h = from_x + panel(width_);
    const T* kernels = this->gate_kernels(packed);
    this->gate_dropout_.forward(kernels, gates, step.x, step.h_prev, from_x, from_h);
    for (int row = 0; row < width_; ++row) {
      for (int v = 0; v < step.vectors.count; ++v) {
        const int at = row * kBlock + v * kLanes<T>;
        const Vec<T> h_share = row < 2 * U_ ? load(from_h + at) : Vec<T>{};
        store(step.kept + at, load(from_x + at) + h_share + broadcast(p.bias[row]));
      }
    }
    finish_gates(step);
    T* g = step.kept + panel(2 * U_);
    this->gate_dropout_.gate_product(kernels, gates, g + panel(U_), 2, from_h);
    each(step.vectors.count, [&](int at) { store(g + at, load(g + at) + load(from_h + at)); });
    finish_step(step);
  }

  // dh = dy + dh_next's direct part (carried) + [dz_next, dr_next] @ recurrent_zr.T
  // dg = dh * (1 - z) * tanh'(g);  dz = dh * (h_prev - g) * z'
  // drh = dg @ recurrent_h.T;  dr = drh * h_prev * r';  carried: z * dh + r * drh
  void backward_step(const T* packed, const StepBackward<T>& step, T* drh) const override {
    const auto p = layout(packed);
    const Gates<T> gates(this->spec_);
    T* z = step.kept;
    T* r = z + panel(U_);
    T* g = r + panel(U_);
    T* dh = step.carry;
    const T* gate_slopes = this->gate_slopes(step.kept, kKept);  // z, r
    const T* act_slopes = this->act_slopes(step.kept, kKept, kSigmoids);
    if (step.dz_next) {
      rows_product(p.recurrent, step.dz_next, 2 * U_, dh, U_, step.vectors, true);
    }
    each(step.vectors.count, [&](int at) {
      const Vec<T> total = step.dy ? load(dh + at) + load(step.dy + at) : load(dh + at);
      const Vec<T> z_at = load(z + at);
      const Vec<T> g_at = load(g + at);
      if (step.dh) store(step.dh + at, total);
      store(g + at, total * (T(1) - z_at) * gates.act_slope(g_at, act_slopes + at));
      store(z + at,
            total * (load(step.h_prev + at) - g_at) * gates.gate_slope(z_at, gate_slopes + at));
      store(step.carry + at, total * z_at);
    });
    rows_product(candidate_backward(p.recurrent), g, U_, drh, U_, step.vectors);
    if (step.candidate_factors) this->scale(drh, step.candidate_factors, U_);
    each(step.vectors.count, [&](int at) {
      const Vec<T> r_at = load(r + at);
      store(r + at, load(drh + at) * load(step.h_prev + at) *
                        gates.gate_slope(r_at, gate_slopes + panel(U_) + at));
      store(step.carry + at, fma(r_at, load(drh + at), load(step.carry + at)));
    });
  }

  void input_gradient(const T* packed, const T* dz, T* dx,
                      const Vectors<T>& vectors) const override {
    rows_product(layout(packed).kernel, dz, width_, dx, F_, vectors);
  }

  // dkernel = x.T @ dz;  drecurrent_zr = h_prev.T @ dz_zr;  drecurrent_h = (r * h_prev).T @ dg
  void weight_gradients(WeightGradient<T>& weights, const T* x, std::ptrdiff_t x_stride,
                        const T* h_prev, const T* dz, T* gradient) const override {
    const std::size_t stride = panel(kept_rows());
    T* bias = this->bias_gradient(gradient);
    weights.set_a(x, x_stride, F_, h_prev, panel(U_), U_);
    weights.multiply(dz, stride, 2 * U_, gradient, width_, bias);
    weights.set_a(x, x_stride, F_, dz + panel(3 * U_), stride, U_);
    weights.multiply(dz + panel(2 * U_), stride, U_, gradient + 2 * U_, width_,
                     bias ? bias + 2 * U_ : nullptr);
  }

  void state_gradient(const T* packed, const T* dz, const T* carry, T* dstate,
                      int vectors) const override {
    std::copy(carry, carry + panel(U_), dstate);
    rows_product(layout(packed).recurrent, dz, 2 * U_, dstate, U_, vectors, true);
  }

 private:
  // z, r = gate(z), gate(r);  reset_h = r * h_prev
  void finish_gates(const StepForward<T>& step) const {
    T* z = step.kept;
    T* r = z + panel(U_);
    T* reset_h = r + panel(2 * U_);
    T* slopes = this->gate_slopes(step, kKept);
    if (step.sums) std::copy_n(z, panel(2 * U_), step.sums);
    each(step.vectors.count, [&](int at) {
      apply(this->spec_.recurrent_activation, z + at, slopes ? slopes + at : nullptr);
      apply(this->spec_.recurrent_activation, r + at, slopes ? slopes + panel(U_) + at : nullptr);
      store(reset_h + at, step.h_prev ? load(r + at) * load(step.h_prev + at) : Vec<T>{});
    });
  }

  // g = act(g);  h = z * h_prev + (1 - z) * g
  void finish_step(const StepForward<T>& step) const {
    T* g = step.kept + panel(2 * U_);
    T* slopes = this->act_slopes(step, kKept, kSigmoids);
    if (step.sums) std::copy_n(g, panel(U_), step.sums + panel(2 * U_));
    each(step.vectors.count, [&](int at) {
      apply(this->spec_.activation, g + at, slopes ? slopes + at : nullptr);
      const Vec<T> candidate = load(g + at);
      const Vec<T> h_prev = step.h_prev ? load(step.h_prev + at) : Vec<T>{};
      store(step.h + at, fma(load(step.kept + at), h_prev - candidate, candidate));
    });
  }

  // Calls f(offset) for every vector in use of a panel of U rows.
  template <class F>
  void each(int vectors, F&& f) const {
    each_vector<T>(U_, vectors, [&](std::size_t at, int) { f(static_cast<int>(at)); });
  }

  // One vector becomes its activation; `slope` takes its slope unless it is null.
  static void apply(Activation kind, T* x, T* slope) {
    Vec<T>* at = reinterpret_cast<Vec<T>*>(x);
    if (slope) {
      activate_keeping<T>(kind, at, reinterpret_cast<Vec<T>*>(slope), 1);
    } else {
      activate<T>(kind, at, 1);
    }
  }

  template <class P>
  P gates_forward(P forward) const {
    return forward + std::size_t(F_) * width_;
  }
  template <class P>
  P candidate_forward(P forward) const {
    return gates_forward(forward) + std::size_t(2 * U_) * U_;
  }
  template <class P>
  P candidate_backward(P recurrent) const {
    return recurrent + std::size_t(2 * U_) * U_;
  }
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_gru_reset_before(const LayerSpec& spec) {
  return std::make_unique<GruResetBefore<T>>(spec);
}
template std::unique_ptr<Layer<float>> make_gru_reset_before(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_gru_reset_before(const LayerSpec&);

}  // namespace rnncomp
