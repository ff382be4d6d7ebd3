#include "rnncomp/engine.h"

#include <unistd.h>

#include <algorithm>

#include "rnncomp/panels.h"
#include "rnncomp/simd.h"

namespace rnncomp {
namespace {

// The part of 0..n-1 that belongs to one of `parts` threads, cut at multiples of a cache line.
struct Range {
  std::size_t begin, end;
};
Range share(std::size_t n, int part, int parts) {
  constexpr std::size_t kStep = 16;
  const std::size_t steps = (n + kStep - 1) / kStep;
  return {std::min(n, steps * part / parts * kStep),
          std::min(n, steps * (part + 1) / parts * kStep)};
}

std::int64_t blocks_of(std::int64_t rows) { return (rows + kBlock - 1) / kBlock; }

// How many steps of the block's rows a mask says are there; -1 without a mask.
template <class T>
double steps_present(const Sequence<T>& out, int n_rows) {
  if (!out.mask) return -1;
  double present = 0;
  for (int t = 0; t < out.steps; ++t) {
    for (int r = 0; r < n_rows; ++r) present += out.mask[t * kBlock + r];
  }
  return present;
}

}  // namespace

template <class T>
struct Engine<T>::Batch {
  std::int64_t index;  // of the batch in this call
  const std::int64_t* rows;
  std::int64_t n_rows;
  int outputs;
  double* report;
  double scale = 0;  // of the gradient of each group's error
};

// Blocks `block` and, with a count of 2, block + 1 of n_rows samples, whose numbers are `rows`.
template <class T>
struct Engine<T>::Part {
  Part(const Network<T>& network, const std::int64_t* rows, std::int64_t n_rows, int window,
       const Extra<T>& all, std::int64_t block, int count)
      : first(block), count(count) {
    for (int b = 0; b < count; ++b) {
      const std::int64_t at = (block + b) * kBlock;
      const int n = static_cast<int>(std::min<std::int64_t>(kBlock, n_rows - at));
      blocks[b] = {rows + b * kBlock, n, all};
      Extra<T>& extra = blocks[b].extra;
      if (extra.states) extra.states += at * network.state_size();
      if (extra.ends) extra.ends += at * network.state_size();
      if (extra.mask) extra.mask += at * window;
      if (!extra.noise) continue;
      noise[b] = *extra.noise;
      noise[b].first_row = at;
      extra.noise = &noise[b];
    }
  }
  Part(const Part&) = delete;

  std::int64_t at(int b) const { return (first + b) * kBlock; }

