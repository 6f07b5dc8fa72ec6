// Sixteen rows at a time, one in each 32-bit lane, for the instruction set that the including file is compiled for:
// AVX512-VNNI, AVX2 or any. Everything is in an unnamed namespace and inlined, as in simd.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "ops/simd.h"

namespace sotto::engine {
namespace {

#define SOTTO_INLINE [[gnu::always_inline]] inline

#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512DQ__)

// Sixteen integers or floats; 64 bytes, four of each row.
struct Ints {
  __m512i v;
};
struct Floats {
  __m512 v;
};
struct Bytes {
  __m512i v;
};
SOTTO_INLINE Floats no_floats() { return {_mm512_setzero_ps()}; }
SOTTO_INLINE Floats floats(float x) { return {_mm512_set1_ps(x)}; }
SOTTO_INLINE Ints ints(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
SOTTO_INLINE Ints shifted(std::int32_t x, unsigned by) { return {_mm512_slli_epi32(_mm512_set1_epi32(x), by)}; }
SOTTO_INLINE Bytes bytes_at(const std::uint8_t* p) { return {_mm512_loadu_si512(p)}; }
SOTTO_INLINE Bytes bytes_of(std::uint8_t x) { return {_mm512_set1_epi8(static_cast<char>(x))}; }
SOTTO_INLINE Bytes operator&(Bytes a, Bytes b) { return {_mm512_and_si512(a.v, b.v)}; }
SOTTO_INLINE Bytes operator|(Bytes a, Bytes b) { return {_mm512_or_si512(a.v, b.v)}; }
// Of 32 bits at a time.
SOTTO_INLINE Bytes operator>>(Bytes a, unsigned n) { return {_mm512_srli_epi32(a.v, n)}; }
SOTTO_INLINE Bytes operator<<(Bytes a, unsigned n) { return {_mm512_slli_epi32(a.v, n)}; }
// sum + the products of four unsigned weights below 128 of each row and the four activations at x.
SOTTO_INLINE Ints dot(Ints sum, Bytes weights, const std::int8_t* x) {
  std::int32_t four = 0;
  std::memcpy(&four, x, 4);
  return {_mm512_dpbusd_epi32(sum.v, weights.v, _mm512_set1_epi32(four))};
}
// The same for signed weights, which signed_weights() made ready; `dot_start` is what the first sum of 32 columns
// begins with, given minus the sum of their activations.
SOTTO_INLINE Ints dot_start(std::int32_t minus_sum) { return shifted(minus_sum, 7); }
SOTTO_INLINE Bytes signed_weights(Bytes a) {
  return {_mm512_xor_si512(a.v, _mm512_set1_epi8(static_cast<char>(0x80)))};
}
SOTTO_INLINE Ints dot_signed(Ints sum, Bytes weights, const std::int8_t* x) { return dot(sum, weights, x); }
SOTTO_INLINE Floats to_floats(Ints a) { return {_mm512_cvtepi32_ps(a.v)}; }
SOTTO_INLINE Floats halves_at(const std::uint8_t* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
SOTTO_INLINE Floats halves_at(const Half* p) { return halves_at(reinterpret_cast<const std::uint8_t*>(p)); }
SOTTO_INLINE Floats unsigned_at(const std::uint8_t* p) {
  return {_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
}
SOTTO_INLINE Floats signed_at(const std::uint8_t* p) {
  return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
}
SOTTO_INLINE Floats times(Floats a, Floats b) { return {_mm512_mul_ps(a.v, b.v)}; }
SOTTO_INLINE Floats fma(Floats a, Floats b, Floats c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
SOTTO_INLINE Floats minus_product(Floats a, Floats b, Floats c) {
  return {_mm512_fnmadd_ps(a.v, b.v, c.v)};
}  // c - a b
SOTTO_INLINE Floats floats_at(const float* p) { return {_mm512_loadu_ps(p)}; }
SOTTO_INLINE void store(float* p, Floats a) { _mm512_storeu_ps(p, a.v); }
SOTTO_INLINE void store(std::uint8_t* p, Bytes a) { _mm512_storeu_si512(p, a.v); }
// A tile of so many times sixteen rows and so many tokens has its sums in registers.
constexpr int kTileRows = 2, kTileTokens = 6;
constexpr int kFewAtOnce = 8;  // tokens beside one group of sixteen rows
// The same of a tile of floats.
constexpr int kTileVectors = 2, kTileHeight = 8;

#elif defined(__AVX2__)

struct Ints {
  __m256i v[2];
};
struct Floats {
  __m256 v[2];
};
struct Bytes {
  __m256i v[2];
};
SOTTO_INLINE Floats no_floats() { return {{_mm256_setzero_ps(), _mm256_setzero_ps()}}; }
SOTTO_INLINE Floats floats(float x) { return {{_mm256_set1_ps(x), _mm256_set1_ps(x)}}; }
SOTTO_INLINE Ints ints(std::int32_t x) { return {{_mm256_set1_epi32(x), _mm256_set1_epi32(x)}}; }
SOTTO_INLINE Ints shifted(std::int32_t x, unsigned by) {
  const __m256i one = _mm256_slli_epi32(_mm256_set1_epi32(x), static_cast<int>(by));
  return {{one, one}};
}
SOTTO_INLINE Bytes bytes_at(const std::uint8_t* p) {
  return {{_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
           _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))}};
}
SOTTO_INLINE Bytes bytes_of(std::uint8_t x) {
  const __m256i one = _mm256_set1_epi8(static_cast<char>(x));
  return {{one, one}};
}
SOTTO_INLINE Bytes operator&(Bytes a, Bytes b) {
  return {{_mm256_and_si256(a.v[0], b.v[0]), _mm256_and_si256(a.v[1], b.v[1])}};
}
SOTTO_INLINE Bytes operator|(Bytes a, Bytes b) {
  return {{_mm256_or_si256(a.v[0], b.v[0]), _mm256_or_si256(a.v[1], b.v[1])}};
}
SOTTO_INLINE Bytes operator>>(Bytes a, unsigned n) {
  return {{_mm256_srli_epi32(a.v[0], static_cast<int>(n)), _mm256_srli_epi32(a.v[1], static_cast<int>(n))}};
}
SOTTO_INLINE Bytes operator<<(Bytes a, unsigned n) {
  return {{_mm256_slli_epi32(a.v[0], static_cast<int>(n)), _mm256_slli_epi32(a.v[1], static_cast<int>(n))}};
}
// Pairs of products stay within 16 bits: 2 x 127 x 127.
SOTTO_INLINE Ints dot(Ints sum, Bytes weights, const std::int8_t* x) {
  std::int32_t four = 0;
  std::memcpy(&four, x, 4);
  const __m256i broadcast = _mm256_set1_epi32(four), ones = _mm256_set1_epi16(1);
  for (int h = 0; h < 2; ++h) {
    sum.v[h] = _mm256_add_epi32(sum.v[h], _mm256_madd_epi16(_mm256_maddubs_epi16(weights.v[h], broadcast), ones));
  }
  return sum;
}
SOTTO_INLINE Ints dot_start(std::int32_t) { return ints(0); }
SOTTO_INLINE Bytes signed_weights(Bytes a) { return a; }
// |w| sign(w) x, as |w| is at most 128 and |x| at most 127.
SOTTO_INLINE Ints dot_signed(Ints sum, Bytes weights, const std::int8_t* x) {
  std::int32_t four = 0;
  std::memcpy(&four, x, 4);
  const __m256i broadcast = _mm256_set1_epi32(four), ones = _mm256_set1_epi16(1);
  for (int h = 0; h < 2; ++h) {
    const __m256i pairs =
        _mm256_maddubs_epi16(_mm256_abs_epi8(weights.v[h]), _mm256_sign_epi8(broadcast, weights.v[h]));
    sum.v[h] = _mm256_add_epi32(sum.v[h], _mm256_madd_epi16(pairs, ones));
  }
  return sum;
}
SOTTO_INLINE Floats to_floats(Ints a) { return {{_mm256_cvtepi32_ps(a.v[0]), _mm256_cvtepi32_ps(a.v[1])}}; }
SOTTO_INLINE Floats halves_at(const std::uint8_t* p) {
  return {{_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
           _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16)))}};
}
SOTTO_INLINE Floats halves_at(const Half* p) { return halves_at(reinterpret_cast<const std::uint8_t*>(p)); }
SOTTO_INLINE Floats unsigned_at(const std::uint8_t* p) {
  return {{_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))),
           _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + 8))))}};
}
SOTTO_INLINE Floats signed_at(const std::uint8_t* p) {
  return {{_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))),
           _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + 8))))}};
}
SOTTO_INLINE Floats times(Floats a, Floats b) {
  return {{_mm256_mul_ps(a.v[0], b.v[0]), _mm256_mul_ps(a.v[1], b.v[1])}};
}
SOTTO_INLINE Floats fma(Floats a, Floats b, Floats c) {
  return {{_mm256_fmadd_ps(a.v[0], b.v[0], c.v[0]), _mm256_fmadd_ps(a.v[1], b.v[1], c.v[1])}};
}
SOTTO_INLINE Floats minus_product(Floats a, Floats b, Floats c) {  // c - a b
  return {{_mm256_fnmadd_ps(a.v[0], b.v[0], c.v[0]), _mm256_fnmadd_ps(a.v[1], b.v[1], c.v[1])}};
}
SOTTO_INLINE Floats floats_at(const float* p) { return {{_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}}; }
SOTTO_INLINE void store(float* p, Floats a) {
  _mm256_storeu_ps(p, a.v[0]);
  _mm256_storeu_ps(p + 8, a.v[1]);
}
SOTTO_INLINE void store(std::uint8_t* p, Bytes a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a.v[0]);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 32), a.v[1]);
}
constexpr int kTileRows = 1, kTileTokens = 3;
constexpr int kFewAtOnce = 4;
constexpr int kTileVectors = 1, kTileHeight = 6;

