// Eight floats at a time, in the instruction set that the including file is compiled for. Everything is in an unnamed
// namespace and inlined: code compiled for AVX2 must never be merged with the same code compiled for any x86-64.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace sotto::engine {
namespace {

using Half = std::uint16_t;  // IEEE binary16 bits

#if defined(__AVX2__)

struct Vec {
  __m256 v;
};
[[gnu::always_inline]] inline Vec zero() { return {_mm256_setzero_ps()}; }
[[gnu::always_inline]] inline Vec splat(float x) { return {_mm256_set1_ps(x)}; }
[[gnu::always_inline]] inline Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
[[gnu::always_inline]] inline Vec load(const Half* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}
[[gnu::always_inline]] inline void store(float* p, Vec a) { _mm256_storeu_ps(p, a.v); }
[[gnu::always_inline]] inline void store(Half* p, Vec a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(a.v, _MM_FROUND_TO_NEAREST_INT));
}
[[gnu::always_inline]] inline Vec add(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec sub(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec mul(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec div(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.v, b.v)}; }
[[gnu::always_inline]] inline Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
[[gnu::always_inline]] inline Vec round(Vec a) {
  return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
// 2^a for integral a in -126..127
[[gnu::always_inline]] inline Vec pow2i(Vec a) {
  const __m256i e = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(a.v), _mm256_set1_epi32(127)), 23);
  return {_mm256_castsi256_ps(e)};
}
[[gnu::always_inline]] inline Vec from_signed_bytes(const std::int8_t* p) {
  return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))))};
}
[[gnu::always_inline]] inline Vec from_bf16(const std::uint16_t* p) {
  const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16))};
}
// Lanes are added in a fixed order: (0+4)+(2+6) and so on.
[[gnu::always_inline]] inline float sum(Vec a) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
[[gnu::always_inline]] inline float half_to_float(Half h) { return _cvtsh_ss(h); }
// a where x > bound, else 0
[[gnu::always_inline]] inline Vec keep_above(Vec a, Vec x, Vec bound) {
  return {_mm256_and_ps(a.v, _mm256_cmp_ps(x.v, bound.v, _CMP_GT_OQ))};
}

// Eight 32-bit integers.
struct Lanes {
  __m256i v;
};
[[gnu::always_inline]] inline Lanes lanes(std::int32_t x) { return {_mm256_set1_epi32(x)}; }
[[gnu::always_inline]] inline Lanes count_from(std::int32_t x) {
  return {_mm256_add_epi32(_mm256_set1_epi32(x), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))};
}
[[gnu::always_inline]] inline Lanes widen(const std::uint8_t* p) {
  return {_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))};
}
[[gnu::always_inline]] inline Lanes operator&(Lanes a, Lanes b) { return {_mm256_and_si256(a.v, b.v)}; }
[[gnu::always_inline]] inline Lanes operator|(Lanes a, Lanes b) { return {_mm256_or_si256(a.v, b.v)}; }
[[gnu::always_inline]] inline Lanes operator>>(Lanes a, int n) { return {_mm256_srli_epi32(a.v, n)}; }
[[gnu::always_inline]] inline Lanes operator<<(Lanes a, int n) { return {_mm256_slli_epi32(a.v, n)}; }
[[gnu::always_inline]] inline Lanes operator>>(Lanes a, Lanes n) { return {_mm256_srlv_epi32(a.v, n.v)}; }
[[gnu::always_inline]] inline Vec to_float(Lanes a) { return {_mm256_cvtepi32_ps(a.v)}; }

#else

struct Vec {
  float v[8];
};
#define SOTTO_LANES(expression)                      \
  Vec r;                                             \
  for (int i = 0; i < 8; ++i) r.v[i] = (expression); \
  return r

