// The layers for one window. Each step walks the tiles of its weights; each tile's product goes
// through a small buffer to the non-linearities.
//
// Weights that do not fit into the first-level cache are read to and fro: odd steps walk the tiles
// and the rows in the other direction, so that what was read last is read first. The units that a
// step computes last are then those that the next step multiplies last, so that their
// non-linearities overlap with the products of the others.
#include <algorithm>

#include "rnncomp/activations.h"
#include "rnncomp/predictor.h"
#include "rnncomp/unit_tiles.h"

namespace rnncomp {
namespace {

template <class T>
RNNCOMP_INLINE Vec<T> load_anywhere(const T* p) {
  Vec<T> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <class T>
std::ptrdiff_t padded(int units) {
  return std::ptrdiff_t(units + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
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

template <class T>
class WindowDense final : public WindowLayer<T> {
 public:
  WindowDense(const LayerSpec& spec, int steps, const T* params)
      : act_(spec.activation), tiles_(spec.units, 1, spec.inputs, 0) {
    const KerasWeights<T> keras(spec, 1, params);
    tiles_.pack([&](int k, int, int u) { return keras.weight(k, 0, u); },
                [&](int, int u) { return keras.bias(0, 0, u); });
    this->stride_ = padded<T>(spec.units);
    y_.reserve(steps * this->stride_);
    this->output_ = y_.data();
  }

  // y = activation(x @ kernel + bias)
  void run(const T* x, std::ptrdiff_t stride, int steps, const T*) override {
    T* y = y_.data();
    for (int t = 0; t < steps; ++t, x += stride, y += this->stride_) {
      for (const UnitTile& tile : tiles_.tiles()) {
        tiles_.product(tile, x, nullptr, false, z_);
        tiles_.each_vector(tile, z_, [&](int u, const T* at, int) RNNCOMP_INLINE_LAMBDA {
          store(y + u, activate<T>(act_, load_anywhere(at)));
        });
      }
    }
  }

 private:
  Activation act_;
  UnitTiles<T> tiles_;
  Buffer<T> y_;
  alignas(64) T z_[(kTileVectors + 1) * kLanes<T>] = {};
};

// What the recurrent layers share: the loop over time, and where h lies. h of the step before must
// stay until all tiles have read it: outputs of every step are rows of their own, else two rows
// take turns.
template <class T>
class WindowRecurrent : public WindowLayer<T> {
 public:
  WindowRecurrent(const LayerSpec& spec, int steps)
      : gates_(spec), U_(spec.units), sequences_(spec.return_sequences) {
    this->stride_ = padded<T>(U_);
    h_.reserve((sequences_ ? steps : 2) * this->stride_);
    first_.reserve(2 * this->stride_);
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

  Gates<T> gates_;
  int U_;
  // z of a tile; a vector more, because the last units' gates are read a vector at a time.
  alignas(64) T z_[(kTileVectors + 1) * kLanes<T>] = {};

 private:
  bool sequences_;
  Buffer<T> h_, first_;
};

// h = activation(x @ kernel + h_prev @ recurrent_kernel + bias)
template <class T>
class WindowSimpleRnn final : public WindowRecurrent<T> {
 public:
  WindowSimpleRnn(const LayerSpec& spec, int steps, const T* params)
      : WindowRecurrent<T>(spec, steps), tiles_(spec.units, 1, spec.inputs, spec.units) {
    const KerasWeights<T> keras(spec, 1, params);
    tiles_.pack([&](int k, int, int u) { return keras.weight(k, 0, u); },
                [&](int, int u) { return keras.bias(0, 0, u); });
  }

 protected:
  void step(const T* x, const T* h_prev, T* h, bool odd) override {
    const Gates<T> gates = this->gates_;
    T* z = this->z_;
    this->walk(tiles_, odd, [&](const UnitTile& tile) RNNCOMP_INLINE_LAMBDA {
      tiles_.product(tile, x, h_prev, !odd, z);
      tiles_.each_vector(tile, z, [&](int u, const T* at, int) RNNCOMP_INLINE_LAMBDA {
        store(h + u, gates.act(load_anywhere(at)));
      });
    });
  }

 private:
  UnitTiles<T> tiles_;
};

// i, f, g, o = split(x @ kernel + h_prev @ recurrent_kernel + bias, 4)
// c = sigmoid(f) * c_prev + sigmoid(i) * tanh(g);  h = sigmoid(o) * tanh(c)
template <class T>
class WindowLstm final : public WindowRecurrent<T> {
 public:
  WindowLstm(const LayerSpec& spec, int steps, const T* params)
      : WindowRecurrent<T>(spec, steps), tiles_(spec.units, 4, spec.inputs, spec.units) {
    const KerasWeights<T> keras(spec, 4, params);
    tiles_.pack([&](int k, int gate, int u) { return keras.weight(k, gate, u); },
                [&](int gate, int u) { return keras.bias(0, gate, u); });
    c_.reserve(this->stride_);
  }

 protected:
  void start(const T* c) override {
    std::fill(c_.data(), c_.data() + this->stride_, T(0));
    if (c) std::copy(c, c + this->U_, c_.data());
  }

  void step(const T* x, const T* h_prev, T* h, bool odd) override {
    const Gates<T> gates = this->gates_;
    T* z = this->z_;
    T* c_row = c_.data();
    this->walk(tiles_, odd, [&](const UnitTile& tile) RNNCOMP_INLINE_LAMBDA {
      tiles_.product(tile, x, h_prev, !odd, z);
      tiles_.each_vector(tile, z, [&](int u, const T* at, int stride) RNNCOMP_INLINE_LAMBDA {
        const Vec<T> i = gates.gate(load_anywhere(at));
        const Vec<T> f = gates.gate(load_anywhere(at + stride));
        const Vec<T> g = gates.act(load_anywhere(at + 2 * stride));
        const Vec<T> o = gates.gate(load_anywhere(at + 3 * stride));
        const Vec<T> c = fma(f, load(c_row + u), i * g);
        store(c_row + u, c);
        store(h + u, o * gates.act(c));
      });
    });
  }

 private:
  UnitTiles<T> tiles_;
  Buffer<T> c_;
};

// GRU with reset_after: the candidate's shares of x and of h stay apart until r is known.
//
// z = sigmoid(x_z + h_z);  r = sigmoid(x_r + h_r);  g = tanh(x_h + r * h_h)
// h = z * h_prev + (1 - z) * g
template <class T>
class WindowGru final : public WindowRecurrent<T> {
 public:
  WindowGru(const LayerSpec& spec, int steps, const T* params)
      : WindowRecurrent<T>(spec, steps),
        x_tiles_(spec.units, 3, spec.inputs, 0),
        h_tiles_(spec.units, 3, 0, spec.units) {
    const KerasWeights<T> keras(spec, 3, params);
    x_tiles_.pack([&](int k, int gate, int u) { return keras.weight(k, gate, u); },
                  [&](int gate, int u) { return keras.bias(0, gate, u); });
    h_tiles_.pack([&](int k, int gate, int u) { return keras.weight(spec.inputs + k, gate, u); },
                  [&](int gate, int u) { return keras.bias(1, gate, u); });
  }

 protected:
  void step(const T* x, const T* h_prev, T* h, bool odd) override {
    const Gates<T> gates = this->gates_;
    T* z_h = this->z_;
    this->walk(h_tiles_, odd, [&](const UnitTile& tile) RNNCOMP_INLINE_LAMBDA {
      const UnitTile& x_tile = x_tiles_.tiles()[&tile - h_tiles_.tiles().data()];
      x_tiles_.product(x_tile, x, nullptr, false, z_x_);
      h_tiles_.product(tile, nullptr, h_prev, !odd, z_h);
      h_tiles_.each_vector(tile, z_h, [&](int u, const T* at, int stride) RNNCOMP_INLINE_LAMBDA {
        const T* at_x = z_x_ + (at - z_h);
        const Vec<T> z = gates.gate(load_anywhere(at_x) + load_anywhere(at));
        const Vec<T> r = gates.gate(load_anywhere(at_x + stride) + load_anywhere(at + stride));
        const Vec<T> g =
            gates.act(fma(r, load_anywhere(at + 2 * stride), load_anywhere(at_x + 2 * stride)));
        const Vec<T> before = h_prev ? load(h_prev + u) : Vec<T>{};
        store(h + u, fma(z, before - g, g));
      });
    });
  }

 private:
  UnitTiles<T> x_tiles_, h_tiles_;
  alignas(64) T z_x_[(kTileVectors + 1) * kLanes<T>] = {};
};

// GRU without reset_after: the candidate needs r of every unit first.
//
// z = sigmoid(x_z + h_prev @ recurrent_z);  r = sigmoid(x_r + h_prev @ recurrent_r)
// g = tanh(x_h + (r * h_prev) @ recurrent_h);  h = z * h_prev + (1 - z) * g
template <class T>
class WindowGruResetBefore final : public WindowRecurrent<T> {
 public:
  WindowGruResetBefore(const LayerSpec& spec, int steps, const T* params)
      : WindowRecurrent<T>(spec, steps),
        gate_tiles_(spec.units, 2, spec.inputs, spec.units),
        candidate_tiles_(spec.units, 1, spec.inputs, spec.units) {
    const KerasWeights<T> keras(spec, 3, params);
    gate_tiles_.pack([&](int k, int gate, int u) { return keras.weight(k, gate, u); },
                     [&](int gate, int u) { return keras.bias(0, gate, u); });
    candidate_tiles_.pack([&](int k, int, int u) { return keras.weight(k, 2, u); },
                          [&](int, int u) { return keras.bias(0, 2, u); });
    update_.reserve(this->stride_);
    reset_h_.reserve(this->stride_);
  }

 protected:
  void step(const T* x, const T* h_prev, T* h, bool odd) override {
    const Gates<T> gates = this->gates_;
    T* z = this->z_;
    this->walk(gate_tiles_, odd, [&](const UnitTile& tile) RNNCOMP_INLINE_LAMBDA {
      gate_tiles_.product(tile, x, h_prev, !odd, z);
      gate_tiles_.each_vector(tile, z, [&](int u, const T* at, int stride) RNNCOMP_INLINE_LAMBDA {
        store(update_.data() + u, gates.gate(load_anywhere(at)));
        const Vec<T> r = gates.gate(load_anywhere(at + stride));
        store(reset_h_.data() + u, h_prev ? r * load(h_prev + u) : Vec<T>{});
      });
    });
    const T* reset_h = h_prev ? reset_h_.data() : nullptr;
    this->walk(candidate_tiles_, odd, [&](const UnitTile& tile) RNNCOMP_INLINE_LAMBDA {
      candidate_tiles_.product(tile, x, reset_h, !odd, z);
      candidate_tiles_.each_vector(tile, z, [&](int u, const T* at, int) RNNCOMP_INLINE_LAMBDA {
        const Vec<T> g = gates.act(load_anywhere(at));
        const Vec<T> before = h_prev ? load(h_prev + u) : Vec<T>{};
        store(h + u, fma(load(update_.data() + u), before - g, g));
      });
    });
  }

 private:
  UnitTiles<T> gate_tiles_, candidate_tiles_;
  Buffer<T> update_, reset_h_;
};

}  // namespace

template <class T>
std::unique_ptr<WindowLayer<T>> make_window_layer(const LayerSpec& spec, int steps,
                                                  const T* params) {
  switch (spec.kind) {
    case Kind::simple_rnn:
      return std::make_unique<WindowSimpleRnn<T>>(spec, steps, params);
    case Kind::lstm:
      return std::make_unique<WindowLstm<T>>(spec, steps, params);
    case Kind::gru:
      if (!spec.reset_after) return std::make_unique<WindowGruResetBefore<T>>(spec, steps, params);
      return std::make_unique<WindowGru<T>>(spec, steps, params);
    case Kind::dense:
      break;
  }
  return std::make_unique<WindowDense<T>>(spec, steps, params);
}
template std::unique_ptr<WindowLayer<float>> make_window_layer(const LayerSpec&, int, const float*);
template std::unique_ptr<WindowLayer<double>> make_window_layer(const LayerSpec&, int,
                                                                const double*);

}  // namespace rnncomp
