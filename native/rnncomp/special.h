// exp over its whole range, log, and the normal distribution, on vectors: what the less usual
// activations are made of.
//
// native/tools/log_and_tail_polynomials.py finds the coefficients. docs/engine.md has the accuracy
// of the activations.
#pragma once

#include <cmath>

#include "rnncomp/activations.h"

namespace rnncomp {

template <class T>
struct SpecialConstants;
template <>
struct SpecialConstants<float> {
  static constexpr float least = -105, most = 89;  // beyond, exp is 0 or infinite
  static constexpr float log_rest[] = {0.66666666554451646331f, 0.4000012187697200149f,
                                       0.28550816599711548665f, 0.23330581938241893822f};
  static constexpr float tail_end = 14.5;  // beyond, the tail is 0
  static constexpr float tail[] = {
      0.76323052865872877839f,     0.64025777387750891494f,    0.44645255797146865688f,
      0.25314127845220103163f,     0.1113819699139616364f,     0.033877130821760603975f,
      0.0042252145959889001066f,   -0.0017749555402348883934f, -0.00090894487963449422822f,
      0.000038966564426448158123f, 0.000078480937970173859802f};
  static constexpr float shrink[] = {
      0.33333332938636954855f,   -0.13333292256485756745f,    0.053961105235730643746f,
      -0.021820719069844590323f, 0.0086925042828576415856f,   -0.003243850136128519939f,
      0.0010116202668016337546f, -0.00021819027950225057109f, 0.000022968483058277928375f};
  static constexpr std::int32_t high_half = ~0xFFF;
};
template <>
struct SpecialConstants<double> {
  static constexpr double least = -746, most = 710;
  static constexpr double log_rest[] = {
      0.66666666666666666668, 0.39999999999999992495, 0.2857142857143536394,
      0.22222222219857288089, 0.18181818593867599854, 0.15384575115766617685,
      0.13335639386359470587, 0.11688107586595922474, 0.1188214271262731942};
  static constexpr double tail_end = 38.7;
  static constexpr double tail[] = {
      0.76323052897020312829,      0.64025776025261709118,    0.44645251705567992567,
      0.25314179995096845681,      0.11138259657011329455,    0.033871326177129884418,
      0.0042236133827815577756,    -0.001748830567130779098,  -0.0009177465352327154458,
      -6.3811596381180518394e-6,   0.00011204293677409222746, 0.000015933129815800771825,
      -0.000014236894449187352272, -3.1903258065156953644e-6, 2.1454334230274542266e-6,
      5.0034634533920352439e-7,    -3.8345355663557531117e-7, -6.1562167548902136582e-8,
      7.4625843902034633206e-8,    2.2945248103925678018e-9,  -1.3471992951668003858e-8,
      1.7237325319132343539e-9,    1.5830190600888072025e-9,  -4.6299745159487022908e-10};
  static constexpr double shrink[] = {
      0.33333333333333330962,      -0.13333333333332349165,    0.053968253967572570746,
      -0.021869488517383633299,    0.0088632352559945553605,   -0.0035921255928374319627,
      0.0014558198713996958114,    -0.00058996677437465510799, 0.00023894384901841809116,
      -0.000096490838249183538554, 0.000038534258869608683567, -0.000014907458331343353625,
      5.3735267698521464687e-6,    -1.7041392903712782586e-6,  4.4207984594623941679e-7,
      -8.5553434490492848268e-8,   1.0759495982399734999e-8,   -6.5084022008010324128e-10};
  static constexpr std::int64_t high_half = ~0x7FFFFFFLL;
};

template <class T>
RNNCOMP_INLINE Vec<T> abs(Vec<T> x) {
  return x < Vec<T>{} ? -x : x;
}

template <class T>
RNNCOMP_INLINE Vec<T> sqrt(Vec<T> x) {
  for (int lane = 0; lane < kLanes<T>; ++lane) x[lane] = std::sqrt(x[lane]);  // one instruction
  return x;
}

// c[0] + c[1] x + c[2] x^2 + ...
template <class T, int kTerms>
RNNCOMP_INLINE Vec<T> polynomial(const T (&c)[kTerms], Vec<T> x) {
  Vec<T> sum = broadcast(c[kTerms - 1]);
#pragma GCC unroll 32
  for (int k = kTerms - 2; k >= 0; --k) sum = fma(sum, x, broadcast(c[k]));
  return sum;
}

// 2^n, where `shifted` is n + ExpConstants::round: its low bits, moved to the exponent field.
template <class T>
RNNCOMP_INLINE Vec<T> power_of_two(Vec<T> shifted) {
  return reinterpret_cast<Vec<T>>(
      (reinterpret_cast<Bits<T>>(shifted) << ExpConstants<T>::mantissa) +
      reinterpret_cast<Bits<T>>(broadcast(T(1))));
}

// x[j] = exp(x[j]), down to the smallest numbers and up to infinity: 2^n in two halves, because it
// may not be a normal number itself.
template <class T, int K>
RNNCOMP_INLINE void exp(Vec<T> (&x)[K]) {
  using C = ExpConstants<T>;
  using S = SpecialConstants<T>;
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) {
    const Vec<T> z = min_keep_nan(broadcast(S::most), max_keep_nan(broadcast(S::least), x[j]));
    const Vec<T> n = fma(z, broadcast(T(1.44269504088896340736)), broadcast(C::round)) - C::round;
    Vec<T> r = fma(n, broadcast(-C::ln2_high), z);
    r = fma(n, broadcast(-C::ln2_low), r);
    const Vec<T> half = fma(n, broadcast(T(0.5)), broadcast(C::round));
    const Vec<T> other = (n - (half - C::round)) + C::round;
    const Vec<T> exp_r = fma(polynomial<T>(C::q, r), r * r, r) + T(1);
    x[j] = exp_r * power_of_two<T>(half) * power_of_two<T>(other);
  }
}