#else

struct Ints {
  std::int32_t v[16];
};
struct Floats {
  float v[16];
};
struct Bytes {
  std::uint32_t v[16];
};
#define SOTTO_ROWS(Type, expression)                  \
  Type r;                                             \
  for (int i = 0; i < 16; ++i) r.v[i] = (expression); \
  return r
inline Floats no_floats() { return Floats{}; }
inline Floats floats(float x) { SOTTO_ROWS(Floats, x); }
inline Ints ints(std::int32_t x) { SOTTO_ROWS(Ints, x); }
inline Ints shifted(std::int32_t x, unsigned by) { return ints(x * (1 << by)); }
inline Bytes bytes_at(const std::uint8_t* p) {
  Bytes r;
  std::memcpy(r.v, p, sizeof r.v);
  return r;
}
inline Bytes bytes_of(std::uint8_t x) { SOTTO_ROWS(Bytes, x * 0x01010101U); }
inline Bytes operator&(Bytes a, Bytes b) { SOTTO_ROWS(Bytes, a.v[i] & b.v[i]); }
inline Bytes operator|(Bytes a, Bytes b) { SOTTO_ROWS(Bytes, a.v[i] | b.v[i]); }
inline Bytes operator>>(Bytes a, unsigned n) { SOTTO_ROWS(Bytes, a.v[i] >> n); }
inline Bytes operator<<(Bytes a, unsigned n) { SOTTO_ROWS(Bytes, a.v[i] << n); }
inline Ints dot(Ints sum, Bytes weights, const std::int8_t* x) {
  for (int i = 0; i < 16; ++i) {
    std::uint8_t w[4];
    std::memcpy(w, &weights.v[i], 4);
    sum.v[i] += w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3];
  }
  return sum;
}
inline Ints dot_start(std::int32_t) { return ints(0); }
inline Bytes signed_weights(Bytes a) { return a; }
inline Ints dot_signed(Ints sum, Bytes weights, const std::int8_t* x) {
  for (int i = 0; i < 16; ++i) {
    std::int8_t w[4];
    std::memcpy(w, &weights.v[i], 4);
    sum.v[i] += w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3];
  }
  return sum;
}
inline Floats to_floats(Ints a) { SOTTO_ROWS(Floats, static_cast<float>(a.v[i])); }
inline Floats halves_at(const std::uint8_t* p) {
  Half h[16];
  std::memcpy(h, p, sizeof h);
  SOTTO_ROWS(Floats, half_to_float(h[i]));
}
inline Floats halves_at(const Half* p) { return halves_at(reinterpret_cast<const std::uint8_t*>(p)); }
inline Floats unsigned_at(const std::uint8_t* p) { SOTTO_ROWS(Floats, static_cast<float>(p[i])); }
inline Floats signed_at(const std::uint8_t* p) {
  SOTTO_ROWS(Floats, static_cast<float>(static_cast<std::int8_t>(p[i])));
}
inline Floats times(Floats a, Floats b) { SOTTO_ROWS(Floats, a.v[i] * b.v[i]); }
inline Floats fma(Floats a, Floats b, Floats c) { SOTTO_ROWS(Floats, a.v[i] * b.v[i] + c.v[i]); }
inline Floats minus_product(Floats a, Floats b, Floats c) { SOTTO_ROWS(Floats, c.v[i] - a.v[i] * b.v[i]); }
inline Floats floats_at(const float* p) {
  Floats r;
  std::memcpy(r.v, p, sizeof r.v);
  return r;
}
inline void store(float* p, Floats a) { std::memcpy(p, a.v, sizeof a.v); }
inline void store(std::uint8_t* p, Bytes a) { std::memcpy(p, a.v, sizeof a.v); }
constexpr int kTileRows = 1, kTileTokens = 4;
constexpr int kFewAtOnce = 4;
constexpr int kTileVectors = 1, kTileHeight = 4;
#undef SOTTO_ROWS

#endif

#undef SOTTO_INLINE

}  // namespace
}  // namespace sotto::engine
