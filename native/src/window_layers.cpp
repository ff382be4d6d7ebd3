#include "rnncomp/window_layers.h"

#include "rnncomp/softmax.h"

namespace rnncomp {
namespace {

template <class T>
class WindowDense final : public WindowLayer<T> {
 public:
  WindowDense(const LayerSpec& spec, int steps, const T* params)
      : act_(spec.activation), units_(spec.units), tiles_(spec.units, 1, spec.inputs, 0) {
    const KerasWeights<T> keras(spec, 1, params);
    tiles_.pack([&](int k, int, int u) { return keras.weight(k, 0, u); },
                [&](int, int u) { return keras.bias(0, 0, u); });
    this->stride_ = padded<T>(spec.units);
    y_.reserve(steps * this->stride_);
    this->output_ = y_.data();
  }

  // y = activation(x @ kernel + bias)
  void run(const T* x, std::ptrdiff_t stride, int steps, const T*) override {
    Vec<T>* y = reinterpret_cast<Vec<T>*>(y_.data());
    const int vectors = static_cast<int>(this->stride_ / kLanes<T>);
    for (int t = 0; t < steps; ++t, x += stride, y += vectors) {
      for (const UnitTile& tile : tiles_.tiles()) {
        tiles_.product(tile, x, nullptr, false, y + tile.first / kLanes<T>);
      }
      activate<T>(act_, y, vectors);
      if (over_units(act_)) activate_units_of_one<T>(act_, reinterpret_cast<T*>(y), units_);
    }
  }

