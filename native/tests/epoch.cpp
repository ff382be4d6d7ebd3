// Times an epoch of training without Python, for work on the kernels:
//
//   epoch_v4 [THREADS [UNITS ...]]
//
// prints a row of CSV for each cell and size: the best epoch of a second in milliseconds, and the
// share of the multiply-adds' limit, measured before, that the products alone make up.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <tuple>

#include "rnncomp/engine.h"
#include "rnncomp/simd.h"

namespace {

using namespace rnncomp;

constexpr int kWindows = 640, kSteps = 50, kBatch = 32;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The best time of `work` within a second, at least three times.
template <class Work>
double best_seconds(Work&& work) {
  double best = 1e300;
  const double end = now() + 1;
  for (int round = 0; round < 3 || now() < end; ++round) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

// Multiply-adds in registers alone, in floating-point operations a second, on one core.
double peak() {
  constexpr int kSums = kRegisters == 32 ? 24 : 12, kRounds = 200000;
  Vec<float> sums[kSums], factor = broadcast(0.5f), addend = broadcast(1.0f);
  for (int i = 0; i < kSums; ++i) sums[i] = broadcast(float(i));
  const double seconds = best_seconds([&] {
    for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 24
      for (int i = 0; i < kSums; ++i) sums[i] = fma(sums[i], factor, addend);
      asm volatile("" : "+x"(factor), "+x"(addend));  // or the compiler leaves the loop out
    }
  });
  volatile float sink = 0;
  for (const Vec<float>& sum : sums) sink = sink + sum[0];
  return 2.0 * kRounds * kSums * kLanes<float> / seconds;
}

std::vector<float> numbers(std::size_t count, double scale) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(scale * (2.0 * rand() / RAND_MAX - 1));
  return values;
}

// An epoch of batches of 32 windows of 50 steps and one feature, with Adam.
double epoch_seconds(Kind kind, int units, int threads) {
  const LayerSpec cell{kind, 1, units, Activation::tanh, Activation::sigmoid, true, true, false};
  const LayerSpec head{Kind::dense,         units, 1,     Activation::linear,
                       Activation::sigmoid, true,  false, false};
  Engine<float> engine({cell, head}, 1, threads);
  auto params = numbers(engine.network().n_params(), 1 / std::sqrt(units));
  const auto base = numbers(kWindows * kSteps, 1), targets = numbers(kWindows, 1);
  std::vector<float> slots(2 * params.size());
  std::vector<std::int64_t> starts(kWindows), rows(kWindows);
  for (int k = 0; k < kWindows; ++k) {
    starts[k] = k * kSteps;
    rows[k] = k * 263 % kWindows;  // shuffled: 263 and the number of windows share no factor
  }
  const std::vector<double> rates(kWindows / kBatch, 1e-3);
  std::vector<double> report(2 * rates.size());
  const Training<float> job{
      {base.data(), starts.data(), kWindows, kSteps, 1},
      {targets.data(), 1, 1},
      {nullptr, 0, 0},
      rows.data(),
      1,
      kWindows,
      kBatch,
      nullptr,
      0,
      0,
      rates.data(),
      {LossKind::mse, Reduction::sum_over_batch_size, 1, 1, false, 0, {}, 0.5, 5},
      {},
      {Rule::adam, 0.9, 0.999, 0, 1e-7, 0, false, false, false, 0, Clip::none, 0}};
  return best_seconds([&] { engine.train(params.data(), slots.data(), job, report.data()); });
}

// Forward, gradients of the states, gradients of the weights.
double operations(int gates, int units) {
  const double product = 2.0 * kWindows * gates * units;
  return product * (2 * kSteps * (1 + units) + (kSteps - 1) * units);
}

}  // namespace

int main(int n_words, char** words) {
  const int threads = n_words > 1 ? std::atoi(words[1]) : 1;
  std::vector<int> sizes;
  for (int k = 2; k < n_words; ++k) sizes.push_back(std::atoi(words[k]));
  if (sizes.empty()) sizes = {8, 32, 50, 128, 256};
  const double limit = threads * peak();
  std::puts("level,cell,units,threads,ms,share");
  for (const auto& [kind, name, gates] :
       {std::tuple{Kind::simple_rnn, "simple_rnn", 1}, std::tuple{Kind::lstm, "lstm", 4},
        std::tuple{Kind::gru, "gru", 3}}) {
    for (const int units : sizes) {
      const double seconds = epoch_seconds(kind, units, threads);
      std::printf(RNNCOMP_LEVEL ",%s,%d,%d,%.3f,%.3f\n", name, units, threads, 1e3 * seconds,
                  operations(gates, units) / seconds / limit);
      std::fflush(stdout);
    }
  }
}
