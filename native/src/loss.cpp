#include "rnncomp/loss.h"

#include <algorithm>
#include <cmath>

namespace rnncomp {

template <class T>
double loss_sum(Loss loss, const T* y, const Targets<T>& targets, const std::int64_t* rows,
                int n_rows, int outputs) {
  double sum = 0;
  for (int j = 0; j < outputs; ++j) {
    for (int r = 0; r < n_rows; ++r) {
      const T error = y[std::size_t(j) * kBlock + r] - targets.at(rows[r], j);
      sum += loss == Loss::mse ? double(error * error) : double(std::abs(error));
    }
  }
  return sum;
}

template <class T>
void loss_gradient(Loss loss, const T* y, const Targets<T>& targets, const std::int64_t* rows,
                   int n_rows, int outputs, T scale, T* dy) {
  for (int j = 0; j < outputs; ++j) {
    T* out = dy + std::size_t(j) * kBlock;
    for (int r = 0; r < n_rows; ++r) {
      const T error = y[std::size_t(j) * kBlock + r] - targets.at(rows[r], j);
      // NaN must stay NaN: the sign of a NaN error is the error itself.
      const T sign = error > 0 ? T(1) : error < 0 ? T(-1) : error;
      out[r] = scale * (loss == Loss::mse ? 2 * error : sign);
    }
    std::fill(out + n_rows, out + kBlock, T(0));
  }
}

template double loss_sum(Loss, const float*, const Targets<float>&, const std::int64_t*, int, int);
template double loss_sum(Loss, const double*, const Targets<double>&, const std::int64_t*, int,
                         int);
template void loss_gradient(Loss, const float*, const Targets<float>&, const std::int64_t*, int,
                            int, float, float*);
template void loss_gradient(Loss, const double*, const Targets<double>&, const std::int64_t*, int,
                            int, double, double*);

}  // namespace rnncomp
