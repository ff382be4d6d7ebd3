// What weights add to the loss by themselves: l1 * sum |w| + l2 * sum w^2 of each kernel or bias.
#pragma once

#include "rnncomp/dims.h"

namespace rnncomp {

// Of the parameters begin .. end - 1.
struct Penalty {
  std::size_t begin, end;
  double l1, l2;
};

// Penalties are summed in pieces of so many numbers, the pieces in order, for any number of
// threads.
inline constexpr std::size_t kPenaltyPiece = 4096;

inline std::size_t pieces_of(const Penalty& penalty) {
  return (penalty.end - penalty.begin + kPenaltyPiece - 1) / kPenaltyPiece;
}

// l1 * sum |w| + l2 * sum w^2 over one piece, in float64
template <class T>
double penalty_sum(const Penalty& penalty, std::size_t piece, const T* params);

// gradient += l1 * sign(w) + 2 * l2 * w, where begin .. end - 1 and the penalty's numbers meet
template <class T>
void add_penalty(const Penalty& penalty, const T* params, std::size_t begin, std::size_t end,
                 T* gradient);

}  // namespace rnncomp
