#include "rnncomp/predictor.h"

#include <algorithm>

namespace rnncomp {

template <class T>
Predictor<T>::Predictor(const std::vector<LayerSpec>& layers, int features, int window,
                        const T* params)
    : network_(layers, features), window_(window), units_(layers.back().units) {
  int steps = window;
  for (const LayerSpec& spec : layers) {
    const auto facts = make_layer<T>(spec);
    chain_.push_back({make_window_layer<T>(spec, steps, params), steps, facts->state_size()});
    params += facts->n_params();
    steps = facts->output_steps(steps);
  }
}

template <class T>
void Predictor<T>::predict(const T* x, const T* states, T* y) {
  std::ptrdiff_t stride = features();
  for (Link& link : chain_) {
    link.layer->run(x, stride, link.steps, states);
    x = link.layer->output();
    stride = link.layer->stride();
    if (states) states += link.state_size;
  }
  const T* end = y + outputs();
  for (; y < end; y += units_, x += stride) std::copy(x, x + units_, y);
}

template class Predictor<float>;
template class Predictor<double>;

}  // namespace rnncomp
