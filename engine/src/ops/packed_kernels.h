// Packed weights (packed_layout.h) times quantised activations, for the instruction set of the including file. Products
// and their sums are integers, of 32 or 16 neighbouring columns; what belongs to a row is summed in the order of its
// columns, whatever the number of rows, tokens and threads.
//
// A format's formula, `add`, stands once and reads its weights through a source: PackedSource, as they stand in memory,
// or PanelSource (panel_kernels.h), spread for many tokens beforehand. Both give the same bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ops/packed_layout.h"
#include "ops/packed_simd.h"
#include "ops/quantised_rows.h"

namespace sotto::engine {
namespace {

// Codes of four bits and `high` more: the weights of columns 4c to 4c + 3 of 32.
template <int high>
[[gnu::always_inline]] inline Bytes codes_at(const std::uint8_t* p, std::size_t c) {
  const Bytes both = bytes_at(p + 64 * (c / 2));
  const Bytes low = (c % 2 == 0 ? both : both >> 4) & bytes_of(0x0F);
  if constexpr (high == 0) {
    return low;
  } else {
    constexpr std::size_t each = 8 / high;  // of one byte
    const Bytes bits = bytes_at(p + 256 + 64 * (c / each));
    const auto from = static_cast<unsigned>(c % each * high);
    return low | ((from <= 4 ? bits << (4 - from) : bits >> (from - 4)) & bytes_of(high == 1 ? 0x10 : 0x30));
  }
}

// sums[t][r] += the products of 4 `count` columns of the unit from column 4 `first` on, which is x[0].
template <class Format, std::size_t count, int rows, int tokens, class Source>
[[gnu::always_inline]] inline void add_products(const Source& source, std::size_t first, const std::int8_t* x,
                                                std::size_t stride, Ints (&sums)[tokens][rows]) {
#pragma GCC unroll 8
  for (std::size_t c = 0; c < count; ++c) {
    Bytes weights[rows];
    for (int r = 0; r < rows; ++r) weights[r] = source.codes(r, first + c);
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
      const std::int8_t* four = x + static_cast<std::size_t>(t) * stride + 4 * c;
      for (int r = 0; r < rows; ++r) {
        sums[t][r] = Format::is_signed ? dot_signed(sums[t][r], weights[r], four) : dot(sums[t][r], weights[r], four);
      }
    }
  }
}

// result[t][r] += scale[r] x_scale[t] sums[t][r]
template <int rows, int tokens>
[[gnu::always_inline]] inline void add_scaled(const Floats (&scale)[rows], const QuantisedRows& x, std::size_t block,
                                              const Ints (&sums)[tokens][rows], Floats (&result)[tokens][rows]) {
  for (int t = 0; t < tokens; ++t) {
    const Floats x_scale = floats(x.scales(t)[block]);
    for (int r = 0; r < rows; ++r) {
      result[t][r] = fma(scale[r], times(to_floats(sums[t][r]), x_scale), result[t][r]);
    }
  }
}

template <int rows, class Source>
[[gnu::always_inline]] inline void read_scales(const Source& source, std::size_t i, Floats (&scale)[rows]) {
  for (int r = 0; r < rows; ++r) scale[r] = source.scale(r, i);
}

// Each format: `columns` and `bytes` of a unit of 16 rows; codes(p, c) of columns 4c to 4c + 3 and scale(p, i), which
// is less than `scales`, of the unit at p; add() of a unit's products, `block` the number of its first 32 columns.

// value = scale (q - 2^offset)
template <int high, unsigned offset>
struct Symmetric {
  static constexpr std::size_t columns = 32, bytes = 256 + 64 * high + 32, scales = 1;
  static constexpr bool is_signed = false;
  [[gnu::always_inline]] static Bytes codes(const std::uint8_t* p, std::size_t c) { return codes_at<high>(p, c); }
  [[gnu::always_inline]] static Floats scale(const std::uint8_t* p, std::size_t) {
    return halves_at(p + 256 + 64 * high);
  }
  template <int rows, int tokens, class Source>
  [[gnu::always_inline]] static void add(const Source& source, const QuantisedRows& x, std::size_t block,
                                         Floats (&result)[tokens][rows]) {
    Ints sums[tokens][rows];
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) sums[t][r] = shifted(x.minus_sums(t)[block], offset);
    }
    add_products<Symmetric, 8>(source, 0, x.values(0) + block * 32, x.columns, sums);
    Floats scale[rows];
    read_scales(source, 0, scale);
    add_scaled(scale, x, block, sums, result);
  }
};

