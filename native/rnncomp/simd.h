// One SIMD vector of the level that this file is compiled for (x86-64-v2, -v3, -v4, NEON).
// Arithmetic, comparisons and selection come from the compilers' vector extensions, the same for
// every level; only fused multiply-add and the sums across lanes are named per instruction set.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "rnncomp/dims.h"

namespace rnncomp {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
inline constexpr int kRegisters = 32;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
inline constexpr int kRegisters = 16;
#else
inline constexpr int kVectorBytes = 16;
#if defined(__ARM_NEON)
inline constexpr int kRegisters = 32;
#else
inline constexpr int kRegisters = 16;
#endif
#endif

// What is read over and over may take so many bytes of the second-level cache. Tuned with 1 MiB
// (Zen 5, AVX-512) and 512 KiB (Zen 3); a smaller cache streams some of it from the third level.
inline constexpr std::size_t kSecondCache = (kVectorBytes == 64 ? 480 : 320) * 1024;

#define RNNCOMP_INLINE [[gnu::always_inline]] inline
#define RNNCOMP_INLINE_LAMBDA __attribute__((always_inline))

template <class T>
struct VecOf;
template <>
struct VecOf<float> {
  typedef float type __attribute__((vector_size(kVectorBytes)));
  typedef std::int32_t bits __attribute__((vector_size(kVectorBytes)));
};
template <>
struct VecOf<double> {
  typedef double type __attribute__((vector_size(kVectorBytes)));
  typedef std::int64_t bits __attribute__((vector_size(kVectorBytes)));
};

template <class T>
using Vec = typename VecOf<T>::type;
template <class T>
using Bits = typename VecOf<T>::bits;

// Lanes L of a vector, and vectors in a block.
template <class T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));
template <class T>
inline constexpr int kBlockVectors = kBlock / kLanes<T>;

// Whether two blocks may go through a layer side by side: where a block is one vector, each weight
// is then loaded for two.
template <class T>
inline constexpr bool kPairs = kBlockVectors<T> == 1;

// The vectors in use of each row of a panel: `count` of them. Those of a block lie side by side,
// the second one of a pair of blocks lies in the panel of the other block, `apart` numbers further
// on.
template <class T>
struct Vectors {
  Vectors(int n, std::ptrdiff_t numbers = kLanes<T>) : count(n), apart(numbers) {}

  // Where vector v begins, in numbers from the first.
  std::ptrdiff_t at(int v) const {
    if constexpr (kPairs<T>) return v * apart;
    return v * kLanes<T>;
  }

  int count;
  std::ptrdiff_t apart;
};

// Calls f(at, lane) for every vector in use of a panel of `rows` rows.
template <class T, class F>
RNNCOMP_INLINE void each_vector(int rows, int vectors, F&& f) {
  for (int row = 0; row < rows; ++row) {
    for (int v = 0; v < vectors; ++v) f(std::size_t(row) * kBlock + v * kLanes<T>, v * kLanes<T>);
  }
}

template <class T>
RNNCOMP_INLINE Vec<T> load(const T* p) {
  return *reinterpret_cast<const Vec<T>*>(p);  // panels are aligned to a vector
}

template <class T>
RNNCOMP_INLINE void store(T* p, Vec<T> v) {
  *reinterpret_cast<Vec<T>*>(p) = v;
}

template <class T>
RNNCOMP_INLINE Vec<T> broadcast(T x) {
  return x - Vec<T>{};  // x - 0 is x for every x, and folds to a load; 0 + x is not, for -0
}

// a * b + c, rounded once where the level has the instruction.
#if defined(__AVX512F__)
RNNCOMP_INLINE Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return _mm512_fmadd_ps(a, b, c);
}
RNNCOMP_INLINE Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return _mm512_fmadd_pd(a, b, c);
}
#elif defined(__AVX2__)
RNNCOMP_INLINE Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return _mm256_fmadd_ps(a, b, c);
}
RNNCOMP_INLINE Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return _mm256_fmadd_pd(a, b, c);
}
#elif defined(__ARM_NEON)
RNNCOMP_INLINE Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
  return vfmaq_f32(c, a, b);
}
RNNCOMP_INLINE Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
  return vfmaq_f64(c, a, b);
}
#else
RNNCOMP_INLINE Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) { return a * b + c; }
RNNCOMP_INLINE Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) { return a * b + c; }
#endif

// The second argument wins where either is NaN, so that NaN in `x` stays.
#if defined(__x86_64__)
#define RNNCOMP_MIN_MAX(T, max_of, min_of)                                                \
  RNNCOMP_INLINE Vec<T> max_keep_nan(Vec<T> bound, Vec<T> x) { return max_of(bound, x); } \
  RNNCOMP_INLINE Vec<T> min_keep_nan(Vec<T> bound, Vec<T> x) { return min_of(bound, x); }
