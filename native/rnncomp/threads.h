// A team of threads that run one function together and meet at barriers.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace rnncomp {

class Team {
 public:
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Runs work(0) here and work(1..size-1) on the other threads; returns when all are done.
  // `work` must not throw.
  void run(const std::function<void(int)>& work);

  // Called by every thread inside run: nobody goes on before all have come.
  void barrier();

 private:
  void serve(int index);

  std::vector<std::thread> workers_;
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<unsigned> round_{0};
  std::atomic<unsigned> phase_{0};
  std::atomic<int> arrived_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace rnncomp
