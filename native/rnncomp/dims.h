// Sizes and plain facts shared by every kernel. Letters: B batch, T steps, F features, U units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rnncomp {

// Batch rows in a block: the unit of work and of summation. Activations are stored feature-major
// in panels [rows][kBlock], so that one SIMD vector holds the same number of several batch rows.
// Gradients are formed block by block and added in block order, whatever the number of threads,
// which is why the results of a training do not depend on it.
inline constexpr int kBlock = 16;

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
enum class Kind {
  simple_rnn,
  lstm,
  gru,
  dense,
  activation,
  dropout,
  masking,
  embedding,
  repeat_vector,
  flatten,
  bidirectional
};
enum class Merge { concat, sum, mul, ave };

// Each kind reads those facts that are its own.
struct LayerSpec {
  Kind kind;
  int inputs;  // F of this layer
  int units = 1;
  Activation activation = Activation::linear;
  Activation recurrent_activation = Activation::sigmoid;
  bool use_bias = true;
  bool reset_after = true;
  bool return_sequences = false;
  bool go_backwards = false;
  double dropout = 0;  // share of the inputs
  double recurrent_dropout = 0;
  double mask_value = 0;
  bool mask_zero = false;
  int count = 1;  // rows of an embedding's table, repeats, steps that are flattened
  Merge merge = Merge::concat;
  std::vector<LayerSpec> children = {};  // forward and backward layer of a bidirectional one
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
