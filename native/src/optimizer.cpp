#include "rnncomp/optimizer.h"

#include <cmath>

namespace rnncomp {
namespace {

// m += (g - m) (1 - beta_1);  v += (g^2 - v) (1 - beta_2)
// w -= m * lr sqrt(1 - beta_2^t) / (1 - beta_1^t) / (sqrt(v) + epsilon)
template <class T>
void adam(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
          const T* __restrict g, T* __restrict w, T* __restrict m, T* __restrict v,
          std::size_t count) {
  const double t = static_cast<double>(iteration + 1);
  const T alpha = static_cast<T>(learning_rate * std::sqrt(1 - std::pow(spec.beta_2, t)) /
                                 (1 - std::pow(spec.beta_1, t)));
  const T rest_1 = static_cast<T>(1 - spec.beta_1);
  const T rest_2 = static_cast<T>(1 - spec.beta_2);
  const T epsilon = static_cast<T>(spec.epsilon);
  for (std::size_t p = 0; p < count; ++p) {
    m[p] += (g[p] - m[p]) * rest_1;
    v[p] += (g[p] * g[p] - v[p]) * rest_2;
    w[p] -= m[p] * alpha / (std::sqrt(v[p]) + epsilon);
  }
}

// velocity = momentum * velocity - lr * g;  w += velocity  (nesterov: momentum * velocity - lr * g)
template <class T>
void sgd(const OptimizerSpec& spec, double learning_rate, const T* __restrict g, T* __restrict w,
         T* __restrict velocity, std::size_t count) {
  const T rate = static_cast<T>(learning_rate);
  const T momentum = static_cast<T>(spec.momentum);
  if (spec.momentum == 0) {
    for (std::size_t p = 0; p < count; ++p) w[p] -= rate * g[p];
    return;
  }
  for (std::size_t p = 0; p < count; ++p) {
    velocity[p] = momentum * velocity[p] - rate * g[p];
    w[p] += spec.nesterov ? momentum * velocity[p] - rate * g[p] : velocity[p];
  }
}

}  // namespace

template <class T>
void update(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
            const T* gradient, T* params, T* slot_0, T* slot_1, std::size_t count) {
  if (spec.rule == Rule::adam) {
    adam(spec, iteration, learning_rate, gradient, params, slot_0, slot_1, count);
  } else {
    sgd(spec, learning_rate, gradient, params, slot_0, count);
  }
}

template void update(const OptimizerSpec&, std::int64_t, double, const float*, float*, float*,
                     float*, std::size_t);
template void update(const OptimizerSpec&, std::int64_t, double, const double*, double*, double*,
                     double*, std::size_t);

}  // namespace rnncomp
