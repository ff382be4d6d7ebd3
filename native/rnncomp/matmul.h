// The three loops that all the time goes into, and the packing that feeds them.
//
// A panel holds activations feature-major, [rows][kBlock]; `vectors` of its kBlock lanes are in
// use, in whole SIMD vectors.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <type_traits>

#include "rnncomp/simd.h"

namespace rnncomp {

// The register tile takes two thirds of the registers: kGroupRows accumulators, enough to hide the
// latency of a fused multiply-add, one vector wide or, to load each weight half as often, two
// vectors wide and half as tall. Rows of a product go in groups of up to kGroupRows: whole units
// with all their gates.
inline constexpr int kGroupRows = kRegisters == 32 ? 24 : 12;

// Units whose gates meet at once, about: enough for long loops of non-linearities, which are
// chains of dependent operations, and few enough to leave the nearest cache to the weights.
inline constexpr int kTileUnits = 18;

// Units 0..units-1 in the fewest groups of up to kMost, as even as possible: a small group has too
// few accumulators.
template <int kMost>
struct Groups {
  explicit Groups(int units) : count((units + kMost - 1) / kMost), size(units), larger(0) {
    if (count < 2) return;  // no divisions for small networks
    size = units / count;
    larger = units % count;
  }

  int first(int group) const { return group * size + std::min(group, larger); }

  int count;   // groups
  int size;    // units in each,
  int larger;  // and one more in the first `larger`
};

// Calls f(integral_constant<n>) for the n = 1..kMost that equals `size`.
template <int kMost, class F>
RNNCOMP_INLINE void with_size(int size, F&& f) {
  if (size == kMost) {
    f(std::integral_constant<int, kMost>{});
  } else if constexpr (kMost > 1) {
    with_size<kMost - 1>(size, f);
  }
}

// Packs source(k, gate, unit), a matrix of `depth` x (units * kGates), for product_by_unit: group
// after group [depth][units of the group][kGates]; part `part` of `parts` of it.
template <int kGates, class T, class Source>
inline void pack_by_unit(T* packed, int units, int depth, int part, int parts, Source&& source) {
  const Groups<kGroupRows / kGates> groups(units);
  for (int group = part; group < groups.count; group += parts) {
    const int first = groups.first(group);
    const int end = groups.first(group + 1);
    T* out = packed + static_cast<std::ptrdiff_t>(first) * kGates * depth;
    for (int k = 0; k < depth; ++k) {
      for (int u = first; u < end; ++u) {
        for (int gate = 0; gate < kGates; ++gate) *out++ = source(k, gate, u);
      }
    }
  }
}

// The same for one gate, where source(k, unit) and source(k + 1, unit) are neighbours in
// memory, not those of two units: in tiles of a cache line, which a column of a wide matrix would
// lose before it comes to the next one.
template <class T, class Source>
inline void pack_transposed(T* packed, int units, int depth, int part, int parts, Source&& source) {
  constexpr int kLine = 64 / sizeof(T);
  const Groups<kGroupRows> groups(units);
  for (int group = part; group < groups.count; group += parts) {
    const int first = groups.first(group);
    const int size = groups.first(group + 1) - first;
    T* out = packed + static_cast<std::ptrdiff_t>(first) * depth;
    for (int begin = 0; begin < depth; begin += kLine) {
      const int end = std::min(depth, begin + kLine);
      for (int u = 0; u < size; ++u) {
        for (int k = begin; k < end; ++k)
          out[static_cast<std::ptrdiff_t>(k) * size + u] = source(k, first + u);
      }
    }
  }
}

// A panel that multiplies the packed rows at .. at + depth - 1; a null panel is zero.
template <class T>
struct Operand {
  const T* x;
  int depth;
  int at = 0;
};

// What some groups of units hand on when their sums are complete: z[gate][unit][vector]. A gate may
// be split: its sum over the first operand alone is handed on as one more gate, after the others.
template <class T>
struct Tile {
  int first, units;  // units first .. first + units - 1
  Vectors<T> vectors;
  Vec<T>* z;

  int size() const { return units * vectors.count; }
  Vec<T>* gate(int index) const { return z + index * size(); }

  // Calls f(n, unit, lane) for every vector n of a gate, which begins `lane` numbers into the row
  // of its unit.
  template <class F>
  RNNCOMP_INLINE void each(F&& f) const {
    if (kPairs<T> && vectors.count == 1) return each_of(1, f);
    each_of(kPairs<T> ? 2 : vectors.count, f);
  }

