#include "rnncomp/threads.h"

#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rnncomp {
namespace {

using std::chrono::microseconds;

// How long to spin before the kernel's wait, which takes some 50 microseconds to come back from:
// between two calls about as long as Python takes from one epoch to the next, at a barrier only as
// long as threads that have their cores to themselves come apart.
constexpr microseconds kBetweenCalls(150), kAtBarrier(30);

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waits for `value` to leave `seen`: a spin, then the kernel's wait, so that a team that is not in
// use, or that waits for a thread without a core, leaves its cores to others.
void wait_while(const std::atomic<unsigned>& value, unsigned seen, microseconds spinning) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + spinning;
  do {
    for (int spin = 0; spin < 50; ++spin) {
      if (value.load(std::memory_order_acquire) != seen) return;
      pause();
    }
  } while (Clock::now() < end);
  while (value.load(std::memory_order_acquire) == seen) value.wait(seen, std::memory_order_acquire);
}

}  // namespace

Team::Team(int threads) {
  for (int index = 1; index < threads; ++index) {
    workers_.emplace_back([this, index] { serve(index); });
  }
}

Team::~Team() {
  stop_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Team::serve(int index) {
  for (unsigned seen = 0;; ++seen) {
    wait_while(round_, seen, kBetweenCalls);
    if (stop_) return;
    (*work_)(index);
    barrier();
  }
}

void Team::run(const std::function<void(int)>& work) {
  if (workers_.empty()) {
    work(0);
    return;
  }
  work_ = &work;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work(0);
  barrier();
}

void Team::barrier() {
  if (workers_.empty()) return;
  const unsigned phase = phase_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size()) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    phase_.notify_all();
  } else {
    wait_while(phase_, phase, kAtBarrier);
  }
}

}  // namespace rnncomp
