// What every layer can do with a block of kBlock batch rows.
#pragma once

#include <memory>
#include <numeric>
#include <vector>

#include "rnncomp/dims.h"

namespace rnncomp {

// Arguments of one block's forward pass. Panels are [steps][rows][kBlock].
template <class T>
struct Forward {
  const T* x;      // (steps, F) input panel
  const T* state;  // (S) initial state panel: h, then c; null when it is zero
  T* saved;        // what the pass writes, saved_size numbers; output() points into it
  int steps;       // steps of the input
  int vectors;     // SIMD vectors of the block in use
  bool keep;       // keep what backward needs
};

// Arguments of one block's backward pass, after a forward pass with keep.
template <class T>
struct Backward {
  const T* x;
  T* saved;     // dz is written over what a step kept; h and c stay
  const T* dy;  // (steps of the output, U)
  T* dx;        // (steps, F), or null when nobody wants it
  T* dstate;    // (S), or null when nobody wants it
  T* gradient;  // the layer's parameters in Keras's packing; added to
  T* scratch;   // scratch_size numbers
  int steps;
  int vectors;
};

template <class T>
class Layer {
 public:
  explicit Layer(const LayerSpec& spec) : spec_(spec) {}
  virtual ~Layer() = default;

  const LayerSpec& spec() const { return spec_; }
  int output_steps(int steps) const {
    return spec_.kind == Kind::dense || spec_.return_sequences ? steps : 1;
  }

  // Numbers: each weight in Keras's order, weights packed, initial state of one row, forward's
  // memory, scratch.
  virtual std::vector<std::size_t> weight_sizes() const = 0;
  std::size_t n_params() const {
    const std::vector<std::size_t> sizes = weight_sizes();
    return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  }
  virtual std::size_t packed_size() const = 0;
  virtual int state_size() const = 0;
  virtual std::size_t saved_size(int steps, bool keep) const = 0;
  virtual std::size_t scratch_size(int steps) const = 0;

  // Packs part `part` of `parts` of the weights; `backward` packs what backward reads, too.
  virtual void pack(const T* params, T* packed, int part, int parts, bool backward) const = 0;
  virtual void forward(const T* packed, const Forward<T>& call) const = 0;
  virtual const T* output(const T* saved, int steps, bool keep) const = 0;
  virtual void backward(const T* packed, const Backward<T>& call) const = 0;

 protected:
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
std::unique_ptr<Layer<T>> make_layer(const LayerSpec& spec) {
  switch (spec.kind) {
    case Kind::simple_rnn:
      return make_simple_rnn<T>(spec);
    case Kind::lstm:
      return make_lstm<T>(spec);
    case Kind::gru:
      return spec.reset_after ? make_gru<T>(spec) : make_gru_reset_before<T>(spec);
    case Kind::dense:
      break;
  }
  return make_dense<T>(spec);
}

}  // namespace rnncomp
