// The multiply-add limit of this machine, in GFLOP/s: `peak float32|float64 threads seconds`.
//
// Independent accumulators in registers and nothing else: no loads, no stores. Prints the best of
// several short stretches, each run by all threads at once.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#if defined(__AVX512F__)
constexpr int kBytes = 64, kAccumulators = 24;
#elif defined(__AVX__)
constexpr int kBytes = 32, kAccumulators = 12;
#else
constexpr int kBytes = 16, kAccumulators = 12;
#endif

using Clock = std::chrono::steady_clock;

template <typename Real>
double multiply_adds(long rounds, Real seed) {
  typedef Real Vector __attribute__((vector_size(kBytes)));
  constexpr int kLanes = kBytes / sizeof(Real);
  Vector sums[kAccumulators];
  for (int i = 0; i < kAccumulators; ++i) sums[i] = Vector{} + seed * (i + 1);
  Vector factor = Vector{} + Real(0.5) * seed, addend = Vector{} + seed;
  for (long r = 0; r < rounds; ++r) {
#pragma GCC unroll 24
    for (int i = 0; i < kAccumulators; ++i) sums[i] = sums[i] * factor + addend;
    asm volatile("" : "+x"(factor), "+x"(addend));  // or the compiler leaves the loop out
  }
  double total = 0;
  for (auto& sum : sums)
    for (int lane = 0; lane < kLanes; ++lane) total += double(sum[lane]);
  return total;
}

template <typename Real>
double gflops(int threads, double seconds) {
  constexpr double kFlops = 2.0 * kAccumulators * (kBytes / sizeof(Real));
  constexpr int kStretches = 8;
  volatile double sink = 0;
  long rounds = 1 << 20;
  auto stretch = [&] {
    std::atomic<int> waiting{threads};
    std::vector<std::thread> crew;
    std::vector<double> ends(threads), starts(threads), totals(threads);
    auto now = [] { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); };
    for (int k = 0; k < threads; ++k)
      crew.emplace_back([&, k] {
        for (--waiting; waiting > 0;) {
        }
        starts[k] = now();
        totals[k] = multiply_adds<Real>(rounds, Real(1));
        ends[k] = now();
      });
    double first = 1e300, last = 0;
    for (int k = 0; k < threads; ++k) {
      crew[k].join();
      first = starts[k] < first ? starts[k] : first;
      last = ends[k] > last ? ends[k] : last;
      sink = sink + totals[k];
    }
    return last - first;
  };
  rounds = long(rounds * seconds / kStretches / stretch()) + 1;
  double best = 0;
  for (int s = 0; s < kStretches; ++s) {
    double rate = kFlops * threads * double(rounds) / stretch() / 1e9;
    best = rate > best ? rate : best;
  }
  return best;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: peak float32|float64 threads seconds\n");
    return 2;
  }
  int threads = std::atoi(argv[2]);
  double seconds = std::atof(argv[3]);
  bool wide = std::strcmp(argv[1], "float64") == 0;
  std::printf("%.2f\n", wide ? gflops<double>(threads, seconds) : gflops<float>(threads, seconds));
}
