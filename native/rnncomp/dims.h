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
enum class Activation { tanh, sigmoid, hard_sigmoid, relu, linear };

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