inline float half_to_float(Half h) {
  const std::uint32_t sign = static_cast<std::uint32_t>(h & 0x8000U) << 16;
  const std::uint32_t exponent = (h >> 10) & 31U;
  const std::uint32_t mantissa = h & 1023U;
  std::uint32_t bits = 0;
  if (exponent == 31) {
    bits = sign | 0x7F800000U | (mantissa << 13);
  } else if (exponent != 0) {
    bits = sign | ((exponent + 112) << 23) | (mantissa << 13);
  } else {
    const float tiny = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -tiny : tiny;
  }
  float f = 0;
  std::memcpy(&f, &bits, 4);
  return f;
}
inline Half float_to_half(float f) {  // to nearest even
  std::uint32_t bits = 0;
  std::memcpy(&bits, &f, 4);
  const auto sign = static_cast<Half>((bits >> 16) & 0x8000U);
  bits &= 0x7FFFFFFFU;
  if (bits > 0x7F800000U) return static_cast<Half>(sign | 0x7E00U);
  if (bits >= 0x47800000U) return static_cast<Half>(sign | 0x7C00U);
  if (bits < 0x38800000U) {  // subnormal: let the adder round
    float a = 0;
    std::memcpy(&a, &bits, 4);
    a += 0.5F;
    std::uint32_t r = 0;
    std::memcpy(&r, &a, 4);
    return static_cast<Half>(sign | (r - 0x3F000000U));
  }
  const std::uint32_t rounded = bits - 0x38000000U + 0xFFFU + ((bits >> 13) & 1U);
  return static_cast<Half>(sign | (rounded >> 13));
}
inline Vec zero() { return Vec{}; }
inline Vec splat(float x) { SOTTO_LANES(x); }
inline Vec load(const float* p) {
  Vec r;
  std::memcpy(r.v, p, sizeof r.v);  // tensors need not be aligned
  return r;
}
inline Vec load(const Half* p) {
  Half h[8];
  std::memcpy(h, p, sizeof h);
  SOTTO_LANES(half_to_float(h[i]));
}
inline void store(float* p, Vec a) { std::memcpy(p, a.v, sizeof a.v); }
inline void store(Half* p, Vec a) {
  for (int i = 0; i < 8; ++i) p[i] = float_to_half(a.v[i]);
}
inline Vec add(Vec a, Vec b) { SOTTO_LANES(a.v[i] + b.v[i]); }
inline Vec sub(Vec a, Vec b) { SOTTO_LANES(a.v[i] - b.v[i]); }
inline Vec mul(Vec a, Vec b) { SOTTO_LANES(a.v[i] * b.v[i]); }
inline Vec div(Vec a, Vec b) { SOTTO_LANES(a.v[i] / b.v[i]); }
inline Vec max(Vec a, Vec b) { SOTTO_LANES(a.v[i] > b.v[i] ? a.v[i] : b.v[i]); }
inline Vec min(Vec a, Vec b) { SOTTO_LANES(a.v[i] < b.v[i] ? a.v[i] : b.v[i]); }
inline Vec fma(Vec a, Vec b, Vec c) { SOTTO_LANES(a.v[i] * b.v[i] + c.v[i]); }
inline Vec round(Vec a) { SOTTO_LANES(std::nearbyintf(a.v[i])); }
inline Vec pow2i(Vec a) {
  Vec r;
  for (int i = 0; i < 8; ++i) {
    const auto bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(a.v[i]) + 127) << 23;
    std::memcpy(&r.v[i], &bits, 4);
  }
  return r;
}
inline Vec keep_above(Vec a, Vec x, Vec bound) { SOTTO_LANES(x.v[i] > bound.v[i] ? a.v[i] : 0.0F); }
inline Vec from_signed_bytes(const std::int8_t* p) { SOTTO_LANES(static_cast<float>(p[i])); }
inline Vec from_bf16(const std::uint16_t* p) {
  std::uint16_t h[8];
  std::memcpy(h, p, sizeof h);
  Vec r;
  for (int i = 0; i < 8; ++i) {
    const std::uint32_t bits = static_cast<std::uint32_t>(h[i]) << 16;
    std::memcpy(&r.v[i], &bits, 4);
  }
  return r;
}
struct Lanes {
  std::int32_t v[8];
};
#define SOTTO_INTEGER_LANES(expression)              \
  Lanes r;                                           \
  for (int i = 0; i < 8; ++i) r.v[i] = (expression); \
  return r
inline Lanes lanes(std::int32_t x) { SOTTO_INTEGER_LANES(x); }
inline Lanes count_from(std::int32_t x) { SOTTO_INTEGER_LANES(x + i); }
inline Lanes widen(const std::uint8_t* p) { SOTTO_INTEGER_LANES(p[i]); }
inline Lanes operator&(Lanes a, Lanes b) { SOTTO_INTEGER_LANES(a.v[i] & b.v[i]); }
inline Lanes operator|(Lanes a, Lanes b) { SOTTO_INTEGER_LANES(a.v[i] | b.v[i]); }
inline Lanes operator>>(Lanes a, int n) {
  SOTTO_INTEGER_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) >> n));
}
inline Lanes operator<<(Lanes a, int n) {
  SOTTO_INTEGER_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) << n));
}
inline Lanes operator>>(Lanes a, Lanes n) {
  SOTTO_INTEGER_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) >> n.v[i]));
}
inline Vec to_float(Lanes a) { SOTTO_LANES(static_cast<float>(a.v[i])); }
#undef SOTTO_INTEGER_LANES
inline float sum(Vec a) { return ((a.v[0] + a.v[4]) + (a.v[2] + a.v[6])) + ((a.v[1] + a.v[5]) + (a.v[3] + a.v[7])); }
#undef SOTTO_LANES

#endif

[[gnu::always_inline]] inline float largest(Vec a) {
  float lanes[8];
  store(lanes, a);
  float most = lanes[0];
  for (const float lane : lanes) most = lane > most ? lane : most;
  return most;
}

// e^x with a relative error below 2e-7; 0 below -87 (so e^-inf is 0), e^88 above 88.
[[gnu::always_inline]] inline Vec exp(Vec x) {
  const Vec clamped = min(max(x, splat(-87.3F)), splat(88.0F));
  const Vec n = round(mul(clamped, splat(1.44269504F)));
  Vec r = fma(n, splat(-0.693359375F), clamped);  // x - n ln 2, ln 2 in two parts
  r = fma(n, splat(2.12194440e-4F), r);
  Vec p = splat(1.9875691500e-4F);
  p = fma(p, r, splat(1.3981999507e-3F));
  p = fma(p, r, splat(8.3334519073e-3F));
  p = fma(p, r, splat(4.1665795894e-2F));
  p = fma(p, r, splat(1.6666665459e-1F));
  p = fma(p, r, splat(5.0000001201e-1F));
  p = fma(p, mul(r, r), add(r, splat(1.0F)));
  return keep_above(mul(p, pow2i(n)), x, splat(-87.3F));
}

}  // namespace
}  // namespace sotto::engine
