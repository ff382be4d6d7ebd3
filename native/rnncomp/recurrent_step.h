// One step of a recurrent layer, how states move from step to step, and what a mask makes of them.
#pragma once

#include <algorithm>

#include "rnncomp/activations.h"
#include "rnncomp/matmul.h"

namespace rnncomp {

// One step of one block. Panels without a time letter are of this step.
template <class T>
struct StepForward {
  const T* x;       // (F)
  const T* h_prev;  // (U), or null when it is zero
  const T* c_prev;  // (U), LSTM
  T* h;             // (U)
  T* c;             // (U), LSTM; may be c_prev itself
  T* kept;          // (kept rows)
  Vectors<T> vectors;
  bool keep;          // whether a backward step follows
  T* sums = nullptr;  // (gates x U) where the sums before the activations are left, or null
};

template <class T>
struct StepBackward {
  const T* h_prev;                       // (U)
  const T* c_prev;                       // (U), LSTM
  const T* h;                            // (U)
  T* kept;                               // (kept rows), from the way forward; dz takes its place
  const T* dy;                           // (U), or null when this step's output is not used
  const T* dz_next;                      // (kept rows) of the step after, or null at the last step
  T* dh = nullptr;                       // (U) where dh is to be left, or null
  const T* candidate_factors = nullptr;  // (U) of dropout, GRU without reset_after
  T* carry;  // (U) what flows past the product: dc in an LSTM, z * dh in a GRU
  Vectors<T> vectors = 1;
};

// Panels in the order of the steps, which may be that of time or its reverse.
template <class T>
struct InOrder {
  const T* first;
  std::ptrdiff_t stride;
  const T* at(int t) const { return first + stride * t; }
};

// Where a state goes, step after step: to a panel of its own, or to one of two that take turns.
template <class T>
struct StateSlots {
  T* at;
  std::ptrdiff_t stride;
  bool all;
  T* next() {
    at += stride;
    if (!all) stride = -stride;
    return at;
  }
};

// Gates first .. first + count - 1 of a tile become their activations. `slopes` takes their slopes,
// a panel for each gate, `stride` apart; it is null where nobody reads them.
template <class T>
inline void activate_gates(Activation kind, const Tile<T>& tile, int first, int count, T* slopes,
                           std::size_t stride) {
  if (!slopes) return activate<T>(kind, tile.gate(first), count * tile.size());
  for (int k = 0; k < count; ++k) {
    activate_rows<T>(kind, tile.gate(first + k), tile.units, tile.vectors.count,
                     slopes + k * stride + tile.first * kBlock);
  }
}

template <class T>
void set_or_zero(T* to, const T* from, std::size_t size) {
  if (from) {
    std::copy(from, from + size, to);
  } else {
    std::fill(to, to + size, T(0));
  }
}

// Leaves the dh of a tile for `pass`.
template <class T>
inline void leave_dh(const StepBackward<T>& step, const Tile<T>& dh) {
  dh.each([&](int n, int u, std::ptrdiff_t lane)
              RNNCOMP_INLINE_LAMBDA { store(step.dh + u * kBlock + lane, dh.z[n]); });
}

// Where a mask says that a row has no such step, its states stay:
// now = where(mask, now, before)
template <class T>
void hold(const T* mask, const T* before, T* now, int rows, int vectors) {
  each_vector<T>(rows, vectors, [&](std::size_t at, int lane) RNNCOMP_INLINE_LAMBDA {
    store(now + at, load(mask + lane) != T(0) ? load(now + at) : load(before + at));
  });
}

// With a mask dh may skip steps.
template <class T>
struct Waiting {
  T* dh;     // (U) what skips the step
  T* dy;     // (U) room for dy + dh
  T* all;    // (U) dh of the step
  T* carry;  // (U) of the step after
};

// dy = dy + what skipped the step after
template <class T>
void wait(StepBackward<T>& step, const Waiting<T>& waiting, int units) {
  const std::size_t size = std::size_t(units) * kBlock;
  std::copy(waiting.dh, waiting.dh + size, waiting.dy);
  for (std::size_t k = 0; step.dy && k < size; ++k) waiting.dy[k] += step.dy[k];
  std::copy(step.carry, step.carry + size, waiting.carry);
  step.dy = waiting.dy;
  step.dh = waiting.all;
}

// Where the mask is 0: dz = 0, and dh and, if there is one, dc pass by
template <class T>
void pass(const T* mask, const StepBackward<T>& step, const Waiting<T>& waiting, int units,
          int kept_rows, bool has_c) {
  const Vec<T> zero{};
  each_vector<T>(kept_rows, step.vectors.count,
                 [&](std::size_t at, int lane) RNNCOMP_INLINE_LAMBDA {
                   store(step.kept + at, load(mask + lane) != T(0) ? load(step.kept + at) : zero);
                 });
  each_vector<T>(units, step.vectors.count, [&](std::size_t at, int lane) RNNCOMP_INLINE_LAMBDA {
    const auto is_there = load(mask + lane) != T(0);
    store(waiting.dh + at, is_there ? zero : load(waiting.all + at));
    const Vec<T> passed = has_c ? load(waiting.carry + at) : zero;
    store(step.carry + at, is_there ? load(step.carry + at) : passed);
  });
}

}  // namespace rnncomp
