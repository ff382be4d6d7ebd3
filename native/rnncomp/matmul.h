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

// acc[s] += w[s].T @ x          w[s] (depth, M) packed, x (depth, V vectors) of a panel
template <class T, int S, int M, int V>
RNNCOMP_INLINE void product(Vec<T> (&acc)[S][M][V], const T* const (&groups)[S], const T* x,
                            int depth) {
  const T* w[S];
  for (int s = 0; s < S; ++s) w[s] = groups[s];
  for (int k = 0; k < depth; ++k, x += kBlock) {
    Vec<T> rows[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) rows[v] = load(x + v * kLanes<T>);
#pragma GCC unroll 2
    for (int s = 0; s < S; ++s) {
#pragma GCC unroll 24
      for (int m = 0; m < M; ++m) {
        const Vec<T> weight = broadcast(w[s][m]);
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) acc[s][m][v] = fma(weight, rows[v], acc[s][m][v]);
      }
      w[s] += M;
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

// One register tile of product_by_unit: S neighbouring groups of kUnits units, V vectors.
template <int kGates, int S, int kUnits, int V, class T, class Start, class Finish>
RNNCOMP_INLINE void tile_by_unit(const T* w, int depth, std::initializer_list<Operand<T>> operands,
                                 int first, int lane, Start&& start, Finish&& finish) {
  constexpr int M = kUnits * kGates;
  const T* group = w + static_cast<std::ptrdiff_t>(first) * kGates * depth;
  Vec<T> acc[S][M][V];
#pragma GCC unroll 2
  for (int s = 0; s < S; ++s) {
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) {
        acc[s][m][v] = start(m % kGates, first + s * kUnits + m / kGates, lane + v * kLanes<T>);
      }
    }
  }
  for (const Operand<T>& operand : operands) {
    if (!operand.x) continue;
    const T* streams[S];
    for (int s = 0; s < S; ++s) {
      streams[s] = group + (static_cast<std::ptrdiff_t>(s) * depth + operand.at) * M;
    }
    product<T, S, M, V>(acc, streams, operand.x + lane, operand.depth);
  }
  // Handed over through memory: one copy of the gates' code, not one for every unit.
  Vec<T> done[S * kUnits][V][kGates];
#pragma GCC unroll 2
  for (int s = 0; s < S; ++s) {
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) done[s * kUnits + m / kGates][v][m % kGates] = acc[s][m][v];
    }
  }
#pragma GCC unroll 1
  for (int u = 0; u < S * kUnits; ++u) {
#pragma GCC unroll 1
    for (int v = 0; v < V; ++v) finish(first + u, lane + v * kLanes<T>, done[u][v]);
  }
}

// z[gate] = start(gate, unit, lane) + sum over operands of (w.T @ x)[gate, unit]
//
// for every unit, handed to finish(unit, lane, z) while it is still in cache. `w` comes from
// pack_by_unit with `depth`. A last vector that fills no tile alone takes two groups at a time:
// with one there would be too few accumulators to hide the latency of a multiply-add.
template <int kGates, class T, class Start, class Finish>
RNNCOMP_INLINE void product_by_unit(const T* w, int depth,
                                    std::initializer_list<Operand<T>> operands, int units,
                                    int vectors, Start&& start, Finish&& finish) {
  constexpr int V = kTileVectors<T, kGates>;
  constexpr int kUnits = kTileUnits<T, kGates>;
  const int whole = vectors / V * V;
  for_groups<kUnits>(units, [&](auto size, int first) RNNCOMP_INLINE_LAMBDA {
    for (int v = 0; v < whole; v += V) {
      tile_by_unit<kGates, 1, decltype(size)::value, V>(w, depth, operands, first, v * kLanes<T>,
                                                        start, finish);
    }
  });
  if constexpr (V > 1) {
    if (whole == vectors) return;
    const int lane = whole * kLanes<T>;
    int first = 0;
    for (; first + 2 * kUnits <= units; first += 2 * kUnits) {
      tile_by_unit<kGates, 2, kUnits, 1>(w, depth, operands, first, lane, start, finish);
    }
    for_groups<kUnits>(
        units,
        [&](auto size, int at) RNNCOMP_INLINE_LAMBDA {
          tile_by_unit<kGates, 1, decltype(size)::value, 1>(w, depth, operands, at, lane, start,
                                                            finish);
        },
        first);
  }
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
