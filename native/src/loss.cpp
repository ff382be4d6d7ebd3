#include "rnncomp/loss.h"

#include <algorithm>
#include <cmath>

#include "rnncomp/loss_errors.h"

namespace rnncomp {
namespace {

// Calls f(error) with what computes the errors and slopes of single outputs, or returns false.
template <class T, class F>
bool with_error(const LossSpec& loss, F&& f) {
  switch (loss.kind) {
    case LossKind::mse:
      f(SquaredError<T>{});
      return true;
    case LossKind::mae:
      f(AbsoluteError<T>{});
      return true;
    case LossKind::mape:
      f(PercentageError<T>{});
      return true;
    case LossKind::msle:
      f(SquaredLogarithmicError<T>{});
      return true;
    case LossKind::huber:
      f(HuberError<T>{T(loss.delta)});
      return true;
    case LossKind::log_cosh:
      f(LogCoshError<T>{});
      return true;
    case LossKind::binary_crossentropy:
      if (loss.from_logits) {
        f(LogitsCrossentropy<T>{T(loss.label_smoothing)});
      } else {
        f(BinaryCrossentropy<T>{T(loss.label_smoothing)});
      }
      return true;
    case LossKind::binary_accuracy:
      f(BinaryAccuracy<T>{T(loss.threshold)});
      return true;
    default:
      return false;
  }
}

template <class T>
class Block {
 public:
  Block(const LossSpec& loss, const Measured<T>& block)
      : loss_(loss),
        block_(block),
        width_(loss.width),
        target_width_(loss.target_width()),
        vectors_((block.n_rows + kLanes<T> - 1) / kLanes<T>) {
    std::fill(target_, target_ + kBlock, T(0));
  }

  int groups() const { return block_.outputs / width_; }

  // The errors of a group, one a row.
  void errors(int group, double* out) {
    std::fill(out, out + kBlock, 0.0);
    if (with_error<T>(loss_, [&](auto error) { outputs_errors(group, error, out); })) return;
    switch (loss_.kind) {
      case LossKind::quantile:
        return quantile_errors(group, out);
      case LossKind::categorical_crossentropy:
      case LossKind::sparse_categorical_crossentropy:
        return loss_.from_logits ? logits_errors(group, out) : probability_errors(group, out);
      case LossKind::cosine_similarity:
        return row_errors(out, [&](int r) { return cosine(group, r); });
      default:
        return row_errors(out, [&](int r) { return class_found(group, r); });
    }
  }

  // dy = factor (one a row) * the slopes of a group
  void slopes(int group, const T* factor, T* dy) {
    dy += std::size_t(group) * width_ * kBlock;
    if (!with_error<T>(loss_, [&](auto error) { outputs_slopes(group, error, factor, dy); })) {
      if (loss_.kind == LossKind::quantile) {
        quantile_slopes(group, factor, dy);
      } else if (loss_.from_logits) {
        logits_slopes(group, factor, dy);
      } else {
        probability_slopes(group, factor, dy);
      }
    }
    for (int c = 0; c < width_; ++c) {
      std::fill(dy + c * kBlock + block_.n_rows, dy + (c + 1) * kBlock, T(0));
    }
  }

  // What the rows of a group weigh.
  void weights(int group, double* out) const {
    const bool weighted = block_.weights.data && loss_.reduction != Reduction::metric;
    for (int r = 0; r < block_.n_rows; ++r) {
      out[r] = weighted ? double(block_.weights.at(block_.rows[r], group)) : 1.0;
      if (block_.mask) out[r] *= double(block_.mask[std::size_t(group) * kBlock + r]);
    }
  }

 private:
  const T* output(int group, int c) const {
    return block_.y + (std::size_t(group) * width_ + c) * kBlock;
  }

  T target(int group, int r, int c) const {
    return block_.targets.at(block_.rows[r], std::int64_t(group) * target_width_ + c);
  }

  // Number c of the targets of a group, one a row: t[0 .. vectors)
  const T* targets(int group, int c) {
    for (int r = 0; r < block_.n_rows; ++r) target_[r] = target(group, r, c);
    return target_;
  }

  // The share of class c in the targets of a vector of rows: given for each class, or by the
  // number of the class.
  Vec<T> classes(int group, int c, int lane) {
    const int end = std::min(lane + kLanes<T>, block_.n_rows);
    if (loss_.kind == LossKind::sparse_categorical_crossentropy) {
      for (int r = lane; r < end; ++r) target_[r] = target(group, r, 0) == T(c) ? 1 : 0;
      return load(target_ + lane);
    }
    for (int r = lane; r < end; ++r) target_[r] = target(group, r, c);
    const T smoothing = T(loss_.label_smoothing);
    return load(target_ + lane) * (1 - smoothing) + smoothing / T(width_);
  }

