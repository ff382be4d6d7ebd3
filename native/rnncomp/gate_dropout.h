// Dropout of the states, where every gate drops on its own, as in Keras: products gate by gate.
//
// z[g] = (x * x_factors[g]) @ kernel[g] + (h_prev * h_factors[g]) @ recurrent_kernel[g]
#pragma once

#include "rnncomp/layer.h"
#include "rnncomp/matmul.h"

namespace rnncomp {

// Where a gate's numbers lie among those that a step keeps, in panels of U rows.
struct GateRows {
  int dx;              // the gradient of its input share
  int dh;              // that of its share of the states
  int h = -1;          // what met its recurrent kernel, if not the states
  bool from_h = true;  // whether dh reaches the states through its recurrent kernel
};

template <class T>
class GateDropout {
 public:
  GateDropout(const LayerSpec& spec, int gates)
      : F_(spec.inputs),
        U_(spec.units),
        G_(gates),
        inputs_(spec.dropout),
        states_(spec.recurrent_dropout) {}

  bool active(const Noise* noise) const { return noise && states_ > 0; }

  // Kernels by gate for the way forward, and transposed for the way back
  std::size_t packed_size() const { return states_ > 0 ? 2 * kernels_size() : 0; }
  // Factors of inputs and states, and room for a step
  std::size_t saved_size() const {
    return states_ > 0 ? panel(G_ * (F_ + U_) + (3 * G_ + 2) * U_ + F_) : 0;
  }
  std::size_t scratch_size(int steps) const {
    return states_ > 0 ? steps * panel(F_ + U_) + panel(F_ + 2 * U_) : 0;
  }

  void pack(const T* params, T* packed, int part, int parts, bool backward) const {
    if (states_ <= 0) return;
    const int width = G_ * U_;
    const T* recurrent = params + std::size_t(F_) * width;
    for (int g = 0; g < G_; ++g) {
      const auto column = [&](const T* kernel, int row, int u) {
        return kernel[std::size_t(row) * width + g * U_ + u];
      };
      pack_by_unit<1>(kernel(packed, g), U_, F_, part, parts,
                      [&](int k, int, int u) { return column(params, k, u); });
      pack_by_unit<1>(recurrent_kernel(packed, g), U_, U_, part, parts,
                      [&](int k, int, int u) { return column(recurrent, k, u); });
      if (!backward) continue;
      T* transposed = packed + kernels_size();
      pack_by_unit<1>(kernel(transposed, g), F_, U_, part, parts,
                      [&](int k, int, int f) { return column(params, f, k); });
      pack_by_unit<1>(recurrent_kernel(transposed, g), U_, U_, part, parts,
                      [&](int k, int, int u) { return column(recurrent, u, k); });
    }
  }

  // Draws the factors; those of inputs are 1 where inputs are not dropped.
  void draw(const Noise& noise, T* saved) const {
    if (inputs_ > 0) {
      draw_factors(noise, Purpose::inputs, inputs_, G_ * F_, saved);
    } else {
      std::fill(saved, saved + panel(G_ * F_), T(1));
    }
    draw_factors(noise, Purpose::states, states_, G_ * U_, saved + panel(G_ * F_));
  }
  const T* x_factors(const T* saved, int g) const { return saved + panel(g * F_); }
  const T* h_factors(const T* saved, int g) const { return saved + panel(G_ * F_ + g * U_); }
  // Room for a step's sums, (3 G + 2) panels of U rows
  T* room(T* saved) const { return saved + panel(G_ * (F_ + U_)); }

  // from_x, from_h (G, U) of one step, in Keras's order of gates
  void forward(const T* packed, T* saved, const T* x, const T* h_prev, T* from_x, T* from_h) const {
    T* scaled = saved + panel(G_ * (F_ + U_) + (3 * G_ + 1) * U_);
    for (int g = 0; g < G_; ++g) {
      scale(x, x_factors(saved, g), F_, scaled);
      rows_product(kernel(packed, g), scaled, F_, from_x + panel(g * U_), U_, kBlockVectors<T>);
      gate_product(packed, saved, h_prev, g, from_h + panel(g * U_));
    }
  }
  // out = (h * h_factors[g]) @ recurrent_kernel[g]; a null h is zero
  void gate_product(const T* packed, T* saved, const T* h, int g, T* out) const {
    if (!h) return std::fill(out, out + panel(U_), T(0));
    T* scaled = saved + panel(G_ * (F_ + U_) + (3 * G_ + 1) * U_);
    scale(h, h_factors(saved, g), U_, scaled);
    rows_product(recurrent_kernel(packed, g), scaled, U_, out, U_, kBlockVectors<T>);
  }

