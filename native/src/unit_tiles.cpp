#include "rnncomp/unit_tiles.h"

#include <array>
#include <utility>

namespace rnncomp {
namespace {

// Sets of accumulators, so that at least eight chains of multiply-adds are under way.
constexpr int sets_for(int vectors) {
  if (vectors >= 8) return 1;
  return vectors >= 4 ? 2 : vectors >= 2 ? 4 : 8;
}

// acc[0] += in @ w, `rows` rows of N vectors; `in` and `w` move by a row, forward or back.
template <class T, int N, int kSets, int kStep>
RNNCOMP_INLINE void add_rows(const T* w, const T* in, int rows, Vec<T> (&acc)[kSets][N]) {
  constexpr std::ptrdiff_t stride = std::ptrdiff_t(kStep) * N * kLanes<T>;
  for (; rows >= kSets; rows -= kSets) {
#pragma GCC unroll 8
    for (int s = 0; s < kSets; ++s) {
      const Vec<T> a = broadcast(in[s * kStep]);
#pragma GCC unroll 32
      for (int j = 0; j < N; ++j) {
        acc[s][j] = fma(a, load(w + s * stride + j * kLanes<T>), acc[s][j]);
      }
    }
    w += kSets * stride;
    in += kSets * kStep;
  }
  if constexpr (kSets > 1) {
    for (; rows > 0; --rows, w += stride, in += kStep) {
      const Vec<T> a = broadcast(*in);
#pragma GCC unroll 32
      for (int j = 0; j < N; ++j) acc[0][j] = fma(a, load(w + j * kLanes<T>), acc[0][j]);
    }
  }
}

template <class T>
struct Rows {
  const T* w;  // bias, then the rows of x, then those of h
  const T* x;
  const T* h;
  int x_rows;
  int h_rows;  // 0 when h is zero
  bool descending;
};

// Loops over accumulators are unrolled throughout, or they would live in memory.
template <class T, int N>
void tile_product(const Rows<T>& rows, Vec<T>* z) {
  constexpr int kSets = sets_for(N);
  constexpr int row = N * kLanes<T>;
  Vec<T> acc[kSets][N];
#pragma GCC unroll 32
  for (int j = 0; j < N; ++j) acc[0][j] = load(rows.w + j * kLanes<T>);
#pragma GCC unroll 8
  for (int s = 1; s < kSets; ++s) {
#pragma GCC unroll 32
    for (int j = 0; j < N; ++j) acc[s][j] = Vec<T>{};
  }
  const T* w = rows.w + row;
  add_rows<T, N, kSets, 1>(w, rows.x, rows.x_rows, acc);
  w += std::ptrdiff_t(rows.x_rows) * row;
  if (rows.descending) {
    const std::ptrdiff_t last = rows.h_rows - 1;
    add_rows<T, N, kSets, -1>(w + last * row, rows.h + last, rows.h_rows, acc);
  } else {
    add_rows<T, N, kSets, 1>(w, rows.h, rows.h_rows, acc);
  }
#pragma GCC unroll 8
  for (int s = 1; s < kSets; ++s) {
#pragma GCC unroll 32
    for (int j = 0; j < N; ++j) acc[0][j] += acc[s][j];
  }
#pragma GCC unroll 32
  for (int j = 0; j < N; ++j) z[j] = acc[0][j];
}

template <class T>
using TileProduct = void (*)(const Rows<T>&, Vec<T>*);

template <class T, int... kMinusOne>
constexpr std::array<TileProduct<T>, kTileVectors> products(
    std::integer_sequence<int, kMinusOne...>) {
  return {&tile_product<T, kMinusOne + 1>...};
}

template <class T>
constexpr auto kProducts = products<T>(std::make_integer_sequence<int, kTileVectors>());

}  // namespace

// Whole vectors of units are dealt out evenly, the first tiles take one more; the last tile, which
// takes the units that are left over, has room for them.
template <class T>
UnitTiles<T>::UnitTiles(int units, int gates, int x_rows, int h_rows)
    : gates_(gates), x_rows_(x_rows), h_rows_(h_rows) {
  const int whole = units / kLanes<T>;
  const int rest = units % kLanes<T>;
  const int rest_vectors = (rest * gates + kLanes<T> - 1) / kLanes<T>;
  const auto fits = [&](int count) {
    return gates * ((whole + count - 1) / count) <= kTileVectors &&
           gates * (whole / count) + rest_vectors <= kTileVectors;
  };
  int count = 1;
  while (!fits(count)) ++count;

  std::ptrdiff_t size = 0;
  int first = 0;
  for (int n = 0; n < count; ++n) {
    const int vectors = whole / count + (n < whole % count);
    const bool last = n + 1 == count;
    UnitTile tile{first, vectors, last ? rest : 0, gates * vectors + (last ? rest_vectors : 0),
                  size};
    first += vectors * kLanes<T>;
    size += std::ptrdiff_t(1 + x_rows + h_rows) * tile.vectors * kLanes<T>;
    tiles_.push_back(tile);
  }
  weights_.reserve(size);
}

template <class T>
void UnitTiles<T>::product(const UnitTile& tile, const T* x, const T* h, bool descending,
                           Vec<T>* z) const {
  const Rows<T> rows{
      weights_.data() + tile.weights, x, h, x_rows_, h ? h_rows_ : 0, h && descending};
  kProducts<T>[tile.vectors - 1](rows, z);
}

template class UnitTiles<float>;
template class UnitTiles<double>;

}  // namespace rnncomp
