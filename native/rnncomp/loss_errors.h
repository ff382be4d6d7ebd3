// The errors of single outputs, one vector at a time: value(y, t) and slope(y, t) = d value / d y.
#pragma once

#include "rnncomp/logarithm.h"

namespace rnncomp {

inline constexpr double kEpsilon = 1e-7;  // Keras's: what keeps denominators and logarithms alive

// The numbers lie on a bound with probability 0 in theory, and often with float32 probabilities:
// the slope of a cut there is Keras's on JAX, one half.
template <class T>
RNNCOMP_INLINE Vec<T> above(Vec<T> x, Vec<T> bound) {
  const Vec<T> zero{}, one = zero + T(1);
  return x > bound ? one : (x < bound ? zero : zero + T(0.5));
}

template <class T>
RNNCOMP_INLINE Vec<T> clipped(Vec<T> p) {
  const Vec<T> low = broadcast(T(kEpsilon)), high = broadcast(T(1) - T(kEpsilon));
  return min_keep_nan(high, max_keep_nan(low, p));
}

template <class T>
RNNCOMP_INLINE Vec<T> inside(Vec<T> p) {  // d clipped / d p
  const Vec<T> low = broadcast(T(kEpsilon)), high = broadcast(T(1) - T(kEpsilon));
  return above<T>(p, low) * above<T>(high, p);
}

template <class T>
RNNCOMP_INLINE Vec<T> sign(Vec<T> x) {  // NaN stays NaN
  const Vec<T> zero{}, one = zero + T(1);
  return x > zero ? one : (x < zero ? -one : x);
}

template <class T>
RNNCOMP_INLINE Vec<T> magnitude(Vec<T> x) {
  return x < Vec<T>{} ? -x : x;
}

template <class T>
struct SquaredError {
  Vec<T> value(Vec<T> y, Vec<T> t) const { return (y - t) * (y - t); }
  Vec<T> slope(Vec<T> y, Vec<T> t) const { return T(2) * (y - t); }
};

template <class T>
struct AbsoluteError {
  Vec<T> value(Vec<T> y, Vec<T> t) const { return magnitude<T>(y - t); }
  Vec<T> slope(Vec<T> y, Vec<T> t) const { return sign<T>(y - t); }
};

template <class T>
struct PercentageError {  // 100 |y - t| / max(|t|, epsilon)
  Vec<T> value(Vec<T> y, Vec<T> t) const { return T(100) * (magnitude<T>(y - t) / size(t)); }
  Vec<T> slope(Vec<T> y, Vec<T> t) const { return T(100) * (sign<T>(y - t) / size(t)); }
  static Vec<T> size(Vec<T> t) { return max_keep_nan(broadcast(T(kEpsilon)), magnitude<T>(t)); }
};

template <class T>
struct SquaredLogarithmicError {  // (log(1 + y) - log(1 + t))^2 with y, t at least epsilon
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> error = log(y) - log(t);
    return error * error;
  }
  Vec<T> slope(Vec<T> y, Vec<T> t) const {
    const Vec<T> least = broadcast(T(kEpsilon));
    return T(2) * (log(y) - log(t)) / (max_keep_nan(least, y) + T(1)) * above<T>(y, least);
  }
  static Vec<T> log(Vec<T> x) {
    return logarithm<T>(max_keep_nan(broadcast(T(kEpsilon)), x) + T(1));
  }
};

template <class T>
struct HuberError {
  T delta;
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> error = y - t, size = magnitude<T>(error);
    return size <= broadcast(delta) ? T(0.5) * (error * error)
                                    : delta * size - T(0.5) * (delta * delta);
  }
  Vec<T> slope(Vec<T> y, Vec<T> t) const {
    const Vec<T> error = y - t;
    return magnitude<T>(error) <= broadcast(delta) ? error : delta * sign<T>(error);
  }
};

template <class T>
struct LogCoshError {  // log(cosh(e)) = |e| + log1p(exp(-2 |e|)) - log 2
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> size = magnitude<T>(y - t);
    return size + log1p<T>(exponential<T>(T(-2) * size)) - T(0.69314718055994530942);
  }
  Vec<T> slope(Vec<T> y, Vec<T> t) const { return tanh<T>(y - t); }
};

template <class T>
struct BinaryCrossentropy {  // - t log(p) - (1 - t) log(1 - p), p = clip(y)
  T smoothing;
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> p = clipped<T>(y), meant = smooth(t);
    return -(meant * logarithm<T>(p) + (T(1) - meant) * logarithm<T>(T(1) - p));
  }
  Vec<T> slope(Vec<T> y, Vec<T> t) const {
    const Vec<T> p = clipped<T>(y), meant = smooth(t);
    return ((T(1) - meant) / (T(1) - p) - meant / p) * inside<T>(y);
  }
  Vec<T> smooth(Vec<T> t) const { return t * (1 - smoothing) + T(0.5) * smoothing; }
};

template <class T>
struct LogitsCrossentropy {  // t softplus(-y) + (1 - t) softplus(y)
  T smoothing;
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> meant = smooth(t);
    return meant * softplus<T>(-y) + (T(1) - meant) * softplus<T>(y);
  }
  Vec<T> slope(Vec<T> y, Vec<T> t) const { return sigmoid<T>(y) - smooth(t); }
  Vec<T> smooth(Vec<T> t) const { return t * (1 - smoothing) + T(0.5) * smoothing; }
};

template <class T>
struct BinaryAccuracy {  // a metric: it has no slope that training could use
  T threshold;
  Vec<T> value(Vec<T> y, Vec<T> t) const {
    const Vec<T> zero{}, one = zero + T(1);
    const Vec<T> said = y > broadcast(threshold) ? one : zero;
    return said == t ? one : zero;
  }
  Vec<T> slope(Vec<T>, Vec<T>) const { return Vec<T>{}; }
};

}  // namespace rnncomp
