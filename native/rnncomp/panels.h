// Samples as rows, and turned into the panel of a block.
#pragma once

#include <algorithm>

#include "rnncomp/dims.h"

namespace rnncomp {

// panel (numbers, kBlock) = rows (n_rows, numbers).T, zero beside the rows
template <class T>
void turn(const T* const (&rows)[kBlock], int n_rows, std::size_t numbers, T* panel) {
  if (n_rows == kBlock) {
    for (std::size_t k = 0; k < numbers; ++k, panel += kBlock) {
      for (int r = 0; r < kBlock; ++r) panel[r] = rows[r][k];
    }
    return;
  }
  for (std::size_t k = 0; k < numbers; ++k, panel += kBlock) {
    for (int r = 0; r < n_rows; ++r) panel[r] = rows[r][k];
    std::fill(panel + n_rows, panel + kBlock, T(0));
  }
}

// The same where the rows lie one after the other.
template <class T>
void turn(const T* rows, int n_rows, std::size_t numbers, T* panel) {
  const T* from[kBlock];
  for (int r = 0; r < n_rows; ++r) from[r] = rows + r * numbers;
  turn(from, n_rows, numbers, panel);
}

// rows (n_rows, numbers) = panel (numbers, kBlock).T
template <class T>
void scatter(const T* panel, int n_rows, std::size_t numbers, T* rows) {
  for (int r = 0; r < n_rows; ++r) {
    for (std::size_t k = 0; k < numbers; ++k) rows[r * numbers + k] = panel[k * kBlock + r];
  }
}

// Sample numbers first .. first + 2 kBlock - 1.
struct Numbers {
  std::int64_t number[2 * kBlock];
  explicit Numbers(std::int64_t first) {
    for (int r = 0; r < 2 * kBlock; ++r) number[r] = first + r;
  }
};

}  // namespace rnncomp
