// Sizes and plain facts shared by every kernel. Letters: B batch, T steps, F features, U units.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rnncomp {

// Batch rows in a block: the unit of work and of summation. Activations are stored feature-major
// in panels [rows][kBlock], so that one SIMD vector holds the same number of several batch rows.
// Gradients are formed block by block and added in block order, whatever the number of threads,
// which is why the results of a training do not depend on it.
inline constexpr int kBlock = 16;

enum class Kind { simple_rnn, lstm, gru, dense };

// First those whose slope is told from their output, then those whose slope is worked out with the
// output and kept beside it (keeps_slope), then those over all units of a step.
enum class Activation {
  tanh,
  sigmoid,
  hard_sigmoid,
  relu,
  linear,
  relu6,
  leaky_relu,
  elu,
  selu,
  celu,
  exponential,
  softsign,
  hard_shrink,
  soft_shrink,
  hard_tanh,
  hard_silu,
  silu,
  gelu,
  mish,
  softplus,
  log_sigmoid,
  tanh_shrink,
  squareplus,
  sparse_plus,
  sparse_sigmoid,
  softmax,
  log_softmax,
};

constexpr bool over_units(Activation kind) { return kind >= Activation::softmax; }
constexpr bool keeps_slope(Activation kind) {
  return kind >= Activation::hard_tanh && !over_units(kind);
}

struct LayerSpec {
  Kind kind;
  int inputs;  // F of this layer
  int units;   // U
  Activation activation;
  Activation recurrent_activation;
  bool use_bias;
  bool reset_after;       // GRU only
  bool return_sequences;  // recurrent layers only
};

// Windows into one series and their targets, as Python holds them; nothing is copied.
template <class T>
struct Samples {
  const T* base;               // (rows, features)
  const std::int64_t* starts;  // (n,)
  std::int64_t n;
  int window;    // T
  int features;  // F
};

}  // namespace rnncomp