  // dh += sum of h_factors[g] * (dz[g] @ recurrent_kernel[g].T)
  template <class Rows>
  void states_back(const T* packed, const T* saved, const T* dz, Rows&& rows, T* scratch,
                   T* dh) const {
    for (int g = 0; g < G_; ++g) {
      const GateRows at = rows(g);
      if (!at.from_h) continue;
      rows_product(recurrent_kernel(packed + kernels_size(), g), dz + panel(at.dh * U_), U_,
                   scratch, U_, kBlockVectors<T>);
      add_scaled(scratch, h_factors(saved, g), U_, dh);
    }
  }

  // dx = sum of x_factors[g] * (dz[g] @ kernel[g].T)
  template <class Rows>
  void inputs_back(const T* packed, const T* saved, const T* dz, Rows&& rows, T* scratch,
                   T* dx) const {
    std::fill(dx, dx + panel(F_), T(0));
    for (int g = 0; g < G_; ++g) {
      rows_product(kernel(packed + kernels_size(), g), dz + panel(rows(g).dx * U_), U_, scratch, F_,
                   kBlockVectors<T>);
      add_scaled(scratch, x_factors(saved, g), F_, dx);
    }
  }

  // dkernel[g] += (x * x_factors[g]).T @ dz[g];  the same for the recurrent kernel;  dbias += sums
  template <class Rows>
  void weights_back(WeightGradient<T>& weights, const T* saved, const T* x, std::ptrdiff_t x_stride,
                    const T* h_prev, const T* kept, std::ptrdiff_t kept_stride, int steps,
                    Rows&& rows, T* scratch, T* gradient, T* bias, T* recurrent_bias) const {
    const int width = G_ * U_;
    T* recurrent = gradient + std::size_t(F_) * width;
    T* h_scaled = scratch + steps * panel(F_);
    for (int g = 0; g < G_; ++g) {
      const GateRows at = rows(g);
      for (int t = 0; t < steps; ++t) {
        const T* met =
            at.h < 0 ? h_prev + t * panel(U_) : kept + t * kept_stride + panel(at.h * U_);
        scale(x + t * x_stride, x_factors(saved, g), F_, scratch + t * panel(F_));
        scale(met, h_factors(saved, g), U_, h_scaled + t * panel(U_));
      }
      weights.set_a(scratch, panel(F_), F_);
      weights.multiply(kept + panel(at.dx * U_), kept_stride, U_, gradient + g * U_, width,
                       bias ? bias + g * U_ : nullptr);
      weights.set_a(h_scaled, panel(U_), U_);
      weights.multiply(kept + panel(at.dh * U_), kept_stride, U_, recurrent + g * U_, width,
                       recurrent_bias ? recurrent_bias + g * U_ : nullptr);
    }
  }

 private:
  static std::size_t panel(std::size_t rows) { return rows * kBlock; }
  std::size_t kernels_size() const { return std::size_t(F_ + U_) * G_ * U_; }

  template <class P>
  P kernel(P packed, int g) const {
    return packed + std::size_t(g) * F_ * U_;
  }
  template <class P>
  P recurrent_kernel(P packed, int g) const {
    return packed + std::size_t(G_) * F_ * U_ + std::size_t(g) * U_ * U_;
  }

  static void scale(const T* x, const T* factors, int rows, T* out) {
    for (std::size_t k = 0; k < panel(rows); ++k) out[k] = x[k] * factors[k];
  }
  static void add_scaled(const T* x, const T* factors, int rows, T* out) {
    for (std::size_t k = 0; k < panel(rows); ++k) out[k] += x[k] * factors[k];
  }

  int F_, U_, G_;
  double inputs_, states_;  // shares dropped
};

}  // namespace rnncomp
