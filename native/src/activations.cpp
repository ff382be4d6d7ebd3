#include "rnncomp/activations.h"

namespace rnncomp {
namespace {

template <class T, class F>
RNNCOMP_INLINE void each(Vec<T>* x, int n, F&& f) {
  for (int i = 0; i < n; ++i) x[i] = f(x[i]);
}

// f takes two vectors side by side, and the last one alone.
template <class T, class F>
RNNCOMP_INLINE void each_pair(Vec<T>* x, int n, F&& f) {
  for (; n >= 2; n -= 2, x += 2) {
    Vec<T> pair[2] = {x[0], x[1]};
    f(pair);
    x[0] = pair[0];
    x[1] = pair[1];
  }
  if (n) {
    Vec<T> one[1] = {x[0]};
    f(one);
    x[0] = one[0];
  }
}

}  // namespace

template <class T>
void activate(Activation kind, Vec<T>* x, int n) {
  const Vec<T> zero{};
  const Vec<T> one = broadcast(T(1));
  switch (kind) {
    case Activation::tanh:
      return each_pair<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { tanh<T>(v); });
    case Activation::sigmoid:
      return each_pair<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { sigmoid<T>(v); });
    case Activation::hard_sigmoid:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA {
        return min_keep_nan(one, max_keep_nan(zero, v / T(6) + T(0.5)));
      });
    case Activation::relu:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA { return max_keep_nan(zero, v); });
    case Activation::linear:
      return;
  }
}

template <class T>
Vec<T> slope(Activation kind, Vec<T> y) {
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

template void activate<float>(Activation, Vec<float>*, int);
template void activate<double>(Activation, Vec<double>*, int);
template Vec<float> slope<float>(Activation, Vec<float>);
template Vec<double> slope<double>(Activation, Vec<double>);

}  // namespace rnncomp