 private:
  template <class F>
  RNNCOMP_INLINE void each_of(int count, F&& f) const {
    int n = 0;
    for (int u = first; u < first + units; ++u) {
      for (int v = 0; v < count; ++v) f(n++, u, vectors.at(v));
    }
  }
};

// Leaves the sums of a gate of a tile, (U), for people to look at.
template <class T>
[[gnu::noinline]] void leave_sums(const Tile<T>& tile, int gate, T* sums) {
  tile.each([&](int n, int u, std::ptrdiff_t lane)
                RNNCOMP_INLINE_LAMBDA { store(sums + u * kBlock + lane, tile.gate(gate)[n]); });
}

// acc += w.T @ x          w (depth, rows m0 .. m0 + M - 1 of kStride), x (depth, V vectors)
template <int kStride, class T, int M, int V>
RNNCOMP_INLINE void multiply(Vec<T> (&acc)[M][V], const T* w, const T* x, int depth,
                             const Vectors<T>& vectors) {
  for (int k = 0; k < depth; ++k, x += kBlock, w += kStride) {
    Vec<T> rows[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; ++v) rows[v] = load(x + vectors.at(v));
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
      const Vec<T> weight = broadcast(w[m]);
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) acc[m][v] = fma(weight, rows[v], acc[m][v]);
    }
  }
}

// A group of kUnits units from `first`, V vectors of them from `vector`: its rows in register tiles
// of at most kGroupRows / V.
template <int kGates, int kSplit, int kUnits, int V, class T, class Start>
RNNCOMP_INLINE void sum_group(const T* group, std::initializer_list<Operand<T>> operands, int first,
                              int vector, const Tile<T>& tile, Start&& start) {
  const std::ptrdiff_t lane = tile.vectors.at(vector);
  const int width = kBlockVectors<T> <= 2 ? V : tile.vectors.count;  // a constant, if it can be
  Vec<T>* const z = tile.z + (first - tile.first) * width + vector;
  const auto put = [&](int gate, int unit, int v, Vec<T> sum) RNNCOMP_INLINE_LAMBDA {
    z[gate * tile.units * width + unit * width + v] = sum;
  };
  constexpr int kRows = kUnits * kGates;
  constexpr int kTiles = (kRows * V + kGroupRows - 1) / kGroupRows;
  const auto sum_rows = [&](auto from, auto to) RNNCOMP_INLINE_LAMBDA {
    constexpr int kFrom = decltype(from)::value;
    constexpr int M = decltype(to)::value - kFrom;
    Vec<T> acc[M][V];
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
      const int gate = (kFrom + m) % kGates;
      const int unit = (kFrom + m) / kGates;
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) {
        acc[m][v] = start(gate, first + unit, lane + tile.vectors.at(v));
      }
    }
    for (const Operand<T>& operand : operands) {
      if (operand.x) {
        multiply<kRows>(acc, group + operand.at * kRows + kFrom, operand.x + lane, operand.depth,
                        tile.vectors);
      }
      if (kSplit < 0 || &operand != operands.begin()) continue;
#pragma GCC unroll 24
      for (int m = (kSplit + kRows - kFrom) % kGates; m < M; m += kGates) {
        const int unit = (kFrom + m) / kGates;
#pragma GCC unroll 2
        for (int v = 0; v < V; ++v) {
          put(kGates, unit, v, acc[m][v]);
          acc[m][v] = start(kGates, first + unit, lane + tile.vectors.at(v));
        }
      }
    }
#pragma GCC unroll 24
    for (int m = 0; m < M; ++m) {
      const int gate = (kFrom + m) % kGates;
      const int unit = (kFrom + m) / kGates;
#pragma GCC unroll 2
      for (int v = 0; v < V; ++v) put(gate, unit, v, acc[m][v]);
    }
  };
  if constexpr (kTiles == 1) {
    sum_rows(std::integral_constant<int, 0>{}, std::integral_constant<int, kRows>{});
  } else {
    constexpr std::integral_constant<int, (kRows + 1) / 2> half;
    sum_rows(std::integral_constant<int, 0>{}, half);
    sum_rows(half, std::integral_constant<int, kRows>{});
  }
}

