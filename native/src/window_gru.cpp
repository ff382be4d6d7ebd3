#include "rnncomp/window_layers.h"

namespace rnncomp {
namespace {

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
    this->walk(h_tiles_, odd, [&](const UnitTile& tile) {
      const UnitTile& x_tile = x_tiles_.tiles()[&tile - h_tiles_.tiles().data()];
      x_tiles_.product(x_tile, x, nullptr, false, x_gates_.z());
      h_tiles_.product(tile, nullptr, h_prev, !odd, h_gates_.z());
      finish(tile, h_prev ? h_prev + tile.first : nullptr, h + tile.first);
    });
  }

 private:
  void finish(const UnitTile& tile, const T* h_prev, T* h_row) {
    const int n = tile.whole;
    const int n_rest = h_tiles_.rest_vectors(tile);
    const Vec<T>* z_x = x_gates_.z();
    Vec<T>* z = h_gates_.z();
    const Vec<T>* rest = z + 3 * n;
    Vec<T>* before = h_gates_.rest_before(rest, n_rest);
    for (int v = 0; v < n_rest; ++v) before[v] += z_x[3 * n + v];
    for (int v = 0; v < 2 * n; ++v) z[v] += z_x[v];
    activate<T>(this->spec_.recurrent_activation, before, n_rest + 2 * n);

    Vec<T>* h = reinterpret_cast<Vec<T>*>(h_row);
    for (int v = 0; v < n; ++v) h[v] = fma(z[n + v], z[2 * n + v], z_x[2 * n + v]);
    if (tile.rest) {
      const int at = 2 * tile.rest;
      h[n] = fma(rest_gate<T>(before, tile.rest), rest_gate<T>(rest, at),
                 rest_gate<T>(z_x + 3 * n, at));
    }
    activate<T>(this->spec_.activation, h, n + (tile.rest != 0));
    const auto mix = [&](int v, Vec<T> update) RNNCOMP_INLINE_LAMBDA {
      const Vec<T> last = h_prev ? load(h_prev + v * kLanes<T>) : Vec<T>{};
      h[v] = fma(update, last - h[v], h[v]);
    };
    for (int v = 0; v < n; ++v) mix(v, z[v]);
    if (tile.rest) mix(n, rest_gate<T>(before, 0));
  }

  UnitTiles<T> x_tiles_, h_tiles_;
  GateBuffer<T> x_gates_, h_gates_;
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
    this->walk(gate_tiles_, odd, [&](const UnitTile& tile) {
      gate_tiles_.product(tile, x, h_prev, !odd, gates_.z());
      finish_gates(tile, h_prev);
    });
    const T* reset_h = h_prev ? reset_h_.data() : nullptr;
    this->walk(candidate_tiles_, odd, [&](const UnitTile& tile) {
      Vec<T>* g = reinterpret_cast<Vec<T>*>(h + tile.first);
      candidate_tiles_.product(tile, x, reset_h, !odd, g);
      activate<T>(this->spec_.activation, g, tile.vectors);
      for (int v = 0; v < tile.vectors; ++v) {
        const std::ptrdiff_t at = tile.first + v * kLanes<T>;
        const Vec<T> last = h_prev ? load(h_prev + at) : Vec<T>{};
        g[v] = fma(load(update_.data() + at), last - g[v], g[v]);
      }
    });
  }

 private:
  void finish_gates(const UnitTile& tile, const T* h_prev) {
    const int n = tile.whole;
    Vec<T>* z = gates_.z();
    const Vec<T>* rest = z + 2 * n;
    activate<T>(this->spec_.recurrent_activation, z, tile.vectors);
    const auto keep = [&](int v, Vec<T> update, Vec<T> r) RNNCOMP_INLINE_LAMBDA {
      const std::ptrdiff_t at = tile.first + v * kLanes<T>;
      store(update_.data() + at, update);
      if (h_prev) store(reset_h_.data() + at, r * load(h_prev + at));
    };
    for (int v = 0; v < n; ++v) keep(v, z[v], z[n + v]);
    if (tile.rest) keep(n, rest_gate<T>(rest, 0), rest_gate<T>(rest, tile.rest));
  }

  UnitTiles<T> gate_tiles_, candidate_tiles_;
  GateBuffer<T> gates_;
  Buffer<T> update_, reset_h_;
};

}  // namespace

template <class T>
std::unique_ptr<WindowLayer<T>> make_window_gru(const LayerSpec& spec, int steps, const T* params) {
  if (!spec.reset_after) return std::make_unique<WindowGruResetBefore<T>>(spec, steps, params);
  return std::make_unique<WindowGru<T>>(spec, steps, params);
}
template std::unique_ptr<WindowLayer<float>> make_window_gru(const LayerSpec&, int, const float*);
template std::unique_ptr<WindowLayer<double>> make_window_gru(const LayerSpec&, int, const double*);

}  // namespace rnncomp
