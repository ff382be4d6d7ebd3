// A chain of layers: one block of rows through all of them, forward and back.
#pragma once

#include <memory>
#include <vector>

#include "rnncomp/layer.h"

namespace rnncomp {

// Memory aligned to a cache line, never shrunk.
template <class T>
class Buffer {
 public:
  ~Buffer() { release(); }
  Buffer() = default;
  Buffer(Buffer&& other) noexcept : data_(other.data_), size_(other.size_) {
    other.data_ = nullptr;
    other.size_ = 0;
  }
  Buffer& operator=(Buffer&&) = delete;

  void reserve(std::size_t size);
  T* data() { return data_; }
  const T* data() const { return data_; }

 private:
  void release();
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

// One thread's memory for one block: the input panel, what every layer keeps, gradient panels. What
// belongs to a second block, which may go along, lies `pair` numbers further on.
template <class T>
class Workspace {
 public:
  Buffer<T> memory;
  T* x = nullptr;
  T* mask = nullptr;     // (steps, 1)
  T* states = nullptr;   // (S)
  T* ends = nullptr;     // (S)
  T* dstates = nullptr;  // (S)
  std::vector<T*> saved;
  std::vector<Sequence<T>> flow;  // what went into each layer, and what came out of the last
  T* dy = nullptr;                // gradient panels change places from layer to layer
  T* dx = nullptr;
  T* scratch = nullptr;
  std::ptrdiff_t pair = 0;  // 0 where there is no room for a second block
  int steps = 0;
  bool keep = false;
};

// What a forward pass reads and writes beside the samples, of the rows of a block; null: nothing.
template <class T>
struct Extra {
  const T* states = nullptr;  // (rows, S) initial states, else zero
  const T* mask = nullptr;    // (rows, T) 0 where a step is not there
  T* ends = nullptr;          // (rows, S) takes the last states; may be `states`
  const Noise* noise = nullptr;
};

// The samples of a block, or of two in a row that go side by side.
template <class T>
struct BlockRows {
  const std::int64_t* rows;
  int n_rows;  // up to kBlock
  Extra<T> extra;
};

template <class T>
class Network {
 public:
  Network(const std::vector<LayerSpec>& specs, int features);

  int features() const { return features_; }
  int state_size() const { return state_size_; }
  std::size_t n_params() const { return n_params_; }
  const std::vector<std::size_t>& weight_ends() const { return weight_ends_; }
  std::size_t packed_size() const { return packed_size_; }
  int outputs(int window) const;  // O of one sample
  // Numbers of all that the layers compute for one sample, layer after layer: what a layer leaves
  // (Layer::trace_size), then its output.
  std::size_t trace_size(int window) const;

  void prepare(Workspace<T>& work, int window, bool keep, bool pairs) const;
  void pack(const T* params, T* packed, int part, int parts, bool backward) const;

  // Reads the samples of `count` blocks, one or two, into work.x, and runs forward.
  // Returns the output of the first one, a panel (O, kBlock), and its mask. `trace` is null or, of
  // one block alone, a panel (trace_size, kBlock).
  Sequence<T> forward(const T* params, const T* packed, const Samples<T>& samples,
                      const BlockRows<T>* blocks, int count, Workspace<T>& work,
                      T* trace = nullptr) const;

  // After forward with keep, and with dy (O, kBlock) in work.dy: writes the gradients of the
  // parameters (count, P), and leaves dx in work.dx and dstates in work.dstates where `inputs` asks
  // for them.
  void backward(const T* packed, const BlockRows<T>* blocks, int count, bool inputs, T* gradient,
                Workspace<T>& work) const;

 private:
  void gather(const Samples<T>& samples, const BlockRows<T>& block, std::ptrdiff_t at,
              Workspace<T>& work) const;
  Shape shape_into(std::size_t layer, int window) const;
  // Whether two blocks go side by side through a layer that work.flow leads to
  bool goes_in_pairs(std::size_t layer, const Workspace<T>& work) const;

  int features_;
  int state_size_ = 0;
  std::size_t n_params_ = 0;
  std::size_t packed_size_ = 0;
  std::vector<std::unique_ptr<Layer<T>>> layers_;
  std::vector<std::size_t> params_at_, packed_at_;
  std::vector<std::size_t> weight_ends_;  // of each kernel and bias among the parameters
  std::vector<int> state_at_;
};

}  // namespace rnncomp
