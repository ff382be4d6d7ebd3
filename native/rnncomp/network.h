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

// One thread's memory for one block: the input panel, what every layer keeps, gradient panels.
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

  void prepare(Workspace<T>& work, int window, bool keep) const;
  void pack(const T* params, T* packed, int part, int parts, bool backward) const;

  // Reads up to kBlock samples into work.x, and runs forward.
  // Returns the output, a panel (O, kBlock), and its mask.
  Sequence<T> forward(const T* params, const T* packed, const Samples<T>& samples,
                      const std::int64_t* rows, int n_rows, const Extra<T>& extra,
                      Workspace<T>& work) const;

  // After forward with keep, and with dy (O, kBlock) in work.dy: writes the gradient of the
  // parameters, and leaves dx in work.dx and dstates in work.dstates where `inputs` asks for them.
  void backward(const T* packed, int n_rows, bool inputs, const Noise* noise, T* gradient,
                Workspace<T>& work) const;

 private:
  void gather(const Samples<T>& samples, const std::int64_t* rows, int n_rows,
              const Extra<T>& extra, Workspace<T>& work) const;
  Shape shape_into(std::size_t layer, int window) const;

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