// value = scale q + minimum
template <int high>
struct WithMinimum {
  static constexpr std::size_t columns = 32, bytes = 256 + 64 * high + 64, scales = 2;
  static constexpr bool is_signed = false;
  [[gnu::always_inline]] static Bytes codes(const std::uint8_t* p, std::size_t c) { return codes_at<high>(p, c); }
  [[gnu::always_inline]] static Floats scale(const std::uint8_t* p, std::size_t i) {
    return halves_at(p + 256 + 64 * high + 32 * i);
  }
  template <int rows, int tokens, class Source>
  [[gnu::always_inline]] static void add(const Source& source, const QuantisedRows& x, std::size_t block,
                                         Floats (&result)[tokens][rows]) {
    Ints sums[tokens][rows];
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) sums[t][r] = ints(0);
    }
    add_products<WithMinimum, 8>(source, 0, x.values(0) + block * 32, x.columns, sums);
    Floats scale[rows], minimum[rows];
    read_scales(source, 0, scale);
    add_scaled(scale, x, block, sums, result);
    read_scales(source, 1, minimum);
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) result[t][r] = fma(minimum[r], floats(x.sums(t)[block]), result[t][r]);
    }
  }
};

struct EightBits {
  static constexpr std::size_t columns = 32, bytes = 512 + 32, scales = 1;
  static constexpr bool is_signed = true;
  [[gnu::always_inline]] static Bytes codes(const std::uint8_t* p, std::size_t c) {
    return signed_weights(bytes_at(p + 64 * c));
  }
  [[gnu::always_inline]] static Floats scale(const std::uint8_t* p, std::size_t) { return halves_at(p + 512); }
  template <int rows, int tokens, class Source>
  [[gnu::always_inline]] static void add(const Source& source, const QuantisedRows& x, std::size_t block,
                                         Floats (&result)[tokens][rows]) {
    Ints sums[tokens][rows];
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) sums[t][r] = dot_start(x.minus_sums(t)[block]);
    }
    add_products<EightBits, 8>(source, 0, x.values(0) + block * 32, x.columns, sums);
    Floats scale[rows];
    read_scales(source, 0, scale);
    add_scaled(scale, x, block, sums, result);
  }
};

// Eight groups of 32: value = scale group_scale q - minimum group_minimum
template <int high>
struct Grouped {
  static constexpr std::size_t codes_bytes = 256 + 64 * high;
  static constexpr std::size_t columns = 256, bytes = 8 * codes_bytes + 2 * 128 + 2 * 32, scales = 18;
  static constexpr bool is_signed = false;
  [[gnu::always_inline]] static Bytes codes(const std::uint8_t* p, std::size_t c) {
    return codes_at<high>(p + c / 8 * codes_bytes, c % 8);
  }
  [[gnu::always_inline]] static Floats scale(const std::uint8_t* p, std::size_t i) {
    const std::uint8_t* groups = p + 8 * codes_bytes;
    return i < 16 ? unsigned_at(groups + 16 * i) : halves_at(groups + 256 + 32 * (i - 16));
  }
  template <int rows, int tokens, class Source>
  [[gnu::always_inline]] static void add(const Source& source, const QuantisedRows& x, std::size_t block,
                                         Floats (&result)[tokens][rows]) {
    Floats totals[tokens][rows], minima[tokens][rows], scale[rows], minimum[rows];
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) totals[t][r] = minima[t][r] = no_floats();
    }
    for (std::size_t g = 0; g < 8; ++g) {
      Ints sums[tokens][rows];
      for (int t = 0; t < tokens; ++t) {
        for (int r = 0; r < rows; ++r) sums[t][r] = ints(0);
      }
      add_products<Grouped, 8>(source, 8 * g, x.values(0) + (block + g) * 32, x.columns, sums);
      read_scales(source, g, scale);
      add_scaled(scale, x, block + g, sums, totals);
    }
    // After them, so that fewer sums are held at a time.
    for (std::size_t g = 0; g < 8; ++g) {
      read_scales(source, 8 + g, minimum);
      for (int t = 0; t < tokens; ++t) {
        for (int r = 0; r < rows; ++r) minima[t][r] = fma(minimum[r], floats(x.sums(t)[block + g]), minima[t][r]);
      }
    }
    read_scales(source, 16, scale);
    read_scales(source, 17, minimum);
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) {
        result[t][r] = minus_product(minimum[r], minima[t][r], fma(scale[r], totals[t][r], result[t][r]));
      }
    }
  }
};