// z[gate] = start(gate, unit, lane) + sum over operands of (w.T @ x)[gate, unit]
//
// for every unit, handed to finish(tile) some groups at a time, while they are in the nearest
// cache. `w` comes from pack_by_unit with `depth`. The gate kSplit, if any, starts anew, from
// start(kGates, ...), after the first operand.
template <int kGates, class T, int kSplit = -1, class Start, class Finish>
RNNCOMP_INLINE void product_by_unit(const T* w, int depth,
                                    std::initializer_list<Operand<T>> operands, int units,
                                    const Vectors<T>& vectors, Start&& start, Finish&& finish) {
  constexpr int kMost = kGroupRows / kGates;
  constexpr int kGroups = std::max(1, kTileUnits / kMost);  // of a tile
  constexpr int kSums = kGates + (kSplit < 0 ? 0 : 1);
  constexpr int V = 2;
  alignas(64) Vec<T> z[kSums * kGroups * kMost * std::max(V, kBlockVectors<T>)];
  const Groups<kMost> groups(units);
  for (int begin = 0; begin < groups.count; begin += kGroups) {
    const int end = std::min(groups.count, begin + kGroups);
    const int tile_first = groups.first(begin);
    const Tile<T> tile{tile_first, groups.first(end) - tile_first, vectors, z};
    for (int group = begin; group < end; ++group) {
      const int first = groups.first(group);
      const T* weights = w + static_cast<std::ptrdiff_t>(first) * kGates * depth;
      with_size<kMost>(groups.first(group + 1) - first, [&](auto size) RNNCOMP_INLINE_LAMBDA {
        constexpr int kUnits = decltype(size)::value;
        for (int v = 0; v < vectors.count; v += V) {
          if (vectors.count - v >= V) {
            sum_group<kGates, kSplit, kUnits, V>(weights, operands, first, v, tile, start);
          } else {
            sum_group<kGates, kSplit, kUnits, 1>(weights, operands, first, v, tile, start);
          }
          if (kPairs<T>) break;  // always: v is a constant
        }
      });
    }
    finish(tile);
  }
}

// Weight gradients: sums over the steps of a chunk and the rows of a block.
//
//   d[k, j] += sum(a[t, k, :] * b[t, j, :] for t in steps)
//
// One dot product per weight, in kRowsA x kRowsB vector accumulators that are summed across lanes
// once per chunk. A tile's rows of b are first copied to one stream, which stays in the nearest
// cache; those of a stream past it once for every tile of b.
template <class T>
class WeightGradient {
 public:
  static constexpr int kRowsA = kRegisters == 32 ? 4 : 2;
  static constexpr int kRowsB = 6;

  // Numbers of scratch for `rows` rows of a in all, over `steps` steps.
  static std::size_t scratch_size(int rows, int steps) {
    return static_cast<std::size_t>(rows + kRowsB) * steps * kBlock;
  }

  WeightGradient(T* scratch, int steps, int vectors)
      : b_(scratch),
        copy_(scratch + static_cast<std::size_t>(steps) * kRowsB * kBlock),
        steps_(steps),
        vectors_(vectors) {}

  // Takes the rows of a: panels [t][stride], `rows` rows of each, and below them those of `below`.
  void set_a(const T* a, std::ptrdiff_t stride, int rows, const T* below = nullptr,
             std::ptrdiff_t below_stride = 0, int below_rows = 0);

  // Adds into d (rows of a, d_stride) for `columns` rows of b, panels [t][stride]; where `bias` is
  // not null, also bias[j] += sum(b[t, j, :]).
  void multiply(const T* b, std::ptrdiff_t stride, int columns, T* d, int d_stride, T* bias);

 private:
  struct Rows {
    const T* first;
    std::ptrdiff_t stride;  // from step to step
    std::ptrdiff_t next;    // from row to row
    int count;
  };
  Rows near(const T* a, std::ptrdiff_t stride, int rows, T* copy) const;
  // All rows of a with N columns of b
  template <int N>
  void columns_of(const T* b, std::ptrdiff_t stride, T* d, int d_stride, T* bias);
  template <int M, int N>
  void copy_columns(const T* b, std::ptrdiff_t stride, T* d, int d_stride, T* bias);
  template <int N>
  void rows_of(const Rows& a, T* d, int d_stride) const;
  template <int M, int N>
  void tile(const T* a, std::ptrdiff_t stride, T* d, int d_stride) const;

  T* b_;
  T* copy_;
  Rows a_, below_;
  int steps_;
  int vectors_;
};

// out = w.T @ x   (out += w.T @ x with `add`), row by row; w from pack_by_unit<1>
template <class T>
void rows_product(const T* w, const T* x, int depth, T* out, int rows,
                  const std::type_identity_t<Vectors<T>>& vectors, bool add = false);

// out[row, :] = values[row]
template <class T>
void set_rows(const T* values, T* out, int rows, int vectors);

}  // namespace rnncomp