#if defined(__AVX512F__)
RNNCOMP_MIN_MAX(float, _mm512_max_ps, _mm512_min_ps)
RNNCOMP_MIN_MAX(double, _mm512_max_pd, _mm512_min_pd)
#elif defined(__AVX2__)
RNNCOMP_MIN_MAX(float, _mm256_max_ps, _mm256_min_ps)
RNNCOMP_MIN_MAX(double, _mm256_max_pd, _mm256_min_pd)
#else
RNNCOMP_MIN_MAX(float, _mm_max_ps, _mm_min_ps)
RNNCOMP_MIN_MAX(double, _mm_max_pd, _mm_min_pd)
#endif
#undef RNNCOMP_MIN_MAX
#else
template <class V>
RNNCOMP_INLINE V max_keep_nan(V bound, V x) {
  return bound > x ? bound : x;
}
template <class V>
RNNCOMP_INLINE V min_keep_nan(V bound, V x) {
  return bound < x ? bound : x;
}
#endif

// Sums across lanes, several at once: the vectors are folded into each other, so that every
// addition works on whole registers. out[j] = sum of the lanes of v[j], for j = 0..3
#if defined(__AVX2__)
RNNCOMP_INLINE __m128 sum4(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 s = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
}
RNNCOMP_INLINE __m256d sum4(__m256d a, __m256d b, __m256d c, __m256d d) {
  const __m256d ab = _mm256_hadd_pd(a, b);  // a01 b01 a23 b23
  const __m256d cd = _mm256_hadd_pd(c, d);
  return _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
}
#endif
#if defined(__AVX512F__)
RNNCOMP_INLINE __m256d halves(__m512d v) {
  return _mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1));
}
RNNCOMP_INLINE __m256d sum4(__m512d a, __m512d b, __m512d c, __m512d d) {
  return sum4(halves(a), halves(b), halves(c), halves(d));
}

// Quarters a0 + a2, a1 + a3, b0 + b2, b1 + b3.
RNNCOMP_INLINE __m512 add_halves(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
}
// Quarters a0 + a1, a2 + a3, b0 + b1, b2 + b3.
RNNCOMP_INLINE __m512 add_quarters(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xDD));
}
// In each quarter a0 + a2, b0 + b2, a1 + a3, b1 + b3.
RNNCOMP_INLINE __m512 add_alternate(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}
// In each quarter a0 + a2, a1 + a3, b0 + b2, b1 + b3.
RNNCOMP_INLINE __m512 add_pairs(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xEE));
}
RNNCOMP_INLINE __m256 add_pairs(__m256 a, __m256 b) {
  return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xEE));
}

// out[j] = sum of the lanes of v[j], for j = 0..15
RNNCOMP_INLINE __m512 sum16(const Vec<float>* v) {
  const auto four = [v](int j) RNNCOMP_INLINE_LAMBDA {
    return add_quarters(add_halves(v[j], v[j + 4]), add_halves(v[j + 8], v[j + 12]));
  };
  return add_pairs(add_alternate(four(0), four(1)), add_alternate(four(2), four(3)));
}
// out[j] = sum of the lanes of v[j], for j = 0..7
RNNCOMP_INLINE __m256 sum8(const Vec<float>* v) {
  const auto four = [v](int j) RNNCOMP_INLINE_LAMBDA {
    return add_quarters(add_halves(v[j], v[j + 4]), add_halves(v[j + 2], v[j + 6]));
  };
  const __m512 pairs = add_alternate(four(0), four(1));
  return add_pairs(_mm512_castps512_ps256(pairs),
                   _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(pairs), 1)));
}
#endif

// What store_sums takes a multiple of.
template <class T>
inline constexpr int kSumsAtOnce = kVectorBytes == 64 && sizeof(T) == 4 ? 8 : 4;

// out[j] = sum of the lanes of v[j], for j = 0..N-1. Written as a recursion, because GCC keeps an
// array in registers only where every index is a constant.
template <int N, class T>
RNNCOMP_INLINE void store_sums(T* out, const Vec<T>* v) {
  if constexpr (N == 0) {
  } else if constexpr (kSumsAtOnce<T> == 8) {
    constexpr int kDone = N >= 16 ? 16 : 8;
#if defined(__AVX512F__)
    if constexpr (kDone == 16) {
      _mm512_storeu_ps(out, sum16(v));
    } else {
      _mm256_storeu_ps(out, sum8(v));
    }
#endif
    store_sums<N - kDone, T>(out + kDone, v + kDone);
  } else {
#if defined(__AVX2__)
    if constexpr (sizeof(T) == 4) {
      _mm_storeu_ps(out, sum4(v[0], v[1], v[2], v[3]));
    } else {
      _mm256_storeu_pd(out, sum4(v[0], v[1], v[2], v[3]));
    }
#else
    for (int j = 0; j < 4; ++j) {
      out[j] = v[j][0];
      for (int lane = 1; lane < kLanes<T>; ++lane) out[j] += v[j][lane];
    }
#endif
    store_sums<N - 4, T>(out + 4, v + 4);
  }
}

}  // namespace rnncomp
