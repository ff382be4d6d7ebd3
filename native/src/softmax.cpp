#include "rnncomp/softmax.h"

#include <algorithm>

#include "rnncomp/special.h"

namespace rnncomp {
namespace {

// f(pointer offset) for every vector of lanes in use; each walks the units by itself.
template <class T, class F>
RNNCOMP_INLINE void each_vector(int vectors, F&& f) {
  for (int v = 0; v < vectors; ++v) f(v * kLanes<T>);
}

}  // namespace

template <class T>
void activate_units(Activation kind, T* panel, int units, int vectors) {
  each_vector<T>(vectors, [&](int lane) RNNCOMP_INLINE_LAMBDA {
    T* z = panel + lane;
    Vec<T> most = load(z), sum{};
    for (int u = 1; u < units; ++u) most = max_keep_nan(most, load(z + u * kBlock));
    for (int u = 0; u < units; ++u) {
      const Vec<T> shifted = load(z + u * kBlock) - most;
      const Vec<T> e = exp<T>(shifted);
      store(z + u * kBlock, kind == Activation::softmax ? e : shifted);
      sum += e;
    }
    if (kind == Activation::softmax) {
      for (int u = 0; u < units; ++u) store(z + u * kBlock, load(z + u * kBlock) / sum);
    } else {
      const Vec<T> log_sum = sum == sum ? log<T>(sum) : sum;  // NaN stays NaN
      for (int u = 0; u < units; ++u) store(z + u * kBlock, load(z + u * kBlock) - log_sum);
    }
  });
}

template <class T>
void units_gradient(Activation kind, const T* y, const T* dy, T* dz, int units, int vectors) {
  each_vector<T>(vectors, [&](int lane) RNNCOMP_INLINE_LAMBDA {
    const bool plain = kind == Activation::softmax;
    Vec<T> sum{};
    for (int u = 0; u < units; ++u) {
      const int at = u * kBlock + lane;
      sum = plain ? fma(load(dy + at), load(y + at), sum) : sum + load(dy + at);
    }
    for (int u = 0; u < units; ++u) {
      const int at = u * kBlock + lane;
      const Vec<T> y_at = load(y + at), dy_at = load(dy + at);
      store(dz + at, plain ? y_at * (dy_at - sum) : dy_at - exp<T>(y_at) * sum);
    }
  });
}

// Sums and maximum are of one number at a time: an output layer is small beside what feeds it.
template <class T>
void activate_units_of_one(Activation kind, T* row, int units) {
  T most = row[0];
  for (int u = 1; u < units; ++u) most = row[u] > most ? row[u] : most;
  T sum = 0;
  for (int u = 0; u < units; u += kLanes<T>) {
    const Vec<T> shifted = load(row + u) - most;
    const Vec<T> e = exp<T>(shifted);
    store(row + u, kind == Activation::softmax ? e : shifted);
    for (int lane = 0; lane < std::min(kLanes<T>, units - u); ++lane) sum += e[lane];
  }
  const Vec<T> all = broadcast(sum);
  const Vec<T> log_sum = all == all ? log<T>(all) : all;
  for (int u = 0; u < units; u += kLanes<T>) {
    const Vec<T> y = load(row + u);
    store(row + u, kind == Activation::softmax ? y / all : y - log_sum);
  }
}

#define RNNCOMP_INSTANTIATE(T)                                                   \
  template void activate_units<T>(Activation, T*, int, int);                     \
  template void units_gradient<T>(Activation, const T*, const T*, T*, int, int); \
  template void activate_units_of_one<T>(Activation, T*, int);
RNNCOMP_INSTANTIATE(float)
RNNCOMP_INSTANTIATE(double)
#undef RNNCOMP_INSTANTIATE

}  // namespace rnncomp
