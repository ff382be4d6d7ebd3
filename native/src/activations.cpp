#include "rnncomp/activations.h"

#include <type_traits>

#include "rnncomp/special.h"

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

// Keras's numbers: leaky_relu's slope below 0, selu's scale and scale * alpha.
template <class T>
constexpr T kLeak = T(0.2);
template <class T>
constexpr T kScale = T(1.0507009873554804934193349852946);
template <class T>
constexpr T kScaleAlpha = T(1.0507009873554804934193349852946 * 1.6732632423543772848170429916717);

// x[j] = above * x[j] where x[j] > 0, else below * expm1(x[j])
template <class T, int K>
RNNCOMP_INLINE void elu(Vec<T> (&x)[K], T above, T below) {
  Vec<T> e[K];
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) e[j] = min_keep_nan(Vec<T>{}, x[j]);
  expm1<T>(e);
#pragma GCC unroll 4
  for (int j = 0; j < K; ++j) x[j] = x[j] > Vec<T>{} ? x[j] * above : e[j] * below;
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
    case Activation::relu6:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA {
        return min_keep_nan(broadcast(T(6)), max_keep_nan(zero, v));
      });
    case Activation::leaky_relu:
      return each<T>(x, n,
                     [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA { return v >= zero ? v : v * kLeak<T>; });
    case Activation::elu:
    case Activation::celu:  // alpha is 1: the same
      return each_few<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { elu<T>(v, T(1), T(1)); });
    case Activation::selu:
      return each_few<T>(
          x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { elu<T>(v, kScale<T>, kScaleAlpha<T>); });
    case Activation::exponential:
      return each_few<T>(x, n, [](auto& v) RNNCOMP_INLINE_LAMBDA { exp<T>(v); });
    case Activation::softsign:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA { return v / (abs<T>(v) + one); });
    case Activation::hard_shrink:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA {
        return abs<T>(v) > broadcast(T(0.5)) ? v : zero;  // NaN gives 0, in Keras, too
      });
    case Activation::soft_shrink:
      return each<T>(x, n, [&](Vec<T> v) RNNCOMP_INLINE_LAMBDA {
        const Vec<T> half = broadcast(T(0.5));
        return v > half ? v - half : (v < -half ? v + half : zero);
      });
    case Activation::linear:
    case Activation::softmax:  // over the units of a step, when all are there: softmax.h
    case Activation::log_softmax:
      return;
    default:
      return activate_keeping<T>(kind, x, nullptr, n);
  }
}

template <class T>
void activate_rows(Activation kind, Vec<T>* z, int units, int vectors, T* slopes) {
  Vec<T>* to = reinterpret_cast<Vec<T>*>(slopes);
  if (vectors == kBlockVectors<T>) return activate_keeping<T>(kind, z, to, units * vectors);
  for (int u = 0; u < units; ++u) {
    activate_keeping<T>(kind, z + u * vectors, to + u * kBlockVectors<T>, vectors);
  }
}

template <class T>
Vec<T> slope(Activation kind, Vec<T> y, const T* kept) {
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
    case Activation::relu6:
      return (y > zero) & (y < broadcast(T(6))) ? one : zero;
    case Activation::leaky_relu:
      return y >= zero ? one : broadcast(kLeak<T>);
    case Activation::elu:
    case Activation::celu:
      return y > zero ? one : y + one;
    case Activation::selu:
      return y > zero ? broadcast(kScale<T>) : y + kScaleAlpha<T>;
    case Activation::exponential:
      return y;
    case Activation::softsign: {
      const Vec<T> rest = one - abs<T>(y);  // 1 / (1 + |x|)
      return rest * rest;
    }
    case Activation::hard_shrink:
    case Activation::soft_shrink:
      return y != zero ? one : zero;
    case Activation::linear:
      return one;
    default:
      return load(kept);
  }
}

#define RNNCOMP_INSTANTIATE(T)                                       \
  template void activate<T>(Activation, Vec<T>*, int);               \
  template void activate_rows<T>(Activation, Vec<T>*, int, int, T*); \
  template Vec<T> slope<T>(Activation, Vec<T>, const T*);
RNNCOMP_INSTANTIATE(float)
RNNCOMP_INSTANTIATE(double)
#undef RNNCOMP_INSTANTIATE

}  // namespace rnncomp
