#include "rnncomp/activations.h"

#include <type_traits>

namespace rnncomp {
namespace {

template <class T, class F>
RNNCOMP_INLINE void each(Vec<T>* x, int n, F&& f) {
  for (int i = 0; i < n; ++i) x[i] = f(x[i]);
}

// Vectors side by side: as many chains as the registers hold beside the constants.
constexpr int kSideBySide = kRegisters == 32 ? 4 : 2;

// f takes kSideBySide vectors, and the last ones one by one.
template <class T, class F>
RNNCOMP_INLINE void each_few(Vec<T>* x, int n, F&& f) {
  const auto apply = [&](auto count) RNNCOMP_INLINE_LAMBDA {
    constexpr int K = decltype(count)::value;
    for (; n >= K; n -= K, x += K) {
      Vec<T> few[K];
#pragma GCC unroll 4
      for (int j = 0; j < K; ++j) few[j] = x[j];
      f(few);
#pragma GCC unroll 4
      for (int j = 0; j < K; ++j) x[j] = few[j];
    }
  };
  apply(std::integral_constant<int, kSideBySide>{});
  apply(std::integral_constant<int, 1>{});
}

}  // namespace

template <class T>
void activate(Activation kind, Vec<T>* x, int n) {
  const Vec<T> zero{};
  const Vec<T> one = broadcast(T(1));
  switch (kind) {
    case Activation::tanh:
      return each_few<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { tanh<T>(v); });
    case Activation::sigmoid:
      return each_few<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { sigmoid<T>(v); });
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
