// A layer's weights with consecutive units in the lanes of a vector, for one window at a time:
// z[gate, unit] = bias[gate, unit] + x @ kernel + h @ recurrent_kernel, tile by tile.
//
// A tile is a run of units whose gates fit into registers together. A row of it holds the weights
// of one input: gate by gate as many whole vectors of units as the tile has, then, in the last
// tile, the units that do not fill a vector, their gates side by side in lanes: two units of four
// gates take one vector of eight lanes instead of four. Lanes beyond those hold zeros.
#pragma once

#include <vector>

#include "rnncomp/network.h"
#include "rnncomp/simd.h"

namespace rnncomp {

struct UnitTile {
  int first;               // unit, a multiple of the lanes
  int whole;               // vectors of units
  int rest;                // units that do not fill one, 0 but in the last tile
  int vectors;             // of all gates
  std::ptrdiff_t weights;  // where the bias stands; the rows of x and those of h follow
};

// Vectors that a product keeps in registers: all but the broadcast input and one to spare.
inline constexpr int kTileVectors = kRegisters - 2;

// Numbers of a layer's units, padded to whole vectors.
template <class T>
std::ptrdiff_t padded(int units) {
  return std::ptrdiff_t(units + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
}

template <class T>
class UnitTiles {
 public:
  UnitTiles(int units, int gates, int x_rows, int h_rows);

  const std::vector<UnitTile>& tiles() const { return tiles_; }
  // Vectors that the gates of the last units take.
  int rest_vectors(const UnitTile& tile) const { return tile.vectors - gates_ * tile.whole; }

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

  // z[tile.vectors] of a tile. `h` is null when it is zero; `descending` reads its rows from the
  // last to the first.
  void product(const UnitTile& tile, const T* x, const T* h, bool descending, Vec<T>* z) const;

 private:
  template <class Value>
  void pack_row(const UnitTile& tile, T* row, Value&& value) {
    const int whole = tile.whole * kLanes<T>;
    for (int gate = 0; gate < gates_; ++gate) {
      for (int u = 0; u < whole; ++u) row[gate * whole + u] = value(gate, tile.first + u);
      T* rest = row + gates_ * whole + gate * tile.rest;
      for (int u = 0; u < tile.rest; ++u) rest[u] = value(gate, tile.first + whole + u);
    }
  }

  int gates_, x_rows_, h_rows_;
  std::vector<UnitTile> tiles_;
  Buffer<T> weights_;
};

}  // namespace rnncomp