  std::int64_t first;
  int count;
  BlockRows<T> blocks[2];
  Noise noise[2];
};

template <class T>
Engine<T>::Engine(const std::vector<LayerSpec>& layers, int features, int threads)
    : network_(layers, features), threads_(std::min(threads, kRound)), work_(threads_) {
  packed_.reserve(network_.packed_size());
}

// Threads do not survive a fork: a child leaves the parent's team alone, and the lock that one of
// its threads may have held, and makes its own.
template <class T>
std::mutex& Engine<T>::turn() {
  if (owner_ != getpid()) {
    static_cast<void>(turn_.release());
    static_cast<void>(team_.release());
    turn_ = std::make_unique<std::mutex>();
    owner_ = getpid();
  }
  return *turn_;
}

template <class T>
Team& Engine<T>::team() {
  if (!team_) team_ = std::make_unique<Team>(threads_);
  return *team_;
}

template <class T>
bool Engine<T>::takes_pairs(std::int64_t blocks) const {
  return kPairs<T> && blocks >= 2 * threads_;
}

template <class T>
void Engine<T>::prepare(int window, std::int64_t blocks, bool pairs) {
  for (Workspace<T>& work : work_) network_.prepare(work, window, blocks > 0, pairs);
  const std::int64_t slots = std::min<std::int64_t>(blocks, kRound);
  if (blocks > 0) gradients_.reserve((slots + 1) * network_.n_params());
}

template <class T>
Sequence<T> Engine<T>::forward_part(const T* params, const Samples<T>& samples, Part& part,
                                    Workspace<T>& work) {
  const Sequence<T> out =
      network_.forward(params, packed_.data(), samples, part.blocks, part.count, work);
  for (int b = 0; b < part.count; ++b) {
    const BlockRows<T>& block = part.blocks[b];
    if (!block.extra.ends) continue;
    scatter(work.ends + b * work.pair, block.n_rows, network_.state_size(), block.extra.ends);
  }
  return out;
}

template <class T>
void Engine<T>::predict(const T* params, const Samples<T>& samples, const Extra<T>& extra, T* y) {
  const std::int64_t blocks = blocks_of(samples.n);
  const int stride = takes_pairs(blocks) ? 2 : 1;
  prepare(samples.window, 0, stride == 2);
  const int outputs = network_.outputs(samples.window);
  Team& threads = team();
  threads.run([&](int thread) {
    Workspace<T>& work = work_[thread];
    network_.pack(params, packed_.data(), thread, threads_, false);
    threads.barrier();
    for (std::int64_t block = thread * stride; block < blocks; block += threads_ * stride) {
      const Numbers rows(block * kBlock);
      const int count = static_cast<int>(std::min<std::int64_t>(stride, blocks - block));
      Part part(network_, rows.number, samples.n, samples.window, extra, block, count);
      const Sequence<T> out = forward_part(params, samples, part, work);
      for (int b = 0; b < count; ++b) {
        scatter(out.x + b * work.pair, part.blocks[b].n_rows, outputs, y + part.at(b) * outputs);
      }
    }
  });
}

// For a few windows that somebody looks at: one thread, block after block.
template <class T>
void Engine<T>::trace(const T* params, const Samples<T>& samples, const Extra<T>& extra, T* trace) {
  prepare(samples.window, 0, false);
  const std::size_t size = network_.trace_size(samples.window);
  Buffer<T> panel;
  panel.reserve(size * kBlock);
  network_.pack(params, packed_.data(), 0, 1, false);
  for (std::int64_t block = 0; block < blocks_of(samples.n); ++block) {
    const Numbers rows(block * kBlock);
    Part part(network_, rows.number, samples.n, samples.window, extra, block, 1);
    network_.forward(params, packed_.data(), samples, part.blocks, 1, work_[0], panel.data());
    scatter(panel.data(), part.blocks[0].n_rows, size, trace + part.at(0) * size);
  }
}

// total (P) += the gradients of a round's blocks, in block order, this thread's share of P
template <class T>
void Engine<T>::add_round(int thread, std::int64_t first, std::int64_t blocks, T* total) {
  const std::size_t n_params = network_.n_params();
  const Range range = share(n_params, thread, threads_);
  const int count = static_cast<int>(std::min<std::int64_t>(kRound, blocks - first));
  for (int slot = 0; slot < count; ++slot) {
    const T* gradient = gradients_.data() + (1 + slot) * n_params;
    if (first == 0 && slot == 0) {
      std::copy(gradient + range.begin, gradient + range.end, total + range.begin);
    } else {
      for (std::size_t p = range.begin; p < range.end; ++p) total[p] += gradient[p];
    }
  }
}

// Clips this thread's share of the gradient of a batch; norms are summed by one thread alone, so
// that they are the same for any number of threads.
template <class T>
void Engine<T>::clip(int thread, const OptimizerSpec& spec, T* total) {
  const Range range = share(network_.n_params(), thread, threads_);
  if (spec.clip == Clip::none) return;
  if (spec.clip == Clip::value)
    return clip_values(spec.clip_at, total + range.begin, range.end - range.begin);
  const std::vector<std::size_t>& ends = network_.weight_ends();
  team_->barrier();
  if (thread == 0) clip_factors(spec, ends, total, factors_);
  team_->barrier();
  std::size_t p = range.begin;
  for (std::size_t weight = 0; weight < ends.size(); ++weight) {
    for (; p < std::min(ends[weight], range.end); ++p) total[p] *= factors_[weight];
  }
}

// This thread's share of the pieces of all penalties.
template <class T>
void Engine<T>::sum_penalties(int thread, const Training<T>& job, const T* params) {
  std::size_t sum = 0;
  for (const Penalty& penalty : job.penalties) {
    for (std::size_t piece = 0; piece < pieces_of(penalty); ++piece, ++sum) {
      if (sum % threads_ == std::size_t(thread)) {
        penalty_sums_[sum] = penalty_sum(penalty, piece, params);
      }
    }
  }
}

// total (P) += the gradient of all penalties, this thread's share of P
template <class T>
void Engine<T>::add_penalties(int thread, const Training<T>& job, const T* params, T* total) {
  const Range range = share(network_.n_params(), thread, threads_);
  for (const Penalty& penalty : job.penalties) {
    add_penalty(penalty, params, range.begin, range.end, total);
  }
}

template <class T>
void Engine<T>::vjp(const T* params, const Samples<T>& samples, const Extra<T>& extra, const T* dy,
                    T* y, T* dx, T* dparams, T* dstates) {
  prepare(samples.window, blocks_of(samples.n), false);
  const int outputs = network_.outputs(samples.window);
  const std::size_t inputs = std::size_t(samples.window) * network_.features();
  const std::size_t state_size = network_.state_size();
  const std::int64_t blocks = blocks_of(samples.n);
  std::fill(dparams, dparams + network_.n_params(), T(0));
  Team& threads = team();
  threads.run([&](int thread) {
    Workspace<T>& work = work_[thread];
    network_.pack(params, packed_.data(), thread, threads_, true);
    threads.barrier();
    for (std::int64_t first = 0; first < blocks; first += kRound) {
      for (std::int64_t b = first + thread; b < std::min(blocks, first + kRound); b += threads_) {
        const std::int64_t at = b * kBlock;
        const Numbers rows(at);
        Part part(network_, rows.number, samples.n, samples.window, extra, b, 1);
        const int n_rows = part.blocks[0].n_rows;
        const Sequence<T> out = forward_part(params, samples, part, work);
        scatter(out.x, n_rows, outputs, y + at * outputs);
        rnncomp::turn(dy + at * outputs, n_rows, outputs, work.dy);
        network_.backward(packed_.data(), part.blocks, 1, true,
                          gradients_.data() + (1 + b - first) * network_.n_params(), work);
        scatter(work.dx, n_rows, inputs, dx + at * inputs);
        scatter(work.dstates, n_rows, state_size, dstates + at * state_size);
      }
      threads.barrier();
      add_round(thread, first, blocks, dparams);
      threads.barrier();
    }
  });
}

template <class T>
void Engine<T>::train(T* params, T* slots, const Training<T>& job, double* report) {
  const std::int64_t blocks = blocks_of(std::min<std::int64_t>(job.batch_size, job.n_rows));
  prepare(job.samples.window, blocks, takes_pairs(blocks));
  const int outputs = network_.outputs(job.samples.window);
  const std::size_t columns = 1 + job.metrics.size();
  sums_.resize(blocks * columns);
  present_.resize(blocks);
  std::size_t pieces = 0;
  for (const Penalty& penalty : job.penalties) pieces += pieces_of(penalty);
  penalty_sums_.resize(pieces);
  team().run([&](int thread) {
    std::int64_t k = 0;
    for (std::int64_t epoch = 0; epoch < job.epochs; ++epoch) {
      const std::int64_t* rows = job.rows + epoch * job.n_rows;
      for (std::int64_t at = 0; at < job.n_rows; at += job.batch_size, ++k) {
        Batch batch{k, rows + at, std::min<std::int64_t>(job.batch_size, job.n_rows - at), outputs,
                    report + 2 * k * columns};
        batch.scale = gradient_scale(job, batch);
        train_batch(thread, params, slots, job, batch);
      }
    }
  });
}

// What an error's share in the loss of the batch is multiplied by.
template <class T>
double Engine<T>::gradient_scale(const Training<T>& job, const Batch& batch) const {
  const std::int64_t groups = batch.outputs / job.loss.width;
  if (job.loss.reduction == Reduction::sum) return 1;
  if (job.loss.reduction == Reduction::sum_over_batch_size || !job.weights.data) {
    return 1.0 / (double(batch.n_rows) * groups);
  }
  double weight = 0;
  for (std::int64_t r = 0; r < batch.n_rows; ++r) {
    for (std::int64_t g = 0; g < groups; ++g) weight += job.weights.at(batch.rows[r], g);
  }
  return weight == 0 ? 0 : 1 / weight;
}

// What a batch's gradient is multiplied by where a mask says which steps are there. As in Keras a
// mean over all of them counts those that are there for those that are not, too.
template <class T>
double Engine<T>::mask_factor(const Training<T>& job, const Batch& batch,
                              std::int64_t blocks) const {
  if (present_[0] < 0 || job.loss.reduction == Reduction::sum) return 1;
  double present = 0, weight = 0;
  for (std::int64_t b = 0; b < blocks; ++b) {
    present += present_[b];
    weight += sums_[b * (1 + job.metrics.size())].weight;
  }
  if (job.loss.reduction == Reduction::mean_with_sample_weight) {
    return weight == 0 ? 0 : 1 / (weight * batch.scale);
  }
  if (present == 0) return 0;
  return double(batch.n_rows) * (batch.outputs / job.loss.width) / present;
}

template <class T>
void Engine<T>::train_batch(int thread, T* params, T* slots, const Training<T>& job,
                            const Batch& batch) {
  const std::size_t n_params = network_.n_params();
  const std::int64_t blocks = blocks_of(batch.n_rows);
  T* total = gradients_.data();
  network_.pack(params, packed_.data(), thread, threads_, true);
  sum_penalties(thread, job, params);
  team_->barrier();
  const int stride = takes_pairs(blocks) ? 2 : 1;
  for (std::int64_t first = 0; first < blocks; first += kRound) {
    const std::int64_t end = std::min(blocks, first + kRound);
    for (std::int64_t b = first + thread * stride; b < end; b += threads_ * stride) {
      const int count = static_cast<int>(std::min<std::int64_t>(stride, end - b));
      train_part(thread, params, job, batch, b, count);
    }
    team_->barrier();
    add_round(thread, first, blocks, total);
    if (first + kRound < blocks) team_->barrier();
  }
  const double factor = mask_factor(job, batch, blocks);
  const Range range = share(n_params, thread, threads_);
  if (factor != 1) {
    for (std::size_t p = range.begin; p < range.end; ++p) total[p] *= static_cast<T>(factor);
  }
  add_penalties(thread, job, params, total);
  clip(thread, job.optimizer, total);
  update(job.optimizer, job.iteration + batch.index, job.learning_rates[batch.index],
         total + range.begin, params + range.begin,
         Slots<T>{slots ? slots + range.begin : nullptr, n_params}, range.end - range.begin);
  if (thread == 0) {
    const std::size_t columns = 1 + job.metrics.size();
    for (std::size_t column = 0; column < columns; ++column) {
      WeightedSum total_sum{0, 0};
      for (std::int64_t b = 0; b < blocks; ++b) {
        total_sum.sum += sums_[b * columns + column].sum;
        total_sum.weight += sums_[b * columns + column].weight;
      }
      const LossSpec& loss = column == 0 ? job.loss : job.metrics[column - 1];
      const WeightedSum mean = reported(loss, total_sum, batch.n_rows, batch.outputs);
      batch.report[2 * column] = mean.sum;
      batch.report[2 * column + 1] = mean.weight;
    }
    if (job.loss.reduction == Reduction::sum_over_batch_size) batch.report[0] *= factor;
    double penalty = 0;
    for (const double sum : penalty_sums_) penalty += sum;
    batch.report[0] += penalty * batch.n_rows;  // as often as the batch has samples
  }
  team_->barrier();
}

template <class T>
void Engine<T>::train_part(int thread, const T* params, const Training<T>& job, const Batch& batch,
                           std::int64_t first, int count) {
  Workspace<T>& work = work_[thread];
  const Noise noise{job.seed, job.iteration + batch.index, 0, 0};
  Part part(network_, batch.rows + first * kBlock, batch.n_rows, job.samples.window,
            {job.states, nullptr, job.states, &noise}, first, count);
  const Sequence<T> out = forward_part(params, job.samples, part, work);
  for (int b = 0; b < count; ++b) {
    const BlockRows<T>& block = part.blocks[b];
    const T* mask = out.mask ? out.mask + b * work.pair : nullptr;
    const Measured<T> measured{out.x + b * work.pair, job.targets,   job.weights, block.rows,
                               block.n_rows,          batch.outputs, mask};
    present_[first + b] = steps_present<T>({nullptr, mask, out.steps}, block.n_rows);
    WeightedSum* sums = sums_.data() + (first + b) * (1 + job.metrics.size());
    *sums++ = loss_sum(job.loss, measured);
    for (const LossSpec& metric : job.metrics) *sums++ = loss_sum(metric, measured);
    loss_gradient(job.loss, measured, batch.scale, work.dy + b * work.pair);
  }
  network_.backward(packed_.data(), part.blocks, count, false,
                    gradients_.data() + (1 + first % kRound) * network_.n_params(), work);
}

template class Engine<float>;
template class Engine<double>;

}  // namespace rnncomp
