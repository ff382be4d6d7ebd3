// The three loops that all the time goes into, and the packing that feeds them.
//
// A panel holds activations feature-major, [rows][kBlock]; `vectors` of its kBlock lanes are in
// use, in whole SIMD vectors. Rows of a product are cut into groups, and the weights of a group
// are packed [depth][group size], so that the inner loop reads one stream of weights.
#pragma once

#include <initializer_list>
#include <type_traits>

#include "rnncomp/simd.h"

namespace rnncomp {

// The register tile: vectors x rows of accumulators, two thirds of the registers and at least the
// 8 that hide the latency of a fused multiply-add. A unit's kGates rows stay in one tile, so that
// its gates meet in registers: where the gates do not divide the rows, the tile is one vector wide
// and twice as tall.
template <class T>
inline constexpr int kAccumulators = kRegisters == 32 ? 24 : 12;
template <class T, int kGates>
inline constexpr int kTileVectors =
    kBlockVectors<T> >= 2 && kAccumulators<T> / 2 % kGates == 0 ? 2 : 1;
template <class T, int kGates>
inline constexpr int kTileUnits = kAccumulators<T> / kTileVectors<T, kGates> / kGates;

constexpr int smaller_group(int size) {
  return size == 24 ? 12 : size == 12 ? 6 : size == 6 ? 3 : size == 3 ? 2 : size / 2;
}

// Calls f(integral_constant<size>, first) for groups that cover 0..n-1, large ones first.
template <int kSize, class F>
RNNCOMP_INLINE void for_groups(int n, F&& f, int first = 0) {
  for (; first + kSize <= n; first += kSize) f(std::integral_constant<int, kSize>{}, first);
  if constexpr (kSize > 1) {
    if (first < n) for_groups<smaller_group(kSize)>(n, f, first);
  }
}

// Calls f(integral_constant<V>, lane) for tiles of V vectors that cover the vectors in use.
template <class T, int V, class F>
RNNCOMP_INLINE void for_lanes(int vectors, F&& f) {
  int v = 0;
  for (; v + V <= vectors; v += V) f(std::integral_constant<int, V>{}, v * kLanes<T>);
  if constexpr (V > 1) {
    for (; v < vectors; ++v) f(std::integral_constant<int, 1>{}, v * kLanes<T>);
  }
}

// acc += w.T @ x          w (depth, M) packed, x (depth, V vectors) of a panel
template <class T, int M, int V>
RNNCOMP_INLINE void product(Vec<T> (&acc)[M][V], const T* w, const T* x, int depth) {
  for (int k = 0; k < depth; ++k, w += M, x += kBlock) {
    Vec<T> rows[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) rows[v] = load(x + v * kLanes<T>);
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
      const Vec<T> weight = broadcast(w[m]);
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) acc[m][v] = fma(weight, rows[v], acc[m][v]);
    }
  }
}

// Packs source(k, gate, unit), a matrix of `depth` x (units * kGates), in the groups of
// product_by_unit; part `part` of `parts` of it.
template <int kGates, class T, class Source>
inline void pack_by_unit(T* packed, int units, int depth, int part, int parts, Source&& source) {
  int group = 0;
  for_groups<kTileUnits<T, kGates>>(units, [&](auto size, int first) {
    if (group++ % parts != part) return;
    T* out = packed + static_cast<std::ptrdiff_t>(first) * kGates * depth;
    for (int k = 0; k < depth; ++k) {
      for (int u = first; u < first + size; ++u) {
        for (int gate = 0; gate < kGates; ++gate) *out++ = source(k, gate, u);
      }
    }
  });
}

// A panel that multiplies the packed rows at .. at + depth - 1; a null panel is zero.
template <class T>
struct Operand {
  const T* x;
  int depth;
  int at = 0;
};

