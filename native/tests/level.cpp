// Trains and predicts with every layer, to hold one level against another:
//
//   level_v3 write FILE     writes all results
//   level_v4 compare FILE   says how far its own are from them
//
// As the only process of an emulated machine it compares /results, and switches the machine off.
#include <sys/io.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "rnncomp/engine.h"
#include "rnncomp/predictor.h"

namespace {

using namespace rnncomp;

constexpr int kOutputs = 2;

// The file of results, and what was seen while writing or comparing it.
struct Results {
  std::FILE* file;
  bool compare;
  int networks = 0, failures = 0;
  double largest = 0;                           // difference, as a part of what is allowed
  std::uint64_t bytes = 14695981039346656037u;  // FNV-1a of all results
};

// How many times steps_bound of tests/tolerance.py are allowed, as the suite allows them.
constexpr int kOutput = 1, kGradient = 2, kStateGradient = 6;

template <class T>
void check(Results& results, const char* network, const char* what, int times, int window,
           const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  for (std::size_t k = 0; k < values.size() * sizeof(T); ++k)
    results.bytes = (results.bytes ^ bytes[k]) * 1099511628211u;
  if (!results.compare) {
    std::fwrite(values.data(), sizeof(T), values.size(), results.file);
    return;
  }
  std::vector<T> expected(values.size());
  const bool read =
      std::fread(expected.data(), sizeof(T), expected.size(), results.file) == expected.size();
  double off = 0, magnitude = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double error = std::abs(double(values[k]) - double(expected[k]));
    off = error <= off ? off : error;  // NaN stays
    magnitude = std::max(magnitude, std::abs(double(expected[k])));
  }
  const double steps_bound = 8 + std::sqrt(window);
  const double both = 2;  // either level may be as far from the truth as the suite allows
  const double allowed = both * times * steps_bound * std::numeric_limits<T>::epsilon() * magnitude;
  if (read && off <= allowed) {
    if (off > 0) results.largest = std::max(results.largest, off / allowed);
    return;
  }
  ++results.failures;
  std::printf("%s: %s off by %.3g, allowed %.3g\n", network, what, off, allowed);
}

// count numbers in -scale .. scale from a linear congruential generator
template <class T>
std::vector<T> numbers(std::size_t count, double scale) {
  static std::uint64_t state = 1;
  std::vector<T> values(count);
  for (T& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<T>(scale * (static_cast<double>(state >> 11) / 0x1p52 - 1));
  }
  return values;
}

struct Problem {
  const char* name;  // of the recurrent layer
  Kind kind;
  bool reset_after;
  int units, features, window, samples;
};

// The recurrent layer on whole sequences, a dense layer on each step, the recurrent layer with
// other activations, and the outputs.
std::vector<LayerSpec> layers_of(const Problem& p) {
  const int between = p.units / 2 + 3;
  const LayerSpec below{p.kind, p.features,    p.units, Activation::tanh, Activation::sigmoid,
                        true,   p.reset_after, true};
  const LayerSpec dense{Kind::dense,         p.units, between, Activation::relu,
                        Activation::sigmoid, true,    false,   false};
  const LayerSpec above{
      p.kind, between,       p.units + 2, Activation::sigmoid, Activation::hard_sigmoid,
      true,   p.reset_after, false};
  const LayerSpec head{Kind::dense,         p.units + 2, kOutputs, Activation::linear,
                       Activation::sigmoid, true,        false,    false};
  return {below, dense, above, head};
}

