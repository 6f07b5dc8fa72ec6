// Products of small matrices of f32 and f16, for attention, in the instruction set of the including file. Every sum
// runs through k in its order, whatever the tile.
#pragma once

#include <cstddef>

#include "ops/packed_simd.h"
#include "ops/simd.h"

namespace sotto::engine {
namespace {

// Sixteen columns at a time, and eight for what is left.
struct Wide {
  using Type = Floats;
  static constexpr std::size_t lanes = 16;
  [[gnu::always_inline]] static Floats none() { return no_floats(); }
  [[gnu::always_inline]] static Floats all(float x) { return floats(x); }
  [[gnu::always_inline]] static Floats at(const float* p) { return floats_at(p); }
  [[gnu::always_inline]] static Floats at(const Half* p) { return halves_at(p); }
};
struct Narrow {
  using Type = Vec;
  static constexpr std::size_t lanes = 8;
  [[gnu::always_inline]] static Vec none() { return zero(); }
  [[gnu::always_inline]] static Vec all(float x) { return splat(x); }
  [[gnu::always_inline]] static Vec at(const float* p) { return load(p); }
  [[gnu::always_inline]] static Vec at(const Half* p) { return load(p); }
};

// R rows by V vectors of C in registers, all of k.
template <class Lanes, int R, int V, class B>
[[gnu::always_inline]] inline void tile_block(std::size_t k, const float* a, std::size_t lda, const B* b,
                                              std::size_t ldb, float* c, std::size_t ldc, bool accumulate) {
  typename Lanes::Type sums[R][V];
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) sums[r][v] = accumulate ? Lanes::at(c + r * ldc + Lanes::lanes * v) : Lanes::none();
  }
  for (std::size_t i = 0; i < k; ++i) {
    typename Lanes::Type row[V];
    for (int v = 0; v < V; ++v) row[v] = Lanes::at(b + i * ldb + Lanes::lanes * v);
    for (int r = 0; r < R; ++r) {
      const auto x = Lanes::all(a[r * lda + i]);
      for (int v = 0; v < V; ++v) sums[r][v] = fma(x, row[v], sums[r][v]);
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) store(c + r * ldc + Lanes::lanes * v, sums[r][v]);
  }
}

// All rows of V vectors: `most` together, then fewer.
template <class Lanes, int most, int V, class B>
[[gnu::always_inline]] inline void tile_columns(std::size_t rows, std::size_t k, const float* a, std::size_t lda,
                                                const B* b, std::size_t ldb, float* c, std::size_t ldc,
                                                bool accumulate) {
  std::size_t r = 0;
  for (; r + most <= rows; r += most) {
    tile_block<Lanes, most, V>(k, a + r * lda, lda, b, ldb, c + r * ldc, ldc, accumulate);
  }
  for (; r + 2 <= rows; r += 2) tile_block<Lanes, 2, V>(k, a + r * lda, lda, b, ldb, c + r * ldc, ldc, accumulate);
  for (; r < rows; ++r) tile_block<Lanes, 1, V>(k, a + r * lda, lda, b, ldb, c + r * ldc, ldc, accumulate);
}

template <class B>
void tile(std::size_t rows, std::size_t n, std::size_t k, const float* a, std::size_t lda, const B* b, std::size_t ldb,
          float* c, std::size_t ldc, bool accumulate) {
  std::size_t j = 0;
  if (rows < 4) {  // wide instead of high, to have enough sums in flight
    for (; j + 64 <= n; j += 64) tile_columns<Wide, 2, 4>(rows, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
  }
  for (; j + 16 * kTileVectors <= n; j += 16 * kTileVectors) {
    tile_columns<Wide, kTileHeight, kTileVectors>(rows, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
  }
  for (; j + 16 <= n; j += 16) tile_columns<Wide, 4, 1>(rows, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
  for (; j < n; j += 8) tile_columns<Narrow, 4, 1>(rows, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
}

}  // namespace
}  // namespace sotto::engine
