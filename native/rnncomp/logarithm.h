// exp, log and log1p of one vector, for the losses; as the activations', no call of libm.
//
// Largest errors found (tests/kernels/test_native_losses.py measures them through the losses): 3
// ulp in float32 and float64.
#pragma once

#include <limits>

#include "rnncomp/activations.h"

namespace rnncomp {

// exp(x), x cut to where it is a normal number. Unlike 1 + expm1(x), it keeps its relative
// accuracy where it is small.
template <class T>
RNNCOMP_INLINE Vec<T> exponential(Vec<T> x) {
  using C = ExpConstants<T>;
  x = min_keep_nan(broadcast(C::limit), max_keep_nan(broadcast(-C::limit), x));
  const Vec<T> shifted = fma(x, broadcast(T(1.44269504088896340736)), broadcast(C::round));
  const Vec<T> n = shifted - C::round;
  const Vec<T> r = fma(n, broadcast(-C::ln2_low), fma(n, broadcast(-C::ln2_high), x));
  Vec<T> q = broadcast(C::q[C::terms - 1]);
#pragma GCC unroll 10
  for (int k = C::terms - 2; k >= 0; --k) q = fma(q, r, broadcast(C::q[k]));
  const Bits<T> power = (reinterpret_cast<Bits<T>>(shifted) << C::mantissa) +
                        reinterpret_cast<Bits<T>>(broadcast(T(1)));
  return reinterpret_cast<Vec<T>>(power) * (fma(q, r * r, r) + T(1));
}

// log(x) of normal numbers x > 0; infinity stays, NaN stays. x = 2^n * m with m in
// [sqrt(1/2), sqrt(2)), and log(m) = 2 atanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...), with
// s = (m - 1) / (m + 1), at most 0.172: the first term left out is 1e-9 (1e-18) of the sum.
template <class T>
RNNCOMP_INLINE Vec<T> logarithm(Vec<T> x) {
  using C = ExpConstants<T>;
  constexpr int terms = sizeof(T) == 4 ? 5 : 11;
  const Bits<T> bits = reinterpret_cast<Bits<T>>(x);
  const Bits<T> half = reinterpret_cast<Bits<T>>(broadcast(T(0.70710678118654752440)));
  const Bits<T> n = (bits - half) >> C::mantissa;
  const Vec<T> m = reinterpret_cast<Vec<T>>(bits - (n << C::mantissa));
  const Vec<T> s = (m - T(1)) / (m + T(1));
  const Vec<T> square = s * s;
  Vec<T> series = broadcast(T(1) / T(2 * terms - 1));
#pragma GCC unroll 11
  for (int k = terms - 2; k >= 0; --k) series = fma(series, square, broadcast(T(1) / T(2 * k + 1)));
  const Vec<T> count = __builtin_convertvector(n, Vec<T>);
  const Vec<T> near = fma(s + s, series, count * C::ln2_low);
  const Vec<T> result = fma(count, broadcast(C::ln2_high), near);
  return x < broadcast(std::numeric_limits<T>::infinity()) ? result : x;
}

// log(1 + x) for x >= 0: what rounding 1 + x loses is given back.
template <class T>
RNNCOMP_INLINE Vec<T> log1p(Vec<T> x) {
  const Vec<T> sum = x + T(1);
  const Vec<T> lost = x - (sum - T(1));
  return x < broadcast(T(1e15)) ? logarithm<T>(sum) + lost / sum : logarithm<T>(sum);
}

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))
template <class T>
RNNCOMP_INLINE Vec<T> softplus(Vec<T> x) {
  const Vec<T> zero{};
  return max_keep_nan(zero, x) + log1p<T>(exponential<T>(x < zero ? x : -x));
}

}  // namespace rnncomp
