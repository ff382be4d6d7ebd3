// One window at a time: units in SIMD lanes, weights and buffers prepared once.
#pragma once

#include <memory>
#include <vector>

#include "rnncomp/network.h"

namespace rnncomp {

// A layer with a copy of its weights and its outputs of one window.
template <class T>
class WindowLayer {
 public:
  virtual ~WindowLayer() = default;

  // Reads `steps` rows that lie `stride` numbers apart; `state` (S) is null when it is zero.
  virtual void run(const T* x, std::ptrdiff_t stride, int steps, const T* state) = 0;

  // After run: its first row of outputs, and how far apart rows lie.
  const T* output() const { return output_; }
  std::ptrdiff_t stride() const { return stride_; }

 protected:
  const T* output_ = nullptr;
  std::ptrdiff_t stride_ = 0;
};

// Whether there is a WindowLayer for `spec`.
bool has_window_layer(const LayerSpec& spec);

// The layer of `spec` for windows of `steps` steps, with weights copied from Keras's packing.
template <class T>
std::unique_ptr<WindowLayer<T>> make_window_layer(const LayerSpec& spec, int steps,
                                                  const T* params);

template <class T>
class Predictor {
 public:
  // Copies `params` (P); later changes of theirs do not reach it.
  Predictor(const std::vector<LayerSpec>& layers, int features, int window, const T* params);
  Predictor(const Predictor&) = delete;

  int window() const { return window_; }
  int features() const { return network_.features(); }
  int outputs() const { return network_.outputs(window_); }
  int state_size() const { return network_.state_size(); }

  // y (O) from x (T, F) and the initial states (S), or null for zero. Allocates nothing.
  void predict(const T* x, const T* states, T* y);

 private:
  struct Link {
    std::unique_ptr<WindowLayer<T>> layer;
    int steps;  // of its input
    int state_size;
  };

  void run_chain(const T* x, const T* states, T* y);
  void run_block(const T* x, const T* states, T* y);

  Network<T> network_;
  int window_;
  int width_;  // of a step of the output
  std::vector<Link> chain_;
  // Where a layer has no kernel for one window, a block with one row does its work.
  Buffer<T> params_, packed_;
  Workspace<T> work_;
};

}  // namespace rnncomp
