// The non-linearities on one vector, and their slopes: of most in terms of their own output; of the
// others (keeps_slope) the way forward writes the slope to a panel beside the output, because the
// output does not tell it, or only by way of another exp.
//
// exp, tanh and sigmoid are ours so that a level gives the same bits everywhere and no libm call
// sits in the hot path. Largest errors found over all floats (tests/kernels/test_activations.py
// measures them): tanh and sigmoid 3 ulp in float32 and float64; of the others see docs/engine.md.
#pragma once

#include "rnncomp/simd.h"

namespace rnncomp {

// Constants of exp(x) = 2^n * (1 + expm1(r)), x = n ln 2 + r, |r| <= ln 2 / 2, and of
// expm1(r) = r + r^2 * q(r), q the polynomial with the smallest relative error of expm1 there
// (native/tools/expm1_polynomial.py finds it).
template <class T>
struct ExpConstants;
template <>
struct ExpConstants<float> {
  static constexpr float round = 12582912.0f;      // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float ln2_high = 0.693145752f;  // 17 bits, n * ln2_high is exact
  static constexpr float ln2_low = 1.42860677e-6f;
  static constexpr int mantissa = 23;
  static constexpr int terms = 5;
  static constexpr float q[terms] = {0.50000000619f, 0.16666542992f, 0.041666282015f,  // 1.3e-8
                                     0.0083665839488f, 0.0013946450958f};
  static constexpr float limit = 87;  // exp(-87) is still a normal number
  static constexpr float tanh_is_one = 10;
};
template <>
struct ExpConstants<double> {
  static constexpr double round = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double ln2_high = 6.93147180369123816490e-01;
  static constexpr double ln2_low = 1.90821492927058770002e-10;
  static constexpr int mantissa = 52;
  static constexpr int terms = 10;
  static constexpr double q[terms] = {0.50000000000000055503,    0.16666666666666685985,  // 1.8e-17
                                      0.041666666666573621786,   0.0083333333333146010229,
                                      0.0013888888932379747674,  0.00019841269903009389800,
                                      2.4801504454883226380e-05, 2.7557227973235083937e-06,
                                      2.7626326928631637788e-07, 2.5114466928987537906e-08};
  static constexpr double limit = 708;
  static constexpr double tanh_is_one = 20;
};

// x[j] = exp(x[j]) - 1, with x cut to where exp(x) is a normal number; exact in the sense of a few
// ulp also near 0. NaN stays NaN. Several vectors go side by side: one is a chain of dependent
// operations, and several chains in turn keep the ports busier than one after the other.
template <class T, int K>
RNNCOMP_INLINE void expm1(Vec<T> (&x)[K]) {
  using C = ExpConstants<T>;
  Vec<T> shifted[K], q[K];
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) {
    x[j] = min_keep_nan(broadcast(C::limit), max_keep_nan(broadcast(-C::limit), x[j]));
    shifted[j] = fma(x[j], broadcast(T(1.44269504088896340736)), broadcast(C::round));
  }
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) {
    const Vec<T> n = shifted[j] - C::round;
    x[j] = fma(n, broadcast(-C::ln2_high), x[j]);
    x[j] = fma(n, broadcast(-C::ln2_low), x[j]);  // r
  }
  // q by pairs of terms: half the chain of Horner's rule.
  constexpr int pairs = (C::terms + 1) / 2;
#pragma GCC unroll 8
  for (int k = 2 * pairs - 2; k >= 0; k -= 2) {
#pragma GCC unroll 4
    for (int j = 0; j < K; ++j) {
      Vec<T> pair = broadcast(C::q[k]);
      if (k + 1 < C::terms) pair = fma(broadcast(C::q[k + 1]), x[j], pair);
      q[j] = k + 2 < C::terms ? fma(q[j], x[j] * x[j], pair) : pair;
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) {
    // The low bits of `shifted` are n; moved to the exponent field they scale 1 by 2^n.
    const Bits<T> power = (reinterpret_cast<Bits<T>>(shifted[j]) << C::mantissa) +
                          reinterpret_cast<Bits<T>>(broadcast(T(1)));
    const Vec<T> scale = reinterpret_cast<Vec<T>>(power);
    x[j] = fma(scale, fma(q[j], x[j] * x[j], x[j]), scale - T(1));  // 2^n * expm1(r) + 2^n - 1
  }
}

template <class T, int K>
RNNCOMP_INLINE void tanh(Vec<T> (&x)[K]) {
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) x[j] = x[j] + x[j];
  expm1<T>(x);
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) x[j] = x[j] / (x[j] + T(2));
}

template <class T, int K>
RNNCOMP_INLINE void sigmoid(Vec<T> (&x)[K]) {
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) x[j] = -x[j];
  expm1<T>(x);
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) x[j] = T(1) / (x[j] + T(2));
}

template <class T>
RNNCOMP_INLINE Vec<T> tanh(Vec<T> x) {
  Vec<T> one[1] = {x};
  tanh<T>(one);
  return one[0];
}

template <class T>
RNNCOMP_INLINE Vec<T> sigmoid(Vec<T> x) {
  Vec<T> one[1] = {x};
  sigmoid<T>(one);
  return one[0];
}

// x[i] = activation(x[i]) for n vectors
template <class T>
void activate(Activation kind, Vec<T>* x, int n);

template <class T>
Vec<T> activate(Activation kind, Vec<T> x) {
  activate<T>(kind, &x, 1);
  return x;
}

// The same for an activation whose slope is kept: slopes[i] = d activation / d x, unless null.
template <class T>
void activate_keeping(Activation kind, Vec<T>* x, Vec<T>* slopes, int n);

// z[unit][vector], `vectors` of a block, becomes its activation; `slopes`, a panel of these units,
// takes the slopes.
template <class T>
void activate_rows(Activation kind, Vec<T>* z, int units, int vectors, T* slopes);

// d activation / d x at the x whose activation is y; `kept` is where it is kept, if it is.
template <class T>
Vec<T> slope(Activation kind, Vec<T> y, const T* kept);

// The two activations of a layer, one vector at a time. The usual pair, tanh and sigmoid, is
// compiled in behind a branch that always goes the same way; any other costs a call.
template <class T>
struct Gates {
  explicit Gates(const LayerSpec& spec)
      : activation(spec.activation), recurrent(spec.recurrent_activation) {}

  RNNCOMP_INLINE Vec<T> act(Vec<T> x) const {
    return activation == Activation::tanh ? tanh<T>(x) : activate<T>(activation, x);
  }
  RNNCOMP_INLINE Vec<T> gate(Vec<T> x) const {
    return recurrent == Activation::sigmoid ? sigmoid<T>(x) : activate<T>(recurrent, x);
  }
  RNNCOMP_INLINE Vec<T> act_slope(Vec<T> y, const T* kept) const {
    return activation == Activation::tanh ? T(1) - y * y : slope<T>(activation, y, kept);
  }
  RNNCOMP_INLINE Vec<T> gate_slope(Vec<T> y, const T* kept) const {
    return recurrent == Activation::sigmoid ? y * (T(1) - y) : slope<T>(recurrent, y, kept);
  }

  Activation activation;
  Activation recurrent;
};

}  // namespace rnncomp
