// Packed weights (packed_layout.h) times quantised activations, for the instruction set of the including file. Products
// and their sums are integers, of 32 or 16 neighbouring columns; what belongs to a row is summed in the order of its
// columns, whatever the number of rows, tokens and threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/packed_layout.h"
#include "ops/packed_simd.h"
#include "ops/quantised_rows.h"

namespace sotto::engine {
namespace {

// Codes of four bits and `high` more: the weights of columns 4c to 4c + 3 of 32.
template <int high>
[[gnu::always_inline]] inline Bytes codes_at(const std::uint8_t* p, unsigned c) {
  const Bytes both = bytes_at(p + std::size_t{64} * (c / 2));
  const Bytes low = (c % 2 == 0 ? both : both >> 4) & bytes_of(0x0F);
  if constexpr (high == 0) {
    return low;
  } else {
    constexpr unsigned each = 8 / high;  // of one byte
    const Bytes bits = bytes_at(p + 256 + std::size_t{64} * (c / each));
    const unsigned from = c % each * high;
    return low | ((from <= 4 ? bits << (4 - from) : bits >> (from - 4)) & bytes_of(high == 1 ? 0x10 : 0x30));
  }
}

// sums[t] += the products of columns [4 first, 4 last) of 32.
template <int high, int tokens>
[[gnu::always_inline]] inline void add_products(const std::uint8_t* p, unsigned first, unsigned last,
                                                const std::int8_t* x, std::size_t stride, Ints* sums) {
#pragma GCC unroll 8
  for (unsigned c = first; c < last; ++c) {
    const Bytes weights = codes_at<high>(p, c);
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
      sums[t] = dot(sums[t], weights, x + static_cast<std::size_t>(t) * stride + std::size_t{4} * c);
    }
  }
}

// value = scale (q - 2^offset)
template <int high, unsigned offset>
struct Symmetric {
  static constexpr std::size_t columns = 32, bytes = 256 + 64 * high + 32;
  template <int tokens>
  [[gnu::always_inline]] static void add(const std::uint8_t* p, const QuantisedRows& x, std::size_t block,
                                         Floats* result) {
    Ints sums[tokens];
    for (int t = 0; t < tokens; ++t) sums[t] = shifted(x.minus_sums(t)[block], offset);
    add_products<high, tokens>(p, 0, 8, x.values(0) + block * 32, x.columns, sums);
    const Floats scale = halves_at(p + 256 + 64 * high);
    for (int t = 0; t < tokens; ++t) {
      result[t] = fma(scale, times(to_floats(sums[t]), floats(x.scales(t)[block])), result[t]);
    }
  }
};

// value = scale q + minimum
template <int high>
struct WithMinimum {
  static constexpr std::size_t columns = 32, bytes = 256 + 64 * high + 64;
  template <int tokens>
  [[gnu::always_inline]] static void add(const std::uint8_t* p, const QuantisedRows& x, std::size_t block,
                                         Floats* result) {
    Ints sums[tokens];
    for (int t = 0; t < tokens; ++t) sums[t] = ints(0);
    add_products<high, tokens>(p, 0, 8, x.values(0) + block * 32, x.columns, sums);
    const Floats scale = halves_at(p + 256 + 64 * high), minimum = halves_at(p + 256 + 64 * high + 32);
    for (int t = 0; t < tokens; ++t) {
      result[t] = fma(scale, times(to_floats(sums[t]), floats(x.scales(t)[block])), result[t]);
      result[t] = fma(minimum, floats(x.sums(t)[block]), result[t]);
    }
  }
};

struct EightBits {
  static constexpr std::size_t columns = 32, bytes = 512 + 32;
  template <int tokens>
  [[gnu::always_inline]] static void add(const std::uint8_t* p, const QuantisedRows& x, std::size_t block,
                                         Floats* result) {
    Ints sums[tokens];
    for (int t = 0; t < tokens; ++t) sums[t] = dot_start(x.minus_sums(t)[block]);
#pragma GCC unroll 8
    for (unsigned c = 0; c < 8; ++c) {
      const Bytes weights = bytes_at(p + std::size_t{64} * c);
#pragma GCC unroll 8
      for (int t = 0; t < tokens; ++t) {
        sums[t] = dot_signed(sums[t], weights, x.values(t) + block * 32 + std::size_t{4} * c);
      }
    }
    const Floats scale = halves_at(p + 512);
    for (int t = 0; t < tokens; ++t) {
      result[t] = fma(scale, times(to_floats(sums[t]), floats(x.scales(t)[block])), result[t]);
    }
  }
};

// Eight groups of 32: value = scale group_scale q - minimum group_minimum
template <int high>
struct Grouped {
  static constexpr std::size_t codes = 256 + 64 * high;
  static constexpr std::size_t columns = 256, bytes = 8 * codes + 2 * 128 + 2 * 32;
  template <int tokens>
  [[gnu::always_inline]] static void add(const std::uint8_t* p, const QuantisedRows& x, std::size_t block,
                                         Floats* result) {
    const std::uint8_t* groups = p + 8 * codes;
    Floats totals[tokens], minima[tokens];
    for (int t = 0; t < tokens; ++t) totals[t] = minima[t] = no_floats();
    for (std::size_t g = 0; g < 8; ++g) {
      Ints sums[tokens];
      for (int t = 0; t < tokens; ++t) sums[t] = ints(0);
      add_products<high, tokens>(p + g * codes, 0, 8, x.values(0) + (block + g) * 32, x.columns, sums);
      const Floats scale = unsigned_at(groups + 16 * g), minimum = unsigned_at(groups + 128 + 16 * g);
      for (int t = 0; t < tokens; ++t) {
        totals[t] = fma(scale, times(to_floats(sums[t]), floats(x.scales(t)[block + g])), totals[t]);
        minima[t] = fma(minimum, floats(x.sums(t)[block + g]), minima[t]);
      }
    }
    const Floats scale = halves_at(groups + 256), minimum = halves_at(groups + 288);
    for (int t = 0; t < tokens; ++t) {
      result[t] = minus_product(minimum, minima[t], fma(scale, totals[t], result[t]));
    }
  }
};

// Sixteen groups of 16: value = scale group_scale (q - 32)
struct SixBits {
  static constexpr std::size_t codes = 256 + 128;
  static constexpr std::size_t columns = 256, bytes = 8 * codes + 256 + 32;
  template <int tokens>
  [[gnu::always_inline]] static void add(const std::uint8_t* p, const QuantisedRows& x, std::size_t block,
                                         Floats* result) {
    const std::uint8_t* groups = p + 8 * codes;
    Floats totals[tokens];
    for (int t = 0; t < tokens; ++t) totals[t] = no_floats();
    for (std::size_t g = 0; g < 8; ++g) {
#pragma GCC unroll 2
      for (unsigned half = 0; half < 2; ++half) {
        Ints sums[tokens];
        for (int t = 0; t < tokens; ++t) sums[t] = shifted(x.minus_halves(t)[2 * (block + g) + half], 5);
        add_products<2, tokens>(p + g * codes, 4 * half, 4 * half + 4, x.values(0) + (block + g) * 32, x.columns, sums);
        const Floats scale = signed_at(groups + 32 * g + 16 * half);
        for (int t = 0; t < tokens; ++t) {
          totals[t] = fma(scale, times(to_floats(sums[t]), floats(x.scales(t)[block + g])), totals[t]);
        }
      }
    }
    const Floats scale = halves_at(groups + 256);
    for (int t = 0; t < tokens; ++t) result[t] = fma(scale, totals[t], result[t]);
  }
};

template <class Format, int tokens>
[[gnu::always_inline]] inline void multiply_group(const std::uint8_t* p, const QuantisedRows& x, float* y,
                                                  std::size_t stride) {
  Floats result[tokens];
  for (int t = 0; t < tokens; ++t) result[t] = no_floats();
  for (std::size_t block = 0; block < x.columns / 32; block += Format::columns / 32, p += Format::bytes) {
    Format::template add<tokens>(p, x, block, result);
  }
  for (int t = 0; t < tokens; ++t) store(y + static_cast<std::size_t>(t) * stride, result[t]);
}

template <class Format, int most>
void multiply_packed(const std::uint8_t* groups, std::size_t count, const QuantisedRows& x, std::size_t tokens,
                     float* y, std::size_t stride) {
  const std::size_t bytes = x.columns / Format::columns * Format::bytes;
  for (std::size_t g = 0; g < count; ++g) {
    const std::uint8_t* group = groups + g * bytes;
    float* out = y + g * kPackedRows;
    std::size_t t = 0;
    for (; t + most <= tokens; t += most) multiply_group<Format, most>(group, x.from(t), out + t * stride, stride);
    if constexpr (most > 4) {
      for (; t + 4 <= tokens; t += 4) multiply_group<Format, 4>(group, x.from(t), out + t * stride, stride);
    }
    for (; t + 2 <= tokens; t += 2) multiply_group<Format, 2>(group, x.from(t), out + t * stride, stride);
    for (; t < tokens; ++t) multiply_group<Format, 1>(group, x.from(t), out + t * stride, stride);
  }
}

PackedProduct packed_product_for(TensorType type) {
  switch (type) {
    case TensorType::q4_0:
      return multiply_packed<Symmetric<0, 3>, 4>;
    case TensorType::q4_1:
      return multiply_packed<WithMinimum<0>, 4>;
    case TensorType::q5_0:
      return multiply_packed<Symmetric<1, 4>, 4>;
    case TensorType::q5_1:
      return multiply_packed<WithMinimum<1>, 4>;
    case TensorType::q8_0:
      return multiply_packed<EightBits, 4>;
    case TensorType::q4_k:
      return multiply_packed<Grouped<0>, 4>;
    case TensorType::q5_k:
      return multiply_packed<Grouped<1>, 4>;
    case TensorType::q6_k:
      return multiply_packed<SixBits, 6>;
    default:
      return nullptr;
  }
}

}  // namespace
}  // namespace sotto::engine
