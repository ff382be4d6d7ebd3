// Losses and metrics of one block: sums over its groups, and the gradient that starts the way back.
//
// A group is what gets one error and one weight: the outputs of one step of one sample, `width` of
// them. Its error is the mean over its outputs, or one number for all of them (crossentropies of
// classes, accuracies of classes, cosine similarity).
#pragma once

#include <vector>

#include "rnncomp/dims.h"

namespace rnncomp {

enum class LossKind {
  mse,
  mae,
  mape,
  msle,
  huber,
  log_cosh,
  quantile,
  binary_crossentropy,
  categorical_crossentropy,
  sparse_categorical_crossentropy,
  cosine_similarity,
  binary_accuracy,
  categorical_accuracy,
  sparse_categorical_accuracy,
  top_k_categorical_accuracy,
  sparse_top_k_categorical_accuracy,
};

// How the errors of a batch become one number; see LossSpec in kernels/spec.py.
enum class Reduction { sum_over_batch_size, sum, mean_with_sample_weight, metric, weighted_metric };

struct LossSpec {
  LossKind kind;
  Reduction reduction;
  int width;                      // outputs in a group
  double delta;                   // Huber
  bool from_logits;               // crossentropies
  double label_smoothing;         // crossentropies
  std::vector<double> quantiles;  // quantile: output c of a group is of quantile c % size
  double threshold;               // binary accuracy
  int k;                          // top k

  // Numbers in the target of a group.
  int target_width() const {
    if (kind == LossKind::quantile) return width / static_cast<int>(quantiles.size());
    const bool sparse = kind == LossKind::sparse_categorical_crossentropy ||
                        kind == LossKind::sparse_categorical_accuracy ||
                        kind == LossKind::sparse_top_k_categorical_accuracy;
    return sparse ? 1 : width;
  }

  // Outputs whose slopes share the weight of a group.
  int mean_over() const {
    return kind == LossKind::categorical_crossentropy ||
                   kind == LossKind::sparse_categorical_crossentropy
               ? 1
               : width;
  }

  bool is_loss() const {  // has a slope
    return kind < LossKind::cosine_similarity;
  }
};

// Targets or weights of some samples, as Python holds them: any strides, in numbers.
template <class T>
struct Targets {
  const T* data;
  std::ptrdiff_t row_stride;
  std::ptrdiff_t column_stride;

  T at(std::int64_t row, std::int64_t column) const {
    return data[row * row_stride + column * column_stride];
  }
};

// The outputs of a block, and what they are held against.
template <class T>
struct Measured {
  const T* y;  // panel (outputs, kBlock)
  Targets<T> targets;
  Targets<T> weights;        // (samples, groups); data is null where all weigh 1
  const std::int64_t* rows;  // sample numbers
  int n_rows;
  int outputs;
  const T* mask;  // panel (groups, kBlock) of 0 and 1, which multiplies the weights; null for 1
};

struct WeightedSum {
  double sum;     // of weight * error
  double weight;  // of the weights
};

// Sums over the groups of the block, in float64. A `metric` has no weights but the mask.
template <class T>
WeightedSum loss_sum(const LossSpec& loss, const Measured<T>& block);

// What a batch adds to the two sums that an epoch's mean is made of: a loss counts as often as the
// batch has samples, as in Keras; a metric by its weights.
WeightedSum reported(const LossSpec& loss, WeightedSum found, std::int64_t n_rows, int outputs);

// dy = scale * weight of the group * d error / d y; zero in the lanes without a row. Losses only.
template <class T>
void loss_gradient(const LossSpec& loss, const Measured<T>& block, double scale, T* dy);

}  // namespace rnncomp
