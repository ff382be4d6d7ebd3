#include "rnncomp/predictor.h"

#include <algorithm>

namespace rnncomp {

template <class T>
Predictor<T>::Predictor(const std::vector<LayerSpec>& layers, int features, int window,
                        const T* params)
    : network_(layers, features), window_(window), width_(0) {
  if (!std::all_of(layers.begin(), layers.end(), has_window_layer)) {
    params_.reserve(network_.n_params());
    packed_.reserve(network_.packed_size());
    std::copy(params, params + network_.n_params(), params_.data());
    network_.pack(params_.data(), packed_.data(), 0, 1, false);
    network_.prepare(work_, window, false, false);
    return;
  }
  int steps = window;
  for (const LayerSpec& spec : layers) {
    const auto facts = make_layer<T>(spec);
    chain_.push_back({make_window_layer<T>(spec, steps, params), steps, facts->state_size()});
    params += facts->n_params();
    const Shape shape = facts->output_shape({steps, spec.inputs});
    steps = shape.steps;
    width_ = shape.rows;
  }
}

template <class T>
void Predictor<T>::predict(const T* x, const T* states, T* y) {
  if (chain_.empty()) {
    run_block(x, states, y);
  } else {
    run_chain(x, states, y);
  }
}

template <class T>
void Predictor<T>::run_chain(const T* x, const T* states, T* y) {
  std::ptrdiff_t stride = features();
  for (Link& link : chain_) {
    link.layer->run(x, stride, link.steps, states);
    x = link.layer->output();
    stride = link.layer->stride();
    if (states) states += link.state_size;
  }
  const T* end = y + outputs();
  for (; y < end; y += width_, x += stride) std::copy(x, x + width_, y);
}

template <class T>
void Predictor<T>::run_block(const T* x, const T* states, T* y) {
  const std::int64_t start = 0;
  const Samples<T> samples{x, &start, 1, window_, features()};
  BlockRows<T> block{&start, 1, {}};
  block.extra.states = states;
  const T* out = network_.forward(params_.data(), packed_.data(), samples, &block, 1, work_).x;
  for (int k = 0; k < outputs(); ++k) y[k] = out[std::size_t(k) * kBlock];
}

template class Predictor<float>;
template class Predictor<double>;

}  // namespace rnncomp
