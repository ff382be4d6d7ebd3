// A layer's weights with consecutive units in the lanes of a vector, for one window at a time:
// z[gate, unit] = bias[gate, unit] + x @ kernel + h @ recurrent_kernel, tile by tile.
//
// A tile is a run of units whose gates fit into registers together. Each of its rows holds the
// weights of one input: for every vector of units its gates, one vector each. Units that do not
// fill a vector stand in the last tile, their gates side by side, so that two units of four gates
// take one vector of eight lanes instead of four. Lanes beyond hold zeros and are never read.
#pragma once

#include <algorithm>
#include <vector>

#include "rnncomp/network.h"
#include "rnncomp/simd.h"

namespace rnncomp {

struct UnitTile {
  int first;               // unit, a multiple of the lanes
  int whole;               // vectors of units
  int rest;                // units that do not fill one
  int vectors;             // of weights in a row
  std::ptrdiff_t weights;  // where its bias is; the rows of x and of h follow
};

// Vectors that the product keeps in registers: all but the broadcast input and one to spare.
inline constexpr int kTileVectors = kRegisters - 2;

template <class T>
class UnitTiles {
 public:
  UnitTiles(int units, int gates, int x_rows, int h_rows);

  const std::vector<UnitTile>& tiles() const { return tiles_; }

  // weight(row, gate, unit), rows of x first; bias(gate, unit)
  template <class Weight, class Bias>
  void pack(Weight&& weight, Bias&& bias) {
    for (const UnitTile& tile : tiles_) {
      T* row = weights_.data() + tile.weights;
      pack_row(tile, row, bias);
      for (int k = 0; k < x_rows_ + h_rows_; ++k) {
        row += tile.vectors * kLanes<T>;
        pack_row(tile, row, [&](int gate, int unit) { return weight(k, gate, unit); });
      }
    }
  }

  // Writes z of a tile. `h` is null when it is zero; `descending` reads its rows from the last.
  void product(const UnitTile& tile, const T* x, const T* h, bool descending, T* z) const;

  // Calls f(unit, z, stride) for every vector of units: the gates of `unit` and of those after it
  // in the vector are at z, z + stride, ... What lies in lanes beyond the last unit is meaningless.
  template <class F>
  RNNCOMP_INLINE void each_vector(const UnitTile& tile, const T* z, F&& f) const {
    const int whole = tile.whole * kLanes<T>;
    for (int u = 0; u < whole; u += kLanes<T>) f(tile.first + u, z + u * gates_, kLanes<T>);
    if (tile.rest) f(tile.first + whole, z + whole * gates_, tile.rest);
  }

 private:
  template <class Value>
  void pack_row(const UnitTile& tile, T* row, Value&& value) {
    const int whole = tile.whole * kLanes<T>;
    for (int u = 0; u < whole + tile.rest; ++u) {
      const int in = u % kLanes<T>;
      const int stride = u < whole ? kLanes<T> : tile.rest;
      for (int gate = 0; gate < gates_; ++gate) {
        row[(u - in) * gates_ + gate * stride + in] = value(gate, tile.first + u);
      }
    }
  }

  int gates_, x_rows_, h_rows_;
  std::vector<UnitTile> tiles_;
  Buffer<T> weights_;
};

}  // namespace rnncomp