template <class T>
void run(Results& results, const Problem& p) {
  ++results.networks;
  char name[80];
  std::snprintf(name, sizeof name, "%s, float%zu, units %d, samples %d", p.name, 8 * sizeof(T),
                p.units, p.samples);
  const auto verify = [&](const char* what, int times, const std::vector<T>& values) {
    check(results, name, what, times, p.window, values);
  };
  const auto layers = layers_of(p);
  Engine<T> engine(layers, p.features, 1);
  const std::size_t n = p.samples, n_params = engine.network().n_params();
  const int state_size = engine.network().state_size();
  auto params = numbers<T>(n_params, 1 / std::sqrt(p.units + 3));
  const auto base = numbers<T>((n + p.window) * p.features, 1);
  const auto dy = numbers<T>(n * kOutputs, 1), states = numbers<T>(n * state_size, 1);
  std::vector<std::int64_t> starts(n);
  for (std::size_t k = 0; k < n; ++k) starts[k] = k;
  const Samples<T> windows{base.data(), starts.data(), p.samples, p.window, p.features};

  std::vector<T> y(n * kOutputs), dx(n * p.window * p.features), dparams(n_params);
  std::vector<T> dstates(states.size());
  engine.predict(params.data(), windows, {}, y.data());
  verify("y", kOutput, y);
  engine.vjp(params.data(), windows, {.states = states.data()}, dy.data(), y.data(), dx.data(),
             dparams.data(), dstates.data());
  verify("y from states", kOutput, y);
  verify("input gradients", kGradient, dx);
  verify("weight gradients", kGradient, dparams);
  verify("state gradients", kStateGradient, dstates);

  Predictor<T> predictor(layers, p.features, p.window, params.data());
  for (std::size_t k = 0; k < n; ++k)
    predictor.predict(&base[k * p.features], &states[k * state_size], &y[k * kOutputs]);
  verify("y of one window", kOutput, y);

  // Adam's usual epsilon would turn the rounding of a gradient near zero into a whole step.
  const OptimizerSpec adam{Rule::adam, 0.9,   0.999, 0, 1e-2,       0,
                           false,      false, false, 0, Clip::none, 0};
  std::vector<T> slots(2 * n_params);
  const std::vector<double> rates{0.01, 0.005, 0.002};
  std::vector<double> report(2 * rates.size());
  const Training<T> job{
      windows,
      {dy.data(), kOutputs, 1},
      {nullptr, 0, 0},
      starts.data(),
      1,
      p.samples,
      (p.samples + 2) / 3,
      nullptr,
      0,
      0,
      rates.data(),
      {LossKind::mse, Reduction::sum_over_batch_size, kOutputs, 1, false, 0, {}, 0.5, 5},
      {},
      adam};
  engine.train(params.data(), slots.data(), job, report.data());
  verify("trained weights", kGradient, params);
  verify("slots", kGradient, slots);
  verify("losses", kGradient, {report.begin(), report.end()});
}

void run_all(Results& results) {
  const std::array<Problem, 4> cells{{{"simple_rnn", Kind::simple_rnn, false, 0, 0, 0, 0},
                                      {"lstm", Kind::lstm, false, 0, 0, 0, 0},
                                      {"gru", Kind::gru, true, 0, 0, 0, 0},
                                      {"gru without reset_after", Kind::gru, false, 0, 0, 0, 0}}};
  for (Problem problem : cells) {
    for (problem.units = 1; problem.units < 100; problem.units = 3 * problem.units + 4) {
      problem.samples = 3;
      for (; problem.units * problem.samples < 3000 && problem.samples < 120;
           problem.samples = 6 * problem.samples - 1) {
        problem.features = problem.units % 2 + 2;
        problem.window = problem.samples % 5 + 4;
        run<float>(results, problem);
        run<double>(results, problem);
      }
    }
  }
}

[[noreturn]] void switch_off() {
  sleep(1);  // what was printed is on its way
  iopl(3);
  for (const char letter : {'S', 'h', 'u', 't', 'd', 'o', 'w', 'n'}) outb(letter, 0x8900);
  for (;;) pause();
}

}  // namespace

int main(int n_words, char** words) {
  const bool alone = getpid() == 1;  // where words are the kernel's
  const bool compare = alone || (n_words == 3 && std::strcmp(words[1], "compare") == 0);
  const char* path = alone ? "/results" : n_words == 3 ? words[2] : "";
  Results results{std::fopen(path, compare ? "rb" : "wb"), compare};
  if (!results.file) {
    std::fprintf(stderr, "use: %s write|compare FILE\n", words[0]);
    return 2;
  }
  run_all(results);
  const bool passed = std::fclose(results.file) == 0 && results.failures == 0;
  std::printf(RNNCOMP_LEVEL " %s: %d networks, bytes %016llx",
              passed ? (compare ? "passed" : "written") : "FAILED", results.networks,
              static_cast<unsigned long long>(results.bytes));
  if (compare) std::printf(", largest difference %.2f of allowed", results.largest);
  std::puts("");
  std::fflush(stdout);
  if (alone) switch_off();
  return passed ? 0 : 1;
}