  // out += sum over the outputs of a group / width
  template <class Error>
  void outputs_errors(int group, const Error& error, double* out) {
    alignas(kVectorBytes) T found[kBlock];
    for (int c = 0; c < width_; ++c) {
      const T *y = output(group, c), *t = targets(group, c);
      for (int v = 0; v < vectors_; ++v) {
        const int lane = v * kLanes<T>;
        store(found + lane, error.value(load(y + lane), load(t + lane)));
      }
      for (int r = 0; r < block_.n_rows; ++r) out[r] += double(found[r]);
    }
    for (int r = 0; r < block_.n_rows; ++r) out[r] /= width_;
  }

  template <class Error>
  void outputs_slopes(int group, const Error& error, const T* factor, T* dy) {
    for (int c = 0; c < width_; ++c, dy += kBlock) {
      const T *y = output(group, c), *t = targets(group, c);
      for (int v = 0; v < vectors_; ++v) {
        const int lane = v * kLanes<T>;
        store(dy + lane, load(factor + lane) * error.slope(load(y + lane), load(t + lane)));
      }
    }
  }

  void quantile_errors(int group, double* out) {
    const int n = static_cast<int>(loss_.quantiles.size());
    for (int c = 0; c < width_; ++c) {
      const T *y = output(group, c), *t = targets(group, c / n);
      const T q = T(loss_.quantiles[c % n]);
      for (int r = 0; r < block_.n_rows; ++r) {
        const T error = t[r] - y[r];
        out[r] += double(error < 0 ? (q - 1) * error : q * error);
      }
    }
    for (int r = 0; r < block_.n_rows; ++r) out[r] /= width_;
  }

  void quantile_slopes(int group, const T* factor, T* dy) {
    const int n = static_cast<int>(loss_.quantiles.size());
    for (int c = 0; c < width_; ++c, dy += kBlock) {
      const T *y = output(group, c), *t = targets(group, c / n);
      const T q = T(loss_.quantiles[c % n]);
      for (int r = 0; r < block_.n_rows; ++r) {
        const T error = t[r] - y[r];
        // 0 where the error is 0; a NaN stays NaN
        dy[r] = factor[r] * (error > 0 ? -q : error < 0 ? 1 - q : error);
      }
    }
  }

  // sum_c t_c (log sum_k exp(y_k) - y_c)
  void logits_errors(int group, double* out) {
    for (int v = 0; v < vectors_; ++v) {
      const int lane = v * kLanes<T>;
      const Vec<T> most = largest(group, lane);
      Vec<T> sum{}, value{};
      for (int c = 0; c < width_; ++c) sum += exponential<T>(load(output(group, c) + lane) - most);
      const Vec<T> all = logarithm<T>(sum);
      for (int c = 0; c < width_; ++c) {
        const Vec<T> t = classes(group, c, lane);
        value += t * (all - (load(output(group, c) + lane) - most));
      }
      keep(value, lane, out);
    }
  }

  // dy_c = exp(y_c) / sum_k exp(y_k) * sum_k t_k - t_c
  void logits_slopes(int group, const T* factor, T* dy) {
    for (int v = 0; v < vectors_; ++v) {
      const int lane = v * kLanes<T>;
      const Vec<T> most = largest(group, lane), f = load(factor + lane);
      Vec<T> sum{}, shares{};
      for (int c = 0; c < width_; ++c) {
        const Vec<T> e = exponential<T>(load(output(group, c) + lane) - most);
        store(dy + c * kBlock + lane, e);
        sum += e;
        shares += classes(group, c, lane);
      }
      for (int c = 0; c < width_; ++c) {
        T* out = dy + c * kBlock + lane;
        store(out, f * (load(out) / sum * shares - classes(group, c, lane)));
      }
    }
  }

  // - sum_c t_c log(clip(y_c / sum_k y_k))
  void probability_errors(int group, double* out) {
    for (int v = 0; v < vectors_; ++v) {
      const int lane = v * kLanes<T>;
      const Vec<T> all = total(group, lane);
      Vec<T> value{};
      for (int c = 0; c < width_; ++c) {
        const Vec<T> p = clipped<T>(load(output(group, c) + lane) / all);
        value -= classes(group, c, lane) * logarithm<T>(p);
      }
      keep(value, lane, out);
    }
  }

  // With p = y / s, s = sum_k y_k, a_c = - t_c / clip(p_c) where p_c is not cut:
  // dy_c = (a_c - sum_k a_k p_k) / s
  void probability_slopes(int group, const T* factor, T* dy) {
    for (int v = 0; v < vectors_; ++v) {
      const int lane = v * kLanes<T>;
      const Vec<T> all = total(group, lane), f = load(factor + lane);
      Vec<T> mean{};
      for (int c = 0; c < width_; ++c) {
        const Vec<T> p = load(output(group, c) + lane) / all;
        const Vec<T> a = -classes(group, c, lane) / clipped<T>(p) * inside<T>(p);
        mean += a * p;
        store(dy + c * kBlock + lane, a);
      }
      for (int c = 0; c < width_; ++c) {
        T* out = dy + c * kBlock + lane;
        store(out, f * ((load(out) - mean) / all));
      }
    }
  }