template <class T>
RNNCOMP_INLINE Vec<T> exp(Vec<T> x) {
  Vec<T> one[1] = {x};
  exp<T>(one);
  return one[0];
}

// log((1 + s) / (1 - s)) for |s| <= tan(pi / 8)^2
template <class T>
RNNCOMP_INLINE Vec<T> log_of_ratio(Vec<T> s) {
  const Vec<T> s2 = s * s;
  return fma(s * s2, polynomial<T>(SpecialConstants<T>::log_rest, s2), s + s);
}

// log(1 + x) for 0 <= x <= 1, exact in the sense of a few ulp also near 0.
template <class T>
RNNCOMP_INLINE Vec<T> log1p(Vec<T> x) {
  const Vec<T> zero{};
  const auto halve = x > broadcast(T(0.41421356237309504880));  // then 1 + x = 2 (1 + (x - 1) / 2)
  const Vec<T> s = (halve ? x - T(1) : x) / (halve ? x + T(3) : x + T(2));
  return log_of_ratio<T>(s) + (halve ? broadcast(T(0.69314718055994530942)) : zero);
}

// x - t, t = tanh(x): a polynomial near 0, where the difference loses its digits.
template <class T>
RNNCOMP_INLINE Vec<T> without_tanh(Vec<T> x, Vec<T> t) {
  const Vec<T> x2 = x * x;
  const Vec<T> near = x * x2 * polynomial<T>(SpecialConstants<T>::shrink, x2);
  return abs<T>(x) <= broadcast(T(1.25)) ? near : x - t;
}

// log(x) for normal x > 0
template <class T>
RNNCOMP_INLINE Vec<T> log(Vec<T> x) {
  using C = ExpConstants<T>;
  const Bits<T> bits = reinterpret_cast<Bits<T>>(x);
  // x = 2^n m, m between sqrt(1/2) and sqrt(2)
  const Bits<T> least = reinterpret_cast<Bits<T>>(broadcast(T(0.70710678118654752440)));
  const Bits<T> exponent = (bits - least) >> C::mantissa;
  const Vec<T> m = reinterpret_cast<Vec<T>>(bits - (exponent << C::mantissa));
  const Vec<T> n = __builtin_convertvector(exponent, Vec<T>);
  const Vec<T> log_m = log_of_ratio<T>((m - T(1)) / (m + T(1)));
  return fma(n, broadcast(C::ln2_high), fma(n, broadcast(C::ln2_low), log_m));
}

// What the normal distribution holds beyond x, and its density there without 1 / sqrt(2 pi).
template <class T>
struct Normal {
  Vec<T> tail;  // Phi(-|x|)
  Vec<T> bell;  // exp(-x^2 / 2)
};

template <class T>
RNNCOMP_INLINE Normal<T> normal(Vec<T> x) {
  using S = SpecialConstants<T>;
  const Vec<T> a = min_keep_nan(broadcast(S::tail_end), abs<T>(x));
  // a^2 = square + low without error, from two halves of a's digits: what is rounded away from a
  // large exponent would be a large share of the result.
  const Vec<T> high = reinterpret_cast<Vec<T>>(reinterpret_cast<Bits<T>>(a) & S::high_half);
  const Vec<T> rest = a - high;
  const Vec<T> square = a * a;
  const Vec<T> low = ((high * high - square) + T(2) * high * rest) + rest * rest;
  Normal<T> result;
  result.bell = exp<T>(square * T(-0.5));
  result.bell -= result.bell * low * T(0.5);
  const Vec<T> u = T(1) / (a + T(4.5));
  result.tail = result.bell * u * polynomial<T>(S::tail, T(9) * u - T(1));
  return result;
}

}  // namespace rnncomp
