#include "rnncomp/matmul.h"

namespace rnncomp {
namespace {

template <class T>
RNNCOMP_INLINE void add_sums(T* out, const Vec<T> (&sums)[4], int count) {
  if (count == 4) {
    add_sums4(out, sums);
    return;
  }
  T rest[4] = {};
  add_sums4(rest, sums);
  for (int j = 0; j < count; ++j) out[j] += rest[j];
}

}  // namespace

template <class T>
void WeightGradient<T>::copy_row(T* out, const T* row) const {
  for (int v = 0; v < vectors_; ++v) store(out + v * kLanes<T>, load(row + v * kLanes<T>));
}

template <class T>
void WeightGradient<T>::set_a(const T* a, std::ptrdiff_t stride, int rows, const T* below,
                              std::ptrdiff_t below_stride, int below_rows) {
  rows_ = rows + below_rows;
  const int width = vectors_ * kLanes<T>;
  const Groups<kRowsA> groups(rows_);
  T* out = a_;
  for (int group = 0; group < groups.count; ++group) {
    for (int t = 0; t < steps_; ++t) {
      for (int row = groups.first(group); row < groups.first(group + 1); ++row, out += width) {
        copy_row(out, row < rows ? a + t * stride + row * kBlock
                                 : below + t * below_stride + (row - rows) * kBlock);
      }
    }
  }
}

template <class T>
void WeightGradient<T>::multiply(const T* b, std::ptrdiff_t stride, int columns, T* d, int d_stride,
                                 T* bias) {
  const int width = vectors_ * kLanes<T>;
  const Groups<kRowsA> groups(rows_);
  for (int j = 0; j < columns; j += kRowsB) {
    const int count = columns - j < kRowsB ? columns - j : kRowsB;
    pack_b(b + static_cast<std::ptrdiff_t>(j) * kBlock, stride, count, bias ? bias + j : nullptr);
    for (int group = 0; group < groups.count; ++group) {
      const std::ptrdiff_t first = groups.first(group);
      with_size<kRowsA>(groups.first(group + 1) - groups.first(group), [&](auto size) {
        tile<decltype(size)::value>(a_ + first * steps_ * width, d + first * d_stride + j, d_stride,
                                    count);
      });
    }
  }
}

template <class T>
void WeightGradient<T>::pack_b(const T* b, std::ptrdiff_t stride, int count, T* bias) {
  Vec<T> sums[kRowsB] = {};
  T* out = b_;
  for (int t = 0; t < steps_; ++t, b += stride) {
    for (int v = 0; v < vectors_; ++v) {
      for (int j = 0; j < kRowsB; ++j, out += kLanes<T>) {
        const Vec<T> row = j < count ? load(b + j * kBlock + v * kLanes<T>) : Vec<T>{};
        store(out, row);
        sums[j] += row;
      }
    }
  }
  if (bias) add_sums(bias, sums, count);
}

// d[m, j] += sum(a[:, m, :] * b[:, j, :]) for M rows of a and the four packed rows of b
template <class T>
template <int M>
void WeightGradient<T>::tile(const T* a, T* d, int d_stride, int count) const {
  Vec<T> acc[M][kRowsB] = {};
  const T* b = b_;
  const int width = vectors_ * kLanes<T>;
  for (int t = 0; t < steps_; ++t, a += M * width) {
    for (int v = 0; v < vectors_; ++v, b += kRowsB * kLanes<T>) {
      Vec<T> left[M];
#pragma GCC unroll 6
      for (int m = 0; m < M; ++m) left[m] = load(a + m * width + v * kLanes<T>);
#pragma GCC unroll 4
      for (int j = 0; j < kRowsB; ++j) {
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
#pragma GCC unroll 6
  for (int m = 0; m < M; ++m) {
    add_sums(d + static_cast<std::ptrdiff_t>(m) * d_stride, acc[m], count);
  }
}

template <class T>
void rows_product(const T* w, const T* x, int depth, T* out, int rows, int vectors, bool add) {
  product_by_unit<1, T>(
      w, depth, {{x, depth}}, rows, vectors,
      [&](int, int row, int lane)
          RNNCOMP_INLINE_LAMBDA { return add ? load(out + row * kBlock + lane) : Vec<T>{}; },
      [&](const Tile<T>& sums) {
        sums.each([&](int n, int row, int lane)
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
template void rows_product(const float*, const float*, int, float*, int, int, bool);
template void rows_product(const double*, const double*, int, double*, int, int, bool);
template void set_rows(const float*, float*, int, int);
template void set_rows(const double*, double*, int, int);

}  // namespace rnncomp
