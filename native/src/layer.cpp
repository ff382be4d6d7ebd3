#include "rnncomp/layer.h"

namespace rnncomp {

template <class T>
std::unique_ptr<Layer<T>> make_layer(const LayerSpec& spec) {
  switch (spec.kind) {
    case Kind::simple_rnn:
      return make_simple_rnn<T>(spec);
    case Kind::lstm:
      return make_lstm<T>(spec);
    case Kind::gru:
      return spec.reset_after ? make_gru<T>(spec) : make_gru_reset_before<T>(spec);
    case Kind::bidirectional:
      return make_bidirectional<T>(spec);
    case Kind::embedding:
      return make_embedding<T>(spec);
    case Kind::masking:
      return make_masking<T>(spec);
    case Kind::dropout:
      return make_dropout<T>(spec);
    case Kind::activation:
      return make_activation<T>(spec);
    case Kind::repeat_vector:
      return make_repeat_vector<T>(spec);
    case Kind::flatten:
      return make_flatten<T>(spec);
    case Kind::dense:
      break;
  }
  return make_dense<T>(spec);
}

template std::unique_ptr<Layer<float>> make_layer(const LayerSpec&);
template std::unique_ptr<Layer<double>> make_layer(const LayerSpec&);

}  // namespace rnncomp
