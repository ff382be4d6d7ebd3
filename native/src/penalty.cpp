#include "rnncomp/penalty.h"

#include <algorithm>
#include <cmath>

namespace rnncomp {

template <class T>
double penalty_sum(const Penalty& penalty, std::size_t piece, const T* params) {
  // Several sums side by side: one alone would wait for each addition. Their number is fixed, so
  // that the order of the additions is.
  constexpr std::size_t kSums = 8;
  double sizes[kSums] = {}, squares[kSums] = {};
  const std::size_t first = penalty.begin + piece * kPenaltyPiece;
  const std::size_t end = std::min(penalty.end, first + kPenaltyPiece);
  const auto take = [&](std::size_t p, std::size_t sum) {
    const double w = params[p];
    sizes[sum] += std::abs(w);
    squares[sum] += w * w;
  };
  std::size_t p = first;
  for (; p + kSums <= end; p += kSums) {
    for (std::size_t k = 0; k < kSums; ++k) take(p + k, k);
  }
  for (; p < end; ++p) take(p, p % kSums);
  double size = 0, square = 0;
  for (std::size_t k = 0; k < kSums; ++k) {
    size += sizes[k];
    square += squares[k];
  }
  // A factor of zero takes no part: zero times infinity would be NaN.
  return (penalty.l1 != 0 ? penalty.l1 * size : 0) + (penalty.l2 != 0 ? penalty.l2 * square : 0);
}

template <class T>
void add_penalty(const Penalty& penalty, const T* __restrict params, std::size_t begin,
                 std::size_t end, T* __restrict gradient) {
  begin = std::max(begin, penalty.begin);
  end = std::min(end, penalty.end);
  if (penalty.l1 != 0) {
    const T l1 = static_cast<T>(penalty.l1);
    for (std::size_t p = begin; p < end; ++p) {
      const T w = params[p];
      gradient[p] += l1 * (w > 0 ? T(1) : w < 0 ? T(-1) : w);  // NaN stays NaN
    }
  }
  if (penalty.l2 != 0) {
    const T l2 = static_cast<T>(penalty.l2);
    for (std::size_t p = begin; p < end; ++p) gradient[p] += l2 * (2 * params[p]);
  }
}

template double penalty_sum(const Penalty&, std::size_t, const float*);
template double penalty_sum(const Penalty&, std::size_t, const double*);
template void add_penalty(const Penalty&, const float* __restrict, std::size_t, std::size_t,
                          float* __restrict);
template void add_penalty(const Penalty&, const double* __restrict, std::size_t, std::size_t,
                          double* __restrict);

}  // namespace rnncomp
