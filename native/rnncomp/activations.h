// The non-linearities on one vector, and their slopes written in terms of their own output.
//
// exp, tanh and sigmoid are ours so that a level gives the same bits everywhere and no libm call
// sits in the hot path. Largest errors found over all floats (tests/kernels/test_activations.py
// measures them): tanh 3 ulp, sigmoid 3 ulp, in float32 and float64.
#pragma once

#include "rnncomp/simd.h"

namespace rnncomp {

// Constants of exp(x) = 2^n * (1 + expm1(r)), x = n ln 2 + r, |r| <= ln 2 / 2.
template <class T>
struct ExpConstants;
template <>
struct ExpConstants<float> {
  static constexpr float round = 12582912.0f;      // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float ln2_high = 0.693145752f;  // 17 bits, n * ln2_high is exact
  static constexpr float ln2_low = 1.42860677e-6f;
  static constexpr int mantissa = 23;
  static constexpr int terms = 8;             // r^9 / 9! is below a quarter of an ulp of r
  static constexpr float sigmoid_limit = 87;  // exp(87) is still finite
  static constexpr float tanh_limit = 10;     // tanh rounds to 1 from 9.02
};
template <>
struct ExpConstants<double> {
  static constexpr double round = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double ln2_high = 6.93147180369123816490e-01;
  static constexpr double ln2_low = 1.90821492927058770002e-10;
  static constexpr int mantissa = 52;
  static constexpr int terms = 14;
  static constexpr double sigmoid_limit = 708;
  static constexpr double tanh_limit = 20;
};

// 1 / k!, the Taylor coefficients of expm1.
inline constexpr double kInverseFactorial[] = {1.0,
                                               1.0,
                                               1.0 / 2,
                                               1.0 / 6,
                                               1.0 / 24,
                                               1.0 / 120,
                                               1.0 / 720,
                                               1.0 / 5040,
                                               1.0 / 40320,
                                               1.0 / 362880,
                                               1.0 / 3628800,
                                               1.0 / 39916800,
                                               1.0 / 479001600,
                                               1.0 / 6227020800.,
                                               1.0 / 87178291200.};

template <class T>
struct Exp {
  Vec<T> power;  // 2^n
  Vec<T> rest;   // expm1(r), so that exp(x) = power + power * rest
};

template <class T>
RNNCOMP_INLINE Exp<T> split_exp(Vec<T> x) {
  using C = ExpConstants<T>;
  const Vec<T> shifted = fma(x, broadcast(T(1.44269504088896340736)), broadcast(C::round));
  const Vec<T> n = shifted - C::round;
  Vec<T> r = fma(n, broadcast(-C::ln2_high), x);
  r = fma(n, broadcast(-C::ln2_low), r);
  Vec<T> p = broadcast(T(kInverseFactorial[C::terms]));
#pragma GCC unroll 16
  for (int k = C::terms - 1; k >= 1; --k) p = fma(p, r, broadcast(T(kInverseFactorial[k])));
  // The low bits of `shifted` are n; moved to the exponent field they scale 1 by 2^n.
  const Vec<T> one = broadcast(T(1));
  const Bits<T> power =
      (reinterpret_cast<Bits<T>>(shifted) << C::mantissa) + reinterpret_cast<Bits<T>>(one);
  return {reinterpret_cast<Vec<T>>(power), p * r};
}

template <class T>
RNNCOMP_INLINE Vec<T> tanh(Vec<T> x) {
  constexpr T limit = ExpConstants<T>::tanh_limit;
  x = min_keep_nan(broadcast(limit), max_keep_nan(broadcast(-limit), x));
  const Exp<T> e = split_exp<T>(x + x);
  const Vec<T> expm1 = fma(e.power, e.rest, e.power - T(1));  // exp(2x) - 1, exact near 0
  return expm1 / (expm1 + T(2));
}

template <class T>
RNNCOMP_INLINE Vec<T> sigmoid(Vec<T> x) {
  constexpr T limit = ExpConstants<T>::sigmoid_limit;
  x = min_keep_nan(broadcast(limit), max_keep_nan(broadcast(-limit), x));
  const Exp<T> e = split_exp<T>(-x);
  return T(1) / (fma(e.power, e.rest, e.power) + T(1));
}

// Not inlined: only tanh and sigmoid are compiled into the cells.
template <class T>
[[gnu::noinline]] Vec<T> activate(Activation kind, Vec<T> x) {
  const Vec<T> zero{};
  switch (kind) {
    case Activation::tanh:
      return tanh<T>(x);
    case Activation::sigmoid:
      return sigmoid<T>(x);
    case Activation::hard_sigmoid:
      return min_keep_nan(broadcast(T(1)), max_keep_nan(zero, x / T(6) + T(0.5)));
    case Activation::relu:
      return max_keep_nan(zero, x);
    case Activation::linear:
      break;
  }
  return x;
}

// d activation / d x at the x whose activation is y.
template <class T>
[[gnu::noinline]] Vec<T> slope(Activation kind, Vec<T> y) {
  const Vec<T> zero{};
  const Vec<T> one = broadcast(T(1));
  switch (kind) {
    case Activation::tanh:
      return one - y * y;
    case Activation::sigmoid:
      return y * (one - y);
    case Activation::hard_sigmoid:
      return (y > zero) & (y < one) ? broadcast(T(1) / T(6)) : zero;
    case Activation::relu:
      return y > zero ? one : zero;
    case Activation::linear:
      break;
  }
  return one;
}

// The two activations of a layer. The usual pair, tanh and sigmoid, is compiled in behind a branch
// that always goes the same way; any other costs a call.
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
  RNNCOMP_INLINE Vec<T> act_slope(Vec<T> y) const {
    return activation == Activation::tanh ? T(1) - y * y : slope<T>(activation, y);
  }
  RNNCOMP_INLINE Vec<T> gate_slope(Vec<T> y) const {
    return recurrent == Activation::sigmoid ? y * (T(1) - y) : slope<T>(recurrent, y);
  }

  Activation activation;
  Activation recurrent;
};

}  // namespace rnncomp
