// Weight updates, with Keras 3's formulas: keras/src/optimizers/{adam,sgd}.py.
#pragma once

#include "rnncomp/dims.h"

namespace rnncomp {

enum class Rule { adam, sgd };

struct OptimizerSpec {
  Rule rule;
  double beta_1, beta_2, epsilon;  // Adam
  double momentum;                 // SGD
  bool nesterov;                   // SGD
};

// Updates `count` neighbouring weights. `slots` are Adam's m and v, or SGD's velocity (unused
// without momentum); `iteration` counts the batches trained before this one.
template <class T>
void update(const OptimizerSpec& spec, std::int64_t iteration, double learning_rate,
            const T* gradient, T* params, T* slot_0, T* slot_1, std::size_t count);

}  // namespace rnncomp