// Sixteen groups of 16: value = scale group_scale (q - 32)
struct SixBits {
  static constexpr std::size_t codes_bytes = 256 + 128;
  static constexpr std::size_t columns = 256, bytes = 8 * codes_bytes + 256 + 32, scales = 17;
  static constexpr bool is_signed = false;
  [[gnu::always_inline]] static Bytes codes(const std::uint8_t* p, std::size_t c) {
    return codes_at<2>(p + c / 8 * codes_bytes, c % 8);
  }
  [[gnu::always_inline]] static Floats scale(const std::uint8_t* p, std::size_t i) {
    const std::uint8_t* groups = p + 8 * codes_bytes;
    return i < 16 ? signed_at(groups + 16 * i) : halves_at(groups + 256);
  }
  template <int rows, int tokens, class Source>
  [[gnu::always_inline]] static void add(const Source& source, const QuantisedRows& x, std::size_t block,
                                         Floats (&result)[tokens][rows]) {
    Floats totals[tokens][rows], scale[rows];
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) totals[t][r] = no_floats();
    }
    for (std::size_t g = 0; g < 8; ++g) {
#pragma GCC unroll 2
      for (std::size_t half = 0; half < 2; ++half) {
        Ints sums[tokens][rows];
        for (int t = 0; t < tokens; ++t) {
          for (int r = 0; r < rows; ++r) sums[t][r] = shifted(x.minus_halves(t)[2 * (block + g) + half], 5);
        }
        const std::size_t first = 8 * g + 4 * half;
        add_products<SixBits, 4>(source, first, x.values(0) + block * 32 + first * 4, x.columns, sums);
        read_scales(source, 2 * g + half, scale);
        add_scaled(scale, x, block + g, sums, totals);
      }
    }
    read_scales(source, 16, scale);
    for (int t = 0; t < tokens; ++t) {
      for (int r = 0; r < rows; ++r) result[t][r] = fma(scale[r], totals[t][r], result[t][r]);
    }
  }
};

template <class Format>
struct PackedSource {
  const std::uint8_t* p;
  [[gnu::always_inline]] Bytes codes(int, std::size_t c) const { return Format::codes(p, c); }
  [[gnu::always_inline]] Floats scale(int, std::size_t i) const { return Format::scale(p, i); }
};

constexpr std::size_t kAhead = 8192;  // bytes that are asked for before they are needed

template <class Format, int tokens>
[[gnu::noinline]] void multiply_group(const std::uint8_t* p, const QuantisedRows& x, float* y, std::size_t stride) {
  Floats result[tokens][1];
  for (int t = 0; t < tokens; ++t) result[t][0] = no_floats();
  for (std::size_t block = 0; block < x.columns / 32; block += Format::columns / 32, p += Format::bytes) {
    // One token's products keep up with memory by themselves.
    for (std::size_t line = 0; tokens > 1 && line < Format::bytes; line += 64) {
      __builtin_prefetch(p + kAhead + line, 0, 2);
    }
    Format::add(PackedSource<Format>{p}, x, block, result);
  }
  for (int t = 0; t < tokens; ++t) store(y + static_cast<std::size_t>(t) * stride, result[t][0]);
}

// `tokens` of at most kFewAtOnce.
template <class Format, int most = kFewAtOnce>
[[gnu::always_inline]] inline void multiply_group(int tokens, const std::uint8_t* p, const QuantisedRows& x, float* y,
                                                  std::size_t stride) {
  if (tokens == most) {
    multiply_group<Format, most>(p, x, y, stride);
  } else if constexpr (most > 1) {
    multiply_group<Format, most - 1>(tokens, p, x, y, stride);
  }
}

// A few tokens: a group of 16 rows is read from memory once for as many of them as a core's registers hold, and of more
// as many each time.
template <class Format>
void multiply_few(const std::uint8_t* groups, std::size_t count, const QuantisedRows& x, std::size_t tokens, float* y,
                  std::size_t stride) {
  const std::size_t bytes = x.columns / Format::columns * Format::bytes;
  const std::size_t times = (tokens + kFewAtOnce - 1) / kFewAtOnce, each = (tokens + times - 1) / times;
  for (std::size_t g = 0; g < count; ++g) {
    for (std::size_t t = 0; t < tokens; t += each) {
      multiply_group<Format>(static_cast<int>(std::min(each, tokens - t)), groups + g * bytes, x.from(t),
                             y + t * stride + g * kPackedRows, stride);
    }
  }
}

}  // namespace
}  // namespace sotto::engine
