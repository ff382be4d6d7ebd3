// Losses of one block: the sum of the errors, and the gradient that starts the way back.
#pragma once

#include "rnncomp/dims.h"

namespace rnncomp {

enum class Loss { mse, mae };

// Targets of some samples, as Python holds them: any strides, in numbers.
template <class T>
struct Targets {
  const T* data;
  std::ptrdiff_t row_stride;
  std::ptrdiff_t column_stride;

  T at(std::int64_t row, std::int64_t column) const {
    return data[row * row_stride + column * column_stride];
  }
};

// Sum over the block's rows and outputs of (y - t)^2 or |y - t|, in float64.
// y is a panel (outputs, kBlock); `rows` sample numbers.
template <class T>
double loss_sum(Loss loss, const T* y, const Targets<T>& targets, const std::int64_t* rows,
                int n_rows, int outputs);

// dy = scale * 2 (y - t)   or   scale * sign(y - t); zero in the lanes without a row
template <class T>
void loss_gradient(Loss loss, const T* y, const Targets<T>& targets, const std::int64_t* rows,
                   int n_rows, int outputs, T scale, T* dy);

}  // namespace rnncomp