// z[gate] = start(gate, unit, lane) + sum over operands of (w.T @ x)[gate, unit]
//
// for every unit, handed to finish(unit, lane, z) while it is still in registers. `w` comes from
// pack_by_unit with `depth`.
template <int kGates, class T, class Start, class Finish>
RNNCOMP_INLINE void product_by_unit(const T* w, int depth,
                                    std::initializer_list<Operand<T>> operands, int units,
                                    int vectors, Start&& start, Finish&& finish) {
  for_groups<kTileUnits<T, kGates>>(units, [&](auto size, int first) RNNCOMP_INLINE_LAMBDA {
    constexpr int kUnits = decltype(size)::value;
    constexpr int M = kUnits * kGates;
    const T* group = w + static_cast<std::ptrdiff_t>(first) * kGates * depth;
    for_lanes<T, kTileVectors<T, kGates>>(vectors, [&](auto width, int lane) RNNCOMP_INLINE_LAMBDA {
      constexpr int V = decltype(width)::value;
      Vec<T> acc[M][V];
#pragma GCC unroll 24
      for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) {
          acc[m][v] = start(m % kGates, first + m / kGates, lane + v * kLanes<T>);
        }
      }
      for (const Operand<T>& operand : operands) {
        if (operand.x)
          product<T, M, V>(acc, group + operand.at * M, operand.x + lane, operand.depth);
      }
      // Handed over through memory: one copy of the gates' code, not one for every unit.
      Vec<T> done[kUnits][V][kGates];
#pragma GCC unroll 24
      for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) done[m / kGates][v][m % kGates] = acc[m][v];
      }
#pragma GCC unroll 1
      for (int u = 0; u < kUnits; ++u) {
#pragma GCC unroll 1
        for (int v = 0; v < V; ++v) finish(first + u, lane + v * kLanes<T>, done[u][v]);
      }
    });
  });
}

// Weight gradients: sums over the steps of a chunk and the rows of a block.
//
//   d[k, j] += sum(a[t, k, :] * b[t, j, :] for t in steps)
//
// One dot product per weight, in kRowsA x 4 vector accumulators that are summed across lanes
// once per chunk. Both operands are first copied to contiguous streams: for sizes that are powers
// of two their rows would otherwise fall into the same few sets of the cache.
template <class T>
class WeightGradient {
 public:
  static constexpr int kRowsA = kRegisters == 32 ? 6 : 3;
  static constexpr int kRowsB = 4;

  // Numbers of scratch for `rows` rows of a in all, over `steps` steps.
  static std::size_t scratch_size(int rows, int steps) {
    return static_cast<std::size_t>(rows + kRowsB) * steps * kBlock;
  }

  WeightGradient(T* scratch, int steps, int vectors)
      : b_(scratch), a_(scratch + steps * kRowsB * kBlock), steps_(steps), vectors_(vectors) {}

  // Takes the rows of a: panels [t][stride], `rows` rows of each, and below them those of `below`.
  void set_a(const T* a, std::ptrdiff_t stride, int rows, const T* below = nullptr,
             std::ptrdiff_t below_stride = 0, int below_rows = 0);

  // Adds into d (rows of a, d_stride) for `columns` rows of b, panels [t][stride]; where `bias` is
  // not null, also bias[j] += sum(b[t, j, :]).
  void multiply(const T* b, std::ptrdiff_t stride, int columns, T* d, int d_stride, T* bias);

 private:
  void copy_row(T* out, const T* row) const;
  void pack_b(const T* b, std::ptrdiff_t stride, int count, T* bias);
  template <int M>
  void tile(const T* a, T* d, int d_stride, int count) const;

  T* b_;
  T* a_;
  int rows_ = 0;
  int steps_;
  int vectors_;
};

// out = w.T @ x   (out += w.T @ x with `add`), row by row; w from pack_by_unit<1>
template <class T>
void rows_product(const T* w, const T* x, int depth, T* out, int rows, int vectors,
                  bool add = false);

// out[row, :] = values[row]
template <class T>
void set_rows(const T* values, T* out, int rows, int vectors);

}  // namespace rnncomp
