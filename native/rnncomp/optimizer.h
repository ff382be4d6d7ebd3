// Weight updates, with Keras 3's formulas:
// keras/src/optimizers/{sgd,rmsprop,adagrad,adam,nadam}.py.
#pragma once

#include <vector>

#include "rnncomp/dims.h"

namespace rnncomp {

enum class Rule { sgd, rmsprop, adagrad, adam, nadam };

// What is limited of a gradient: nothing, each number, the norm of each weight, the norm of all.
enum class Clip { none, value, norm, global_norm };

struct OptimizerSpec {
  Rule rule;
  double beta_1, beta_2;  // Adam, Nadam
  double rho;             // RMSprop
  double epsilon;         // all but SGD
  double momentum;        // SGD, RMSprop
  bool nesterov;          // SGD
  bool centered;          // RMSprop
  bool amsgrad;           // Adam
  double weight_decay;    // all
  Clip clip;
  double clip_at;  // the limit
};

// Arrays (P) that a rule carries from batch to batch, in the order of Python's OptimizerSpec.slots.
inline std::size_t slots_of(const OptimizerSpec& spec) {
  switch (spec.rule) {
    case Rule::sgd:
      return spec.momentum != 0;
    case Rule::rmsprop:
      return 1 + (spec.momentum != 0) + spec.centered;
    case Rule::adagrad:
      return 1;
    case Rule::adam:
      return 2 + spec.amsgrad;
    case Rule::nadam:
      break;
  }
  return 2;
}

template <class T>
struct Slots {
  T* first;  // (slots, stride)
  std::size_t stride;
  T* operator[](int slot) const { return first + slot * stride; }
};

// g = clip(g, -limit, limit)
template <class T>
void clip_values(double limit, T* gradient, std::size_t count);

// What each weight's gradient must be multiplied with so that its norm, or that of all, keeps to
// the limit. Weight k ends before number ends[k] of the gradient.
template <class T>
void clip_factors(const OptimizerSpec& spec, const std::vector<std::size_t>& ends,
                  const T* gradient, std::vector<T>& factors);

// Updates `count` neighbouring weights; `iteration` counts the batches trained before this one.
template <class T>
void update(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
            const T* gradient, T* params, Slots<T> slots, std::size_t count);

}  // namespace rnncomp
