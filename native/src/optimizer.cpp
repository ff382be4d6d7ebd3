#include "rnncomp/optimizer.h"

#include <algorithm>
#include <cmath>

namespace rnncomp {
namespace {

// velocity = momentum * velocity - lr * g;  w += velocity  (nesterov: momentum * velocity - lr * g)
template <class T>
void sgd(const OptimizerSpec& spec, double learning_rate, const T* __restrict g, T* __restrict w,
         Slots<T> slots, std::size_t count) {
  const T rate = static_cast<T>(learning_rate);
  const T momentum = static_cast<T>(spec.momentum);
  if (spec.momentum == 0) {
    for (std::size_t p = 0; p < count; ++p) w[p] -= rate * g[p];
    return;
  }
  T* __restrict velocity = slots[0];
  for (std::size_t p = 0; p < count; ++p) {
    velocity[p] = momentum * velocity[p] - rate * g[p];
    w[p] += spec.nesterov ? momentum * velocity[p] - rate * g[p] : velocity[p];
  }
}

// v = rho v + (1 - rho) g^2;  (centered: a = rho a + (1 - rho) g)
// step = lr g / sqrt(v - a^2 + epsilon);  w -= step  (momentum: m = momentum m + step;  w -= m)
template <class T>
void rmsprop(const OptimizerSpec& spec, double learning_rate, const T* __restrict g,
             T* __restrict w, Slots<T> slots, std::size_t count) {
  const T rate = static_cast<T>(learning_rate), momentum = static_cast<T>(spec.momentum);
  const T rho = static_cast<T>(spec.rho), rest = static_cast<T>(1 - spec.rho);
  const T epsilon = static_cast<T>(spec.epsilon);
  const bool moves = spec.momentum != 0;
  T* __restrict v = slots[0];
  T* __restrict m = moves ? slots[1] : nullptr;
  T* __restrict a = spec.centered ? slots[1 + moves] : nullptr;
  for (std::size_t p = 0; p < count; ++p) {
    v[p] = rho * v[p] + rest * (g[p] * g[p]);
    T size = v[p];
    if (a) {
      a[p] = rho * a[p] + rest * g[p];
      size -= a[p] * a[p];
    }
    T step = rate * g[p] / std::sqrt(size + epsilon);
    if (m) step = m[p] = momentum * m[p] + step;
    w[p] -= step;
  }
}

// v += g^2;  w -= lr g / sqrt(v + epsilon)
template <class T>
void adagrad(const OptimizerSpec& spec, double learning_rate, const T* __restrict g,
             T* __restrict w, Slots<T> slots, std::size_t count) {
  const T rate = static_cast<T>(learning_rate), epsilon = static_cast<T>(spec.epsilon);
  T* __restrict v = slots[0];
  for (std::size_t p = 0; p < count; ++p) {
    v[p] += g[p] * g[p];
    w[p] -= rate * g[p] / std::sqrt(v[p] + epsilon);
  }
}

// m += (g - m) (1 - beta_1);  v += (g^2 - v) (1 - beta_2);  (amsgrad: v is its largest so far)
// w -= m * lr sqrt(1 - beta_2^t) / (1 - beta_1^t) / (sqrt(v) + epsilon)
template <class T>
void adam(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
          const T* __restrict g, T* __restrict w, Slots<T> slots, std::size_t count) {
  const double t = static_cast<double>(iteration + 1);
  const T alpha = static_cast<T>(learning_rate * std::sqrt(1 - std::pow(spec.beta_2, t)) /
                                 (1 - std::pow(spec.beta_1, t)));
  const T rest_1 = static_cast<T>(1 - spec.beta_1);
  const T rest_2 = static_cast<T>(1 - spec.beta_2);
  const T epsilon = static_cast<T>(spec.epsilon);
  T* __restrict m = slots[0];
  T* __restrict v = slots[1];
  T* __restrict largest = spec.amsgrad ? slots[2] : nullptr;
  for (std::size_t p = 0; p < count; ++p) {
    m[p] += (g[p] - m[p]) * rest_1;
    v[p] += (g[p] * g[p] - v[p]) * rest_2;
    if (!largest) w[p] -= m[p] * alpha / (std::sqrt(v[p]) + epsilon);
  }
  if (!largest) return;
  for (std::size_t p = 0; p < count; ++p) {
    largest[p] = std::max(v[p], largest[p]);  // NaN in v stays
    w[p] -= m[p] * alpha / (std::sqrt(largest[p]) + epsilon);
  }
}

// The momentum of Nadam's step t, u = beta_1 (1 - 0.96^t / 2), and the product of all up to t.
struct Warming {
  double now, next, product = 1;
  Warming(double beta_1, std::int64_t t) {
    const auto momentum = [beta_1](double power) { return beta_1 * (1 - 0.5 * power); };
    now = momentum(std::pow(0.96, t));
    next = momentum(std::pow(0.96, t + 1));
    // What is left of a product below 1e-20 no longer changes 1 - product.
    double power = 1;
    for (std::int64_t step = 1; step <= t && product > 1e-20; ++step) {
      power *= 0.96;
      product *= momentum(power);
    }
  }
};

// m and v as Adam's;  w -= lr (m u' / (1 - P u') + g (1 - u) / (1 - P)) / (sqrt(v / (1 - beta_2^t))
// + epsilon), u and u' the momentum of this step and the next, P the product up to this one
template <class T>
void nadam(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
           const T* __restrict g, T* __restrict w, Slots<T> slots, std::size_t count) {
  const std::int64_t t = iteration + 1;
  const Warming u(spec.beta_1, t);
  const T of_m = static_cast<T>(learning_rate * u.next / (1 - u.product * u.next));
  const T of_g = static_cast<T>(learning_rate * (1 - u.now) / (1 - u.product));
  const T of_v = static_cast<T>(1 / (1 - std::pow(spec.beta_2, t)));
  const T rest_1 = static_cast<T>(1 - spec.beta_1);
  const T rest_2 = static_cast<T>(1 - spec.beta_2);
  const T epsilon = static_cast<T>(spec.epsilon);
  T* __restrict m = slots[0];
  T* __restrict v = slots[1];
  for (std::size_t p = 0; p < count; ++p) {
    m[p] += (g[p] - m[p]) * rest_1;
    v[p] += (g[p] * g[p] - v[p]) * rest_2;
    w[p] -= (of_m * m[p] + of_g * g[p]) / (std::sqrt(v[p] * of_v) + epsilon);
  }
}

}  // namespace

template <class T>
void clip_values(double limit, T* gradient, std::size_t count) {
  const T most = static_cast<T>(limit);
  for (std::size_t p = 0; p < count; ++p) {
    const T g = gradient[p];
    gradient[p] = g < -most ? -most : g > most ? most : g;  // NaN stays
  }
}

template <class T>
void clip_factors(const OptimizerSpec& spec, const std::vector<std::size_t>& ends,
                  const T* gradient, std::vector<T>& factors) {
  const auto factor = [limit = spec.clip_at](double squares) {
    const double norm = std::sqrt(squares);
    return static_cast<T>(norm <= limit ? 1 : limit / norm);  // NaN of a norm that is NaN
  };
  factors.clear();
  double all = 0;
  std::size_t p = 0;
  for (const std::size_t end : ends) {
    double squares = 0;
    for (; p < end; ++p) squares += double(gradient[p]) * double(gradient[p]);
    all += squares;
    factors.push_back(factor(squares));
  }
  if (spec.clip == Clip::global_norm) factors.assign(ends.size(), factor(all));
}

template <class T>
void update(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
            const T* gradient, T* params, Slots<T> slots, std::size_t count) {
  if (spec.weight_decay != 0) {  // before the step, as in Keras
    const T share = static_cast<T>(spec.weight_decay * learning_rate);
    for (std::size_t p = 0; p < count; ++p) params[p] -= params[p] * share;
  }
  switch (spec.rule) {
    case Rule::sgd:
      return sgd(spec, learning_rate, gradient, params, slots, count);
    case Rule::rmsprop:
      return rmsprop(spec, learning_rate, gradient, params, slots, count);
    case Rule::adagrad:
      return adagrad(spec, learning_rate, gradient, params, slots, count);
    case Rule::adam:
      return adam(spec, iteration, learning_rate, gradient, params, slots, count);
    case Rule::nadam:
      return nadam(spec, iteration, learning_rate, gradient, params, slots, count);
  }
}

template void clip_values(double, float*, std::size_t);
template void clip_values(double, double*, std::size_t);
template void clip_factors(const OptimizerSpec&, const std::vector<std::size_t>&, const float*,
                           std::vector<float>&);
template void clip_factors(const OptimizerSpec&, const std::vector<std::size_t>&, const double*,
                           std::vector<double>&);
template void update(const OptimizerSpec&, std::int64_t, double, const float*, float*, Slots<float>,
                     std::size_t);
template void update(const OptimizerSpec&, std::int64_t, double, const double*, double*,
                     Slots<double>, std::size_t);

}  // namespace rnncomp
