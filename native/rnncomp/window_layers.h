// The layers for one window. Each step walks the tiles of its weights; each tile's product goes
// through a small buffer to the non-linearities.
//
// Weights that do not fit into the first-level cache are read to and fro: odd steps walk the tiles
// and the rows in the other direction, so that what was read last is read first. The units that a
// step computes last are then those that the next step multiplies last, so that their
// non-linearities overlap with the products of the others.
#pragma once

#include <algorithm>
#include <cstring>

#include "rnncomp/activations.h"
#include "rnncomp/predictor.h"
#include "rnncomp/unit_tiles.h"

namespace rnncomp {

template <class T>
RNNCOMP_INLINE Vec<T> load_anywhere(const T* p) {
  Vec<T> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// The weights of a layer as Keras packs them: kernel (F, G * U), recurrent_kernel (U, G * U), bias.
template <class T>
struct KerasWeights {
  KerasWeights(const LayerSpec& spec, int gates, const T* params)
      : units(spec.units), width(gates * spec.units), rows(params), bias_rows(nullptr) {
    const int n_rows = spec.inputs + (spec.kind == Kind::dense ? 0 : spec.units);
    if (spec.use_bias) bias_rows = params + std::ptrdiff_t(n_rows) * width;
  }
  T weight(int row, int gate, int u) const {
    return rows[std::ptrdiff_t(row) * width + gate * units + u];
  }
  T bias(int row, int gate, int u) const {
    return bias_rows ? bias_rows[std::ptrdiff_t(row) * width + gate * units + u] : T(0);
  }

  int units, width;
  const T* rows;
  const T* bias_rows;
};

// The pre-activations of a tile: gate by gate its whole vectors, then the gates of the last units
// side by side. Before the first gate there is room for a copy of the latter, so that one run over
// vectors can take it with the first gates, and another with the last.
template <class T>
class GateBuffer {
 public:
  static constexpr int kRoom = 4;  // at most a vector for each gate

  Vec<T>* z() { return all_ + kRoom; }
  // Copies the `count` vectors of the last units to before the first gate; returns where they are.
  Vec<T>* rest_before(const Vec<T>* rest, int count) {
    Vec<T>* before = z() - count;
    for (int v = 0; v < count; ++v) before[v] = rest[v];
    return before;
  }

 private:
  // One more at the end: the last units are read a vector at a time.
  Vec<T> all_[kRoom + kTileVectors + 1] = {};
};

// The gate of the last units that stands `at` units after the first one; what lies in the lanes
// beyond them is meaningless and never read as an input.
template <class T>
RNNCOMP_INLINE Vec<T> rest_gate(const Vec<T>* rest, int at) {
  return load_anywhere(reinterpret_cast<const T*>(rest) + at);
}

// What the recurrent layers share: the loop over time, and where h lies. h of the step before must
// stay until all tiles have read it: outputs of every step are rows of their own, else two rows
// take turns.
template <class T>
class WindowRecurrent : public WindowLayer<T> {
 public:
  WindowRecurrent(const LayerSpec& spec, int steps)
      : spec_(spec), U_(spec.units), sequences_(spec.return_sequences) {
    this->stride_ = padded<T>(U_);
    h_.reserve((sequences_ ? steps : 2) * this->stride_);
    first_.reserve(this->stride_);
  }

  void run(const T* x, std::ptrdiff_t stride, int steps, const T* state) override {
    const T* h_prev = nullptr;
    if (state) {
      std::copy(state, state + U_, first_.data());
      h_prev = first_.data();
    }
    start(state ? state + U_ : nullptr);
    T* h = h_.data();
    for (int t = 0; t < steps; ++t, x += stride) {
      h = h_.data() + (sequences_ ? t : t & 1) * this->stride_;
      step(x, h_prev, h, t & 1);
      h_prev = h;
    }
    this->output_ = sequences_ ? h_.data() : h;
  }

 protected:
  // Before the first step: what is carried beside h, null when it is zero.
  virtual void start(const T*) {}
  // h (U) of one step; h_prev (U) is null when it is zero. `odd` walks the weights backwards.
  virtual void step(const T* x, const T* h_prev, T* h, bool odd) = 0;

  // f(tile) for all tiles, in the order of the step.
  template <class F>
  RNNCOMP_INLINE static void walk(const UnitTiles<T>& tiles, bool odd, F&& f) {
    const int count = static_cast<int>(tiles.tiles().size());
    for (int n = 0; n < count; ++n) f(tiles.tiles()[odd ? count - 1 - n : n]);
  }

  LayerSpec spec_;
  int U_;

 private:
  bool sequences_;
  Buffer<T> h_, first_;
};

template <class T>
std::unique_ptr<WindowLayer<T>> make_window_gru(const LayerSpec& spec, int steps, const T* params);

}  // namespace rnncomp