 private:
  Activation act_;
  int units_;
  UnitTiles<T> tiles_;
  Buffer<T> y_;
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
    this->walk(tiles_, odd, [&](const UnitTile& tile) {
      Vec<T>* to = reinterpret_cast<Vec<T>*>(h + tile.first);
      tiles_.product(tile, x, h_prev, !odd, to);
      activate<T>(this->spec_.activation, to, tile.vectors);
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
  // Gates are packed i, f, o, g, so that the three with the same activation are neighbours.
  WindowLstm(const LayerSpec& spec, int steps, const T* params)
      : WindowRecurrent<T>(spec, steps), tiles_(spec.units, 4, spec.inputs, spec.units) {
    const KerasWeights<T> keras(spec, 4, params);
    const auto keras_gate = [](int gate) { return gate < 2 ? gate : 5 - gate; };
    tiles_.pack([&](int k, int gate, int u) { return keras.weight(k, keras_gate(gate), u); },
                [&](int gate, int u) { return keras.bias(0, keras_gate(gate), u); });
    c_.reserve(this->stride_);
  }

 protected:
  void start(const T* c) override {
    std::fill(c_.data(), c_.data() + this->stride_, T(0));
    if (c) std::copy(c, c + this->U_, c_.data());
  }

  void step(const T* x, const T* h_prev, T* h, bool odd) override {
    this->walk(tiles_, odd, [&](const UnitTile& tile) {
      tiles_.product(tile, x, h_prev, !odd, gates_.z());
      finish(tile, reinterpret_cast<Vec<T>*>(h + tile.first));
    });
  }

 private:
  void finish(const UnitTile& tile, Vec<T>* h) {
    const bool usual = this->spec_.activation == Activation::tanh &&
                       this->spec_.recurrent_activation == Activation::sigmoid;
    if (usual) {
      finish_usual(tile, h);
    } else {
      finish_any(tile, h);
    }
  }

  // With tanh and sigmoid the four gates of a vector of units go side by side, and a product of two
  // of them costs one division: sigmoid(i) * tanh(g) = e_g / ((e_i + 2) * (e_g + 2)), where
  // e_i = expm1(-i) and e_g = expm1(2 g), g cut off where tanh is 1. So a denominator overflows
  // only where sigmoid(i) is next to nothing (1e-29 in float32), and the product is then 0.
  void finish_usual(const UnitTile& tile, Vec<T>* h) {
    const int n = tile.whole;
    const Vec<T>* z = gates_.z();
    const Vec<T>* rest = z + 4 * n;
    Vec<T>* c = reinterpret_cast<Vec<T>*>(c_.data() + tile.first);
    Vec<T> o_divisor[kTileVectors / 4 + 1];
    const auto unit = [&](int v, Vec<T> i, Vec<T> f, Vec<T> o, Vec<T> g) RNNCOMP_INLINE_LAMBDA {
      Vec<T> e[4] = {-i, -f, -o, twice(g)};
      expm1<T>(e);
      const Vec<T> ig = e[3] / ((e[0] + T(2)) * (e[3] + T(2)));
      c[v] = fma(T(1) / (e[1] + T(2)), c[v], ig);
      o_divisor[v] = e[2] + T(2);
    };
    if (tile.rest) {
      unit(n, rest_gate<T>(rest, 0), rest_gate<T>(rest, tile.rest),
           rest_gate<T>(rest, 2 * tile.rest), rest_gate<T>(rest, 3 * tile.rest));
    }
    for (int v = 0; v < n; ++v) unit(v, z[v], z[n + v], z[2 * n + v], z[3 * n + v]);
    const int units = n + (tile.rest != 0);
    int v = 0;
    for (; v + 2 <= units; v += 2) output<2>(c + v, o_divisor + v, h + v);
    if (v < units) output<1>(c + v, o_divisor + v, h + v);
  }

  // 2 x, no farther from 0 than where tanh(x) is 1.
  RNNCOMP_INLINE static Vec<T> twice(Vec<T> x) {
    constexpr T limit = 2 * ExpConstants<T>::tanh_is_one;
    return min_keep_nan(broadcast(limit), max_keep_nan(broadcast(-limit), x + x));
  }

  // h = tanh(c) / o_divisor
  template <int K>
  RNNCOMP_INLINE static void output(const Vec<T>* c, const Vec<T>* o_divisor, Vec<T>* h) {
    Vec<T> e[K];
    for (int j = 0; j < K; ++j) e[j] = twice(c[j]);
    expm1<T>(e);
    for (int j = 0; j < K; ++j) h[j] = e[j] / ((e[j] + T(2)) * o_divisor[j]);
  }

  void finish_any(const UnitTile& tile, Vec<T>* h) {
    const int n = tile.whole;
    const int n_rest = tiles_.rest_vectors(tile);
    Vec<T>* z = gates_.z();
    Vec<T>* rest = z + 4 * n;
    Vec<T>* before = gates_.rest_before(rest, n_rest);
    activate<T>(this->spec_.recurrent_activation, before, n_rest + 3 * n);
    activate<T>(this->spec_.activation, z + 3 * n, n + n_rest);

    Vec<T>* c = reinterpret_cast<Vec<T>*>(c_.data() + tile.first);
    for (int v = 0; v < n; ++v) h[v] = c[v] = fma(z[n + v], c[v], z[v] * z[3 * n + v]);
    if (tile.rest) {
      const Vec<T> i = rest_gate<T>(before, 0);
      const Vec<T> f = rest_gate<T>(before, tile.rest);
      h[n] = c[n] = fma(f, c[n], i * rest_gate<T>(rest, 3 * tile.rest));
    }
    activate<T>(this->spec_.activation, h, n + (tile.rest != 0));
    for (int v = 0; v < n; ++v) h[v] *= z[2 * n + v];
    if (tile.rest) h[n] *= rest_gate<T>(before, 2 * tile.rest);
  }

  UnitTiles<T> tiles_;
  GateBuffer<T> gates_;
  Buffer<T> c_;
};

}  // namespace

bool has_window_layer(const LayerSpec& spec) {
  const bool known = spec.kind == Kind::simple_rnn || spec.kind == Kind::lstm ||
                     spec.kind == Kind::gru || spec.kind == Kind::dense;
  return known && !spec.go_backwards;
}

template <class T>
std::unique_ptr<WindowLayer<T>> make_window_layer(const LayerSpec& spec, int steps,
                                                  const T* params) {
  switch (spec.kind) {
    case Kind::simple_rnn:
      return std::make_unique<WindowSimpleRnn<T>>(spec, steps, params);
    case Kind::lstm:
      return std::make_unique<WindowLstm<T>>(spec, steps, params);
    case Kind::gru:
      return make_window_gru<T>(spec, steps, params);
    default:
      break;
  }
  return std::make_unique<WindowDense<T>>(spec, steps, params);
}
template std::unique_ptr<WindowLayer<float>> make_window_layer(const LayerSpec&, int, const float*);
template std::unique_ptr<WindowLayer<double>> make_window_layer(const LayerSpec&, int,
                                                                const double*);

}  // namespace rnncomp