  Vec<T> largest(int group, int lane) const {
    Vec<T> most = load(output(group, 0) + lane);
    for (int c = 1; c < width_; ++c) {
      const Vec<T> y = load(output(group, c) + lane);
      most = y > most ? y : most;
    }
    return most;
  }

  Vec<T> total(int group, int lane) const {
    Vec<T> sum{};
    for (int c = 0; c < width_; ++c) sum += load(output(group, c) + lane);
    return sum;
  }

  void keep(Vec<T> value, int lane, double* out) const {
    for (int r = 0; r < kLanes<T>; ++r) out[lane + r] = double(value[r]);
  }

  template <class F>
  void row_errors(double* out, F&& f) const {
    for (int r = 0; r < block_.n_rows; ++r) out[r] = f(r);
  }

  // sum_c t_c y_c / (max(|t|, 1e-7) max(|y|, 1e-7)), the norms over the group
  double cosine(int group, int r) const {
    double product = 0, y_square = 0, t_square = 0;
    for (int c = 0; c < width_; ++c) {
      const double y = output(group, c)[r], t = target(group, r, c);
      product += y * t;
      y_square += y * y;
      t_square += t * t;
    }
    const double least = kEpsilon;
    return product / (std::max(std::sqrt(y_square), least) * std::max(std::sqrt(t_square), least));
  }

  // 1 if fewer than k outputs are larger than that of the class meant (k = 1: the first largest)
  double class_found(int group, int r) const {
    const int meant = target_width_ == 1 && sparse() ? int(target(group, r, 0)) : first(group, r);
    const bool top = loss_.kind == LossKind::top_k_categorical_accuracy ||
                     loss_.kind == LossKind::sparse_top_k_categorical_accuracy;
    if (meant < 0 || meant >= width_) return 0;
    int ahead = 0;
    for (int c = 0; c < width_; ++c) {
      const T y = output(group, c)[r], of_meant = output(group, meant)[r];
      ahead += y > of_meant || (!top && y == of_meant && c < meant);
    }
    return ahead < (top ? loss_.k : 1);
  }

  bool sparse() const {
    return loss_.kind == LossKind::sparse_categorical_accuracy ||
           loss_.kind == LossKind::sparse_top_k_categorical_accuracy;
  }

  int first(int group, int r) const {  // the class that the targets name: their first largest
    int best = 0;
    for (int c = 1; c < width_; ++c) {
      if (target(group, r, c) > target(group, r, best)) best = c;
    }
    return best;
  }

  const LossSpec& loss_;
  const Measured<T>& block_;
  const int width_, target_width_, vectors_;
  alignas(kVectorBytes) T target_[kBlock];
};

}  // namespace

template <class T>
WeightedSum loss_sum(const LossSpec& loss, const Measured<T>& measured) {
  Block<T> block(loss, measured);
  WeightedSum result{0, 0};
  double errors[kBlock], weights[kBlock];
  for (int group = 0; group < block.groups(); ++group) {
    block.errors(group, errors);
    block.weights(group, weights);
    for (int r = 0; r < measured.n_rows; ++r) {
      result.sum += weights[r] * errors[r];
      result.weight += weights[r];
    }
  }
  return result;
}

template <class T>
void loss_gradient(const LossSpec& loss, const Measured<T>& measured, double scale, T* dy) {
  Block<T> block(loss, measured);
  double weights[kBlock];
  alignas(kVectorBytes) T factor[kBlock] = {};
  for (int group = 0; group < block.groups(); ++group) {
    block.weights(group, weights);
    for (int r = 0; r < measured.n_rows; ++r) factor[r] = T(weights[r] * scale / loss.mean_over());
    block.slopes(group, factor, dy);
  }
}

WeightedSum reported(const LossSpec& loss, WeightedSum found, std::int64_t n_rows, int outputs) {
  const double n = double(n_rows);
  switch (loss.reduction) {
    case Reduction::sum_over_batch_size:
      return {found.sum / (outputs / loss.width), n};
    case Reduction::sum:
      return {found.sum * n, n};
    case Reduction::mean_with_sample_weight:
      return {found.weight == 0 ? 0 : found.sum / found.weight * n, n};
    case Reduction::metric:
    case Reduction::weighted_metric:
      break;
  }
  return found;
}

template WeightedSum loss_sum(const LossSpec&, const Measured<float>&);
template WeightedSum loss_sum(const LossSpec&, const Measured<double>&);
template void loss_gradient(const LossSpec&, const Measured<float>&, double, float*);
template void loss_gradient(const LossSpec&, const Measured<double>&, double, double*);

}  // namespace rnncomp
