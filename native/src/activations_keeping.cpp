// The activations whose slopes are kept. Each is written with what it shares with its slope, mostly
// one exp; z is the argument.
#include "rnncomp/special.h"

namespace rnncomp {
namespace {

template <class T>
struct Result {
  Vec<T> y, slope;
};

// 1 / (1 + exp(-z)) and its complement, and exp(-|z|), which all of them are made of.
template <class T>
struct Logistic {
  RNNCOMP_INLINE explicit Logistic(Vec<T> z) : e(exp<T>(-abs<T>(z))) {
    const Vec<T> one = broadcast(T(1));
    const auto negative = z < Vec<T>{};
    value = (negative ? e : one) / (e + one);
    complement = (negative ? one : e) / (e + one);
  }
  Vec<T> e, value, complement;
};

// y = z / 6 * min(max(z + 3, 0), 6)
template <class T>
RNNCOMP_INLINE Result<T> hard_silu(Vec<T> z) {
  const Vec<T> zero{}, one = broadcast(T(1));
  const Vec<T> gate = min_keep_nan(broadcast(T(6)), max_keep_nan(zero, z + T(3))) / T(6);
  const auto between = (gate > zero) & (gate < one);
  return {z * gate, gate + (between ? z / T(6) : zero)};
}

template <class T>
RNNCOMP_INLINE Result<T> hard_tanh(Vec<T> z) {
  const Vec<T> one = broadcast(T(1));
  const Vec<T> y = min_keep_nan(one, max_keep_nan(-one, z));
  return {y, y == z ? one : Vec<T>{}};
}

template <class T>
RNNCOMP_INLINE Result<T> silu(Vec<T> z) {
  const Logistic<T> s(z);
  const Vec<T> y = z * s.value;
  return {y, s.value + y * s.complement};
}

// y = z Phi(z);  slope = Phi(z) + z phi(z)
template <class T>
RNNCOMP_INLINE Result<T> gelu(Vec<T> z) {
  const Normal<T> n = normal<T>(z);
  const Vec<T> phi = n.bell * T(0.39894228040143267794);
  const Vec<T> share = z < Vec<T>{} ? n.tail : T(1) - n.tail;
  return {z * share, share + z * phi};
}

// y = z t, t = tanh(log(1 + exp(z))) = n / (n + 2), n = exp(z)^2 + 2 exp(z); where z > 0, written
// with w = exp(-z) instead, which cannot overflow.
// slope = t + z (1 - t^2) / (1 + exp(-z)), the product 4 exp(z) (1 + exp(z)) / (n + 2)^2
template <class T>
RNNCOMP_INLINE Result<T> mish(Vec<T> z) {
  const Vec<T> e = exp<T>(-abs<T>(z));
  const auto positive = z > Vec<T>{};
  const Vec<T> e2 = e * e;
  const Vec<T> above = positive ? T(1) + (e + e) : e2 + (e + e);
  const Vec<T> below = positive ? above + (e2 + e2) : above + T(2);
  const Vec<T> t = above / below;
  const Vec<T> rise = T(4) * (T(1) + e) * (positive ? e2 : e) / (below * below);
  return {z * t, t + z * rise};
}

template <class T>
RNNCOMP_INLINE Result<T> softplus(Vec<T> z) {
  const Logistic<T> s(z);
  return {max_keep_nan(Vec<T>{}, z) + log1p<T>(s.e), s.value};
}

template <class T>
RNNCOMP_INLINE Result<T> log_sigmoid(Vec<T> z) {
  const Logistic<T> s(z);
  return {min_keep_nan(Vec<T>{}, z) - log1p<T>(s.e), s.complement};
}

template <class T>
RNNCOMP_INLINE Result<T> tanh_shrink(Vec<T> z) {
  const Vec<T> t = tanh<T>(z);
  return {without_tanh<T>(z, t), t * t};
}

// y = (z + sqrt(z^2 + 4)) / 2, below 0 as 2 / (sqrt(z^2 + 4) - z), where nothing cancels; the root
// is |z| where z^2 would drown the 4.
template <class T>
RNNCOMP_INLINE Result<T> squareplus(Vec<T> z) {
  const Vec<T> size = abs<T>(z);
  const Vec<T> root = size > broadcast(T(1e9)) ? size : sqrt<T>(fma(size, size, broadcast(T(4))));
  const Vec<T> sum = size + root;
  const Vec<T> y = z < Vec<T>{} ? T(2) / sum : sum * T(0.5);
  return {y, y / root};
}

template <class T>
RNNCOMP_INLINE Result<T> sparse_plus(Vec<T> z) {
  const Vec<T> zero{}, one = broadcast(T(1));
  const Vec<T> slope = min_keep_nan(one, max_keep_nan(zero, (z + one) * T(0.5)));
  return {z >= one ? z : slope * slope, slope};
}

// At -1 and at 1, z + 1 rounded, the slope is half of that between them, as in JAX.
template <class T>
RNNCOMP_INLINE Result<T> sparse_sigmoid(Vec<T> z) {
  const Vec<T> zero{}, one = broadcast(T(1));
  const Vec<T> y = (z + one) * T(0.5);
  const Vec<T> edge = (y == zero) | (y == one) ? broadcast(T(0.25)) : zero;
  return {min_keep_nan(one, max_keep_nan(zero, y)),
          (y > zero) & (y < one) ? broadcast(T(0.5)) : edge};
}

template <class T, class F>
RNNCOMP_INLINE void each(Vec<T>* x, Vec<T>* slopes, int n, F&& f) {
  if (!slopes) {
    for (int i = 0; i < n; ++i) x[i] = f(x[i]).y;
    return;
  }
  for (int i = 0; i < n; ++i) {
    const Result<T> result = f(x[i]);
    x[i] = result.y;
    slopes[i] = result.slope;
  }
}

}  // namespace

template <class T>
void activate_keeping(Activation kind, Vec<T>* x, Vec<T>* slopes, int n) {
#define RNNCOMP_CASE(name) \
  case Activation::name:   \
    return each<T>(x, slopes, n, [](Vec<T> z) RNNCOMP_INLINE_LAMBDA { return name<T>(z); })
  switch (kind) {
    RNNCOMP_CASE(hard_tanh);
    RNNCOMP_CASE(hard_silu);
    RNNCOMP_CASE(silu);
    RNNCOMP_CASE(gelu);
    RNNCOMP_CASE(mish);
    RNNCOMP_CASE(softplus);
    RNNCOMP_CASE(log_sigmoid);
    RNNCOMP_CASE(tanh_shrink);
    RNNCOMP_CASE(squareplus);
    RNNCOMP_CASE(sparse_plus);
    RNNCOMP_CASE(sparse_sigmoid);
    default:
      return;
  }
#undef RNNCOMP_CASE
}

template void activate_keeping<float>(Activation, Vec<float>*, Vec<float>*, int);
template void activate_keeping<double>(Activation, Vec<double>*, Vec<double>*, int);

}  // namespace rnncomp
