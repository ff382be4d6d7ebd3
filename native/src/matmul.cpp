#include "rnncomp/matmul.h"

namespace rnncomp {
namespace {

// d[m, j] += sum of the lanes of v[m][j]
template <class T, int M, int N>
RNNCOMP_INLINE void add_sums(T* d, std::ptrdiff_t d_stride, const Vec<T> (*v)[N]) {
  constexpr int kAll = (M * N + kSumsAtOnce<T> - 1) / kSumsAtOnce<T> * kSumsAtOnce<T>;
  Vec<T> all[kAll] = {};
#pragma GCC unroll 24
  for (int k = 0; k < M * N; ++k) all[k] = v[k / N][k % N];
  alignas(64) T sums[kAll];
  store_sums<kAll, T>(sums, all);
  for (int m = 0; m < M; ++m) {
    for (int j = 0; j < N; ++j) d[m * d_stride + j] += sums[m * N + j];
  }
}

}  // namespace

template <class T>
void WeightGradient<T>::set_a(const T* a, std::ptrdiff_t stride, int rows, const T* below,
                              std::ptrdiff_t below_stride, int below_rows) {
  a_ = near(a, stride, rows, copy_);
  below_ = near(below, below_stride, below_rows, copy_ + std::ptrdiff_t(rows) * steps_ * kBlock);
}

// The rows as they lie, or copied together, group by group, where every step is on another page:
// what fetches ahead stops at the end of a page.
template <class T>
typename WeightGradient<T>::Rows WeightGradient<T>::near(const T* a, std::ptrdiff_t stride,
                                                         int rows, T* copy) const {
  constexpr std::ptrdiff_t kPage = 4096 / sizeof(T);
  if (stride < kPage) return {a, stride, kBlock, rows};
  const Groups<kRowsA> groups(rows);
  T* out = copy;
  for (int group = 0; group < groups.count; ++group) {
    const std::ptrdiff_t begin = std::ptrdiff_t(groups.first(group)) * kBlock;
    const std::ptrdiff_t end = std::ptrdiff_t(groups.first(group + 1)) * kBlock;
    for (int t = 0; t < steps_; ++t)
      out = std::copy(a + t * stride + begin, a + t * stride + end, out);
  }
  return {copy, 0, std::ptrdiff_t(steps_) * kBlock, rows};
}

template <class T>
void WeightGradient<T>::multiply(const T* b, std::ptrdiff_t stride, int columns, T* d, int d_stride,
                                 T* bias) {
  const Groups<kRowsB> groups(columns);
  for (int group = 0; group < groups.count; ++group) {
    const int j = groups.first(group);
    with_size<kRowsB>(groups.first(group + 1) - j, [&](auto size) {
      columns_of<decltype(size)::value>(b + static_cast<std::ptrdiff_t>(j) * kBlock, stride, d + j,
                                        d_stride, bias ? bias + j : nullptr);
    });
  }
}

// All rows of a with N rows of b. Few inputs, which would be a tile of few accumulators, are
// multiplied while b is copied.
template <class T>
template <int N>
void WeightGradient<T>::columns_of(const T* b, std::ptrdiff_t stride, T* d, int d_stride, T* bias) {
  constexpr int kFew = kRegisters == 32 ? 3 : 1;
  if (a_.stride && a_.count <= kFew) {
    with_size<kFew>(a_.count, [&](auto size) {
      copy_columns<decltype(size)::value, N>(b, stride, d, d_stride, bias);
    });
  } else {
    copy_columns<0, N>(b, stride, d, d_stride, bias);
    rows_of<N>(a_, d, d_stride);
  }
  rows_of<N>(below_, d + static_cast<std::ptrdiff_t>(a_.count) * d_stride, d_stride);
}

// Copies N rows of b to one stream, adds their sums to `bias`, and multiplies the first M rows of
// a.
template <class T>
template <int M, int N>
void WeightGradient<T>::copy_columns(const T* b, std::ptrdiff_t stride, T* d, int d_stride,
                                     T* bias) {
  Vec<T> sums[M + 1][N] = {};
  const T* a = a_.first;
  T* out = b_;
  for (int t = 0; t < steps_; ++t, a += a_.stride, b += stride) {
    for (int v = 0; v < vectors_; ++v) {
#pragma GCC unroll 6
      for (int j = 0; j < N; ++j, out += kLanes<T>) {
        const Vec<T> row = load(b + j * kBlock + v * kLanes<T>);
        store(out, row);
        sums[M][j] += row;
#pragma GCC unroll 3
        for (int m = 0; m < M; ++m)
          sums[m][j] = fma(load(a + m * kBlock + v * kLanes<T>), row, sums[m][j]);
      }
    }
  }
  if (bias) add_sums<T, 1, N>(bias, 0, sums + M);
  if constexpr (M > 0) add_sums<T, M, N>(d, d_stride, sums);
}

// N columns of b, copied, with all rows of a
template <class T>
template <int N>
void WeightGradient<T>::rows_of(const Rows& a, T* d, int d_stride) const {
  const Groups<kRowsA> groups(a.count);
  for (int group = 0; group < groups.count; ++group) {
    const std::ptrdiff_t first = groups.first(group);
    with_size<kRowsA>(groups.first(group + 1) - first, [&](auto size) {
      constexpr int M = decltype(size)::value;
      tile<M, N>(a.first + first * a.next, a.stride ? a.stride : M * kBlock, d + first * d_stride,
                 d_stride);
    });
  }
}

// d[m, j] += sum(a[:, m, :] * b[:, j, :]) for M rows of a and the N packed rows of b
template <class T>
template <int M, int N>
void WeightGradient<T>::tile(const T* a, std::ptrdiff_t stride, T* d, int d_stride) const {
  Vec<T> acc[M][N] = {};
  const T* b = b_;
  const int width = vectors_ * kLanes<T>;
  for (int t = 0; t < steps_; ++t, a += stride) {
    for (int lane = 0; lane < width; lane += kLanes<T>, b += N * kLanes<T>) {
      Vec<T> left[M];
#pragma GCC unroll 6
      for (int m = 0; m < M; ++m) left[m] = load(a + m * kBlock + lane);
#pragma GCC unroll 6
      for (int j = 0; j < N; ++j) {
        Vec<T> right = load(b + j * kLanes<T>);
        // Without this GCC folds the load into every multiply-add: M loads instead of one.
#if defined(__x86_64__)
        asm("" : "+v"(right));
#endif
#pragma GCC unroll 6
        for (int m = 0; m < M; ++m) acc[m][j] = fma(left[m], right, acc[m][j]);
      }
    }
  }
  add_sums<T, M, N>(d, d_stride, acc);
}

template <class T>
void rows_product(const T* w, const T* x, int depth, T* out, int rows,
                  const std::type_identity_t<Vectors<T>>& vectors, bool add) {
  product_by_unit<1, T>(
      w, depth, {{x, depth}}, rows, vectors,
      [&](int, int row, std::ptrdiff_t lane)
          RNNCOMP_INLINE_LAMBDA { return add ? load(out + row * kBlock + lane) : Vec<T>{}; },
      [&](const Tile<T>& sums) {
        sums.each([&](int n, int row, std::ptrdiff_t lane)
                      RNNCOMP_INLINE_LAMBDA { store(out + row * kBlock + lane, sums.z[n]); });
      });
}

template <class T>
void set_rows(const T* values, T* out, int rows, int vectors) {
  for (int row = 0; row < rows; ++row, out += kBlock) {
    for (int v = 0; v < vectors; ++v) store(out + v * kLanes<T>, broadcast(values[row]));
  }
}

template class WeightGradient<float>;
template class WeightGradient<double>;
template void rows_product(const float*, const float*, int, float*, int, const Vectors<float>&,
                           bool);
template void rows_product(const double*, const double*, int, double*, int, const Vectors<double>&,
                           bool);
template void set_rows(const float*, float*, int, int);
template void set_rows(const double*, double*, int, int);

}  // namespace rnncomp
