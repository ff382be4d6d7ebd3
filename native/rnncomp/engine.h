// The arithmetic of one network on many samples: prediction, gradients, and whole runs of batches.
// The calls share their working memory: whoever makes one holds `turn()` meanwhile.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "rnncomp/loss.h"
#include "rnncomp/network.h"
#include "rnncomp/optimizer.h"
#include "rnncomp/penalty.h"
#include "rnncomp/threads.h"

namespace rnncomp {

template <class T>
struct Training {
  Samples<T> samples;
  Targets<T> targets;
  Targets<T> weights;        // (samples, groups of the loss); data is null where all weigh 1
  const std::int64_t* rows;  // (epochs, n_rows) sample numbers in the order of training
  std::int64_t epochs;
  std::int64_t n_rows;
  int batch_size;                // the last batch of an epoch may be short
  T* states;                     // (batch_size, S) carried from batch to batch, or null for zero
  std::uint64_t seed;            // of what dropout draws
  std::int64_t iteration;        // batches trained before
  const double* learning_rates;  // one per batch
  LossSpec loss;
  std::vector<LossSpec> metrics;
  OptimizerSpec optimizer;
  std::vector<Penalty> penalties = {};
};

template <class T>
class Engine {
 public:
  Engine(const std::vector<LayerSpec>& layers, int features, int threads);

  const Network<T>& network() const { return network_; }

  // What to lock around a call. Itself called by one thread at a time (under Python's lock).
  std::mutex& turn();

  // y (n, O)
  void predict(const T* params, const Samples<T>& samples, const Extra<T>& extra, T* y);

  // trace (n, trace_size): all that the layers compute, see Network
  void trace(const T* params, const Samples<T>& samples, const Extra<T>& extra, T* trace);

  // y (n, O), dx (n, T, F), dparams (P), dstates (n, S) from dy (n, O).
  void vjp(const T* params, const Samples<T>& samples, const Extra<T>& extra, const T* dy, T* y,
           T* dx, T* dparams, T* dstates);

  // Trains all batches of `job`; report (batches, 1 + metrics, 2) takes loss and
  // metrics as a sum and the weight to divide it by, which add up over batches.
  void train(T* params, T* slots, const Training<T>& job, double* report);

 private:
  struct Batch;
  // Blocks in a round: each has a gradient of its own until they are added in order.
  static constexpr int kRound = 16;

  Team& team();
  // One block, or two that go side by side, of the samples of a call or batch.
  struct Part;
  // Forward over the samples of a part; leaves their last states where `extra` says.
  Sequence<T> forward_part(const T* params, const Samples<T>& samples, Part& part,
                           Workspace<T>& work);
  // `blocks` of a batch that is trained; 0 to predict
  void prepare(int window, std::int64_t blocks, bool pairs);
  // Whether threads take two blocks of a batch, or of a prediction, at a time
  bool takes_pairs(std::int64_t blocks) const;
  void train_batch(int thread, T* params, T* slots, const Training<T>& job, const Batch& batch);
  double gradient_scale(const Training<T>& job, const Batch& batch) const;
  double mask_factor(const Training<T>& job, const Batch& batch, std::int64_t blocks) const;
  void train_part(int thread, const T* params, const Training<T>& job, const Batch& batch,
                  std::int64_t block, int count);
  void add_round(int thread, std::int64_t first, std::int64_t blocks, T* total);
  void clip(int thread, const OptimizerSpec& spec, T* total);
  void sum_penalties(int thread, const Training<T>& job, const T* params);
  void add_penalties(int thread, const Training<T>& job, const T* params, T* total);

  Network<T> network_;
  int threads_;
  int owner_ = 0;  // the process that made the turn and the team
  std::unique_ptr<std::mutex> turn_;
  std::unique_ptr<Team> team_;
  std::vector<Workspace<T>> work_;
  Buffer<T> packed_;
  Buffer<T> gradients_;  // a sum (P), then the gradients of a round's blocks (up to kRound, P)
  std::vector<WeightedSum> sums_;
  std::vector<double> present_;       // steps of each block that are there
  std::vector<double> penalty_sums_;  // of each piece of each penalty
  std::vector<T> factors_;            // of the weights' gradients, where their norms are clipped
};

}  // namespace rnncomp
