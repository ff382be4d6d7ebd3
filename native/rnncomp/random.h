// Random numbers that are a function of where they are used: Philox4x32-10, keyed by the seed.
// Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011).
#pragma once

#include <array>

#include "rnncomp/dims.h"

namespace rnncomp {

using Words = std::array<std::uint32_t, 4>;

inline Words philox(Words counter, std::uint64_t seed) {
  std::uint32_t low = static_cast<std::uint32_t>(seed);
  std::uint32_t high = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t(0xD2511F53) * counter[0];
    const std::uint64_t b = std::uint64_t(0xCD9E8D57) * counter[2];
    counter = {
        static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ low, static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ high, static_cast<std::uint32_t>(a)};
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
  return counter;
}

// Where in a training something is drawn.
struct Noise {
  std::uint64_t seed;
  std::int64_t batch;      // batches trained before
  std::int64_t first_row;  // of the block, in the batch
  int layer;               // in the network; children of a layer count from layer * 16 + 256
};

enum class Purpose { inputs, states };

// factors[k, row] = 0 with probability `share`, else 1 / (1 - share)
//
// It is 0 where word k % 4 of philox([k / 4, row, batch, layer * 2 + purpose]) < share * 2^32.
template <class T>
void draw_factors(const Noise& noise, Purpose purpose, double share, int rows, T* factors) {
  const std::uint64_t limit = static_cast<std::uint64_t>(share * 4294967296.0);
  const T kept = static_cast<T>(1 / (1 - share));
  const auto tag = static_cast<std::uint32_t>(2 * noise.layer + static_cast<int>(purpose));
  for (int k = 0; k < rows; k += 4) {
    for (int r = 0; r < kBlock; ++r) {
      const Words words = philox(
          {static_cast<std::uint32_t>(k / 4), static_cast<std::uint32_t>(noise.first_row + r),
           static_cast<std::uint32_t>(noise.batch), tag},
          noise.seed);
      for (int j = k; j < rows && j < k + 4; ++j) {
        factors[std::size_t(j) * kBlock + r] = words[j - k] < limit ? T(0) : kept;
      }
    }
  }
}

}  // namespace rnncomp
