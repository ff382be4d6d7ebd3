// What every layer can do with a block of kBlock batch rows.
#pragma once

#include <memory>
#include <numeric>
#include <vector>

#include "rnncomp/random.h"

namespace rnncomp {

// What flows from layer to layer. Panels are [steps][rows][kBlock].
template <class T>
struct Sequence {
  const T* x = nullptr;     // (steps, F)
  const T* mask = nullptr;  // (steps, 1): 1 where a row has this step, else 0; null if all have all
  int steps = 0;
};

// Of a Sequence.
struct Shape {
  int steps;
  int rows;
};

// Arguments of one block's forward pass, or of two that go side by side: each pointer is to the
// first one, and what belongs to the second one lies `pair` numbers further on.
template <class T>
struct Forward {
  Sequence<T> in;
  const T* params;          // of the layer, in Keras's packing
  const T* packed;          // the same, as pack left them
  const T* state;           // (S) initial state panel: h, then c; null when it is zero
  T* end_state;             // (S) where the last state goes, or null
  T* saved;                 // what the pass writes, saved_size numbers
  int vectors;              // SIMD vectors of the block in use
  bool keep;                // keep what backward needs
  const Noise* noise;       // what dropout draws from; null when nothing is dropped
  std::ptrdiff_t pair = 0;  // 0 where there is no second one
  T* trace = nullptr;       // takes trace_size numbers, or null; never of two blocks
};

// Arguments of the backward pass of one block, or of two, after a forward pass with keep.
template <class T>
struct Backward {
  Sequence<T> in;
  const T* packed;
  T* saved;     // dz is written over what a step kept; h and c stay
  const T* dy;  // (steps of the output, rows of it)
  T* dx;        // (steps, F), or null when nobody wants it
  T* dstate;    // (S), or null when nobody wants it
  T* gradient;  // the layer's parameters in Keras's packing; added to
  T* scratch;   // scratch_size numbers
  int vectors;
  const Noise* noise;
  std::ptrdiff_t pair = 0;
  std::ptrdiff_t gradient_pair = 0;  // from this block's gradient to that of the second one
};

// Where the one or two blocks of a call lie, in numbers from the first one.
class Places {
 public:
  template <class Call>
  explicit Places(const Call& call) : at_{0, call.pair}, count_(call.pair ? 2 : 1) {}
  const std::ptrdiff_t* begin() const { return at_; }
  const std::ptrdiff_t* end() const { return at_ + count_; }

 private:
  std::ptrdiff_t at_[2];
  int count_;
};

template <class T>
class Layer {
 public:
  explicit Layer(const LayerSpec& spec) : spec_(spec) {}
  virtual ~Layer() = default;

  const LayerSpec& spec() const { return spec_; }
  virtual Shape output_shape(Shape in) const { return in; }

  // Numbers: each weight in Keras's order, weights packed, initial state of one row, forward's
  // memory, scratch.
  virtual std::vector<std::size_t> weight_sizes() const { return {}; }
  std::size_t n_params() const {
    const std::vector<std::size_t> sizes = weight_sizes();
    return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  }
  virtual std::size_t packed_size() const { return 0; }
  virtual int state_size() const { return 0; }
  virtual std::size_t saved_size(int steps, bool keep) const = 0;
  virtual std::size_t scratch_size(int) const { return 0; }
  // What forward leaves in call.trace for people to look at, beside the output.
  virtual std::size_t trace_size(int) const { return 0; }

  // Whether two blocks may go side by side; the network asks where no step is masked.
  virtual bool goes_in_pairs() const { return false; }

  // Packs part `part` of `parts` of the weights; `backward` packs what backward reads, too.
  virtual void pack(const T*, T*, int, int, bool) const {}
  // Returns the output, which lies in call.saved, or is the input.
  virtual Sequence<T> forward(const Forward<T>& call) const = 0;
  virtual void backward(const Backward<T>& call) const = 0;

 protected:
  static std::size_t panel(std::size_t rows) { return rows * kBlock; }

  LayerSpec spec_;
};

template <class T>
std::unique_ptr<Layer<T>> make_dense(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_simple_rnn(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_lstm(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_gru(const LayerSpec& spec);  // reset_after
template <class T>
std::unique_ptr<Layer<T>> make_gru_reset_before(const LayerSpec& spec);  // not reset_after
template <class T>
std::unique_ptr<Layer<T>> make_bidirectional(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_embedding(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_masking(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_dropout(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_activation(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_repeat_vector(const LayerSpec& spec);
template <class T>
std::unique_ptr<Layer<T>> make_flatten(const LayerSpec& spec);

template <class T>
std::unique_ptr<Layer<T>> make_layer(const LayerSpec& spec);

}  // namespace rnncomp
