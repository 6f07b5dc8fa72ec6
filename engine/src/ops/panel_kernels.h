// Packed weights times the activations of many tokens: codes and scales of some rows and columns are spread into a
// panel that stays in the core's nearest cache, and every token's products with them are computed from there. Spreading
// costs what a few tokens' products do, and is paid once for all of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ops/packed_kernels.h"

namespace sotto::engine {
namespace {

// Columns of a panel: with 32 rows 16 KiB of codes and 4 of scales, and 3 of activations beside them.
constexpr std::size_t kPanelColumns = 512;

// `rows` groups of sixteen rows side by side.
template <class Format, int rows>
struct PanelSource {
  const std::uint8_t* bytes;
  const float* floats;
  [[gnu::always_inline]] Bytes codes(int r, std::size_t c) const {
    return bytes_at(bytes + 64 * (c * rows + static_cast<std::size_t>(r)));
  }
  [[gnu::always_inline]] Floats scale(int r, std::size_t i) const {
    return floats_at(floats + kPackedRows * (i * rows + static_cast<std::size_t>(r)));
  }
};

template <class Format, int rows>
class Panel {
 public:
  static constexpr std::size_t units = kPanelColumns / Format::columns;

  // `groups` is where the unit `first` of the first group of rows begins.
  void fill(const std::uint8_t* groups, std::size_t group_bytes, std::size_t count) {
    for (std::size_t u = 0; u < count; ++u) {
      for (std::size_t r = 0; r < rows; ++r) {
        const std::uint8_t* p = groups + r * group_bytes + u * Format::bytes;
#pragma GCC unroll 8
        for (std::size_t c = 0; c < Format::columns / 4; ++c) {
          store(bytes_ + 64 * ((u * Format::columns / 4 + c) * rows + r), Format::codes(p, c));
        }
        for (std::size_t i = 0; i < Format::scales; ++i) {
          store(floats_ + kPackedRows * ((u * Format::scales + i) * rows + r), Format::scale(p, i));
        }
      }
    }
  }

  [[nodiscard]] PanelSource<Format, rows> unit(std::size_t u) const {
    return {bytes_ + 16 * rows * u * Format::columns, floats_ + kPackedRows * rows * u * Format::scales};
  }

 private:
  alignas(64) std::uint8_t bytes_[kPackedRows * rows * kPanelColumns];
  alignas(64) float floats_[kPackedRows * rows * units * Format::scales];
};

// Adds the panel's products to y, or begins it.
template <class Format, int rows, int tokens>
[[gnu::noinline]] void multiply_tile(const Panel<Format, rows>& panel, std::size_t units, const QuantisedRows& x,
                                     std::size_t block, bool begins, float* y, std::size_t stride) {
  Floats result[tokens][rows];
  for (int t = 0; t < tokens; ++t) {
    for (int r = 0; r < rows; ++r) {
      const float* from = y + static_cast<std::size_t>(t) * stride + kPackedRows * static_cast<std::size_t>(r);
      result[t][r] = begins ? no_floats() : floats_at(from);
    }
  }
  for (std::size_t u = 0; u < units; ++u) {
    Format::add(panel.unit(u), x, block + u * (Format::columns / 32), result);
  }
  for (int t = 0; t < tokens; ++t) {
    for (int r = 0; r < rows; ++r) {
      store(y + static_cast<std::size_t>(t) * stride + kPackedRows * static_cast<std::size_t>(r), result[t][r]);
    }
  }
}

// Asks for the next panel's weights a few cache lines at a time: they come from memory.
template <int rows>
class Ahead {
 public:
  // `bytes` of each group of rows; none where `next` is null.
  Ahead(const std::uint8_t* next, std::size_t group_bytes, std::size_t bytes, std::size_t steps)
      : next_(next), group_bytes_(group_bytes), bytes_(next == nullptr ? 0 : bytes) {
    step_ = steps == 0 ? bytes_ : (bytes_ + steps - 1) / steps;
  }
  void step() {
    const std::size_t end = std::min(bytes_, done_ + step_);
    for (; done_ < end; done_ += 64) {
      for (std::size_t r = 0; r < rows; ++r) __builtin_prefetch(next_ + r * group_bytes_ + done_, 0, 2);
    }
  }

 private:
  const std::uint8_t* next_;
  std::size_t group_bytes_, bytes_, step_, done_ = 0;
};

// One panel's products for all tokens; `groups`, `u` and `y` are the panel's first row and unit, `next` is where the
// next panel's weights begin.
template <class Format, int rows>
void multiply_panel(const std::uint8_t* groups, std::size_t units, std::size_t u, const std::uint8_t* next,
                    const QuantisedRows& x, std::size_t tokens, float* y, std::size_t stride) {
  Panel<Format, rows> panel;
  const std::size_t count = std::min(panel.units, units - u);
  panel.fill(groups + u * Format::bytes, units * Format::bytes, count);
  Ahead<rows> ahead(next, units * Format::bytes, count * Format::bytes, tokens / kTileTokens);
  const std::size_t block = u * (Format::columns / 32);
  std::size_t t = 0;
  for (; t + kTileTokens <= tokens; t += kTileTokens) {
    ahead.step();
    multiply_tile<Format, rows, kTileTokens>(panel, count, x.from(t), block, u == 0, y + t * stride, stride);
  }
  for (; t + 2 <= tokens; t += 2) {
    multiply_tile<Format, rows, 2>(panel, count, x.from(t), block, u == 0, y + t * stride, stride);
  }
  for (; t < tokens; ++t) {
    multiply_tile<Format, rows, 1>(panel, count, x.from(t), block, u == 0, y + t * stride, stride);
  }
}

// The same columns of all rows after each other: the tokens' activations of these columns stay in the core's cache.
template <class Format>
void multiply_many(const std::uint8_t* groups, std::size_t count, const QuantisedRows& x, std::size_t tokens, float* y,
                   std::size_t stride) {
  constexpr std::size_t step = kPanelColumns / Format::columns, tile = kTileRows;
  const std::size_t units = x.columns / Format::columns, bytes = units * Format::bytes;
  for (std::size_t u = 0; u < units; u += step) {
    std::size_t g = 0;
    for (; g + tile <= count; g += tile) {
      const std::uint8_t* next = g + 2 * tile <= count ? groups + (g + tile) * bytes + u * Format::bytes
                                 : u + step < units    ? groups + (u + step) * Format::bytes
                                                       : nullptr;
      multiply_panel<Format, kTileRows>(groups + g * bytes, units, u, next, x, tokens, y + g * kPackedRows, stride);
    }
    for (; tile > 1 && g < count; ++g) {
      multiply_panel<Format, 1>(groups + g * bytes, units, u, nullptr, x, tokens, y + g * kPackedRows, stride);
    }
  }
}

// Fewer tokens than these are multiplied faster from the packed codes.
constexpr std::size_t kFewTokens = 12;

template <class Format>
void multiply(const std::uint8_t* groups, std::size_t count, const QuantisedRows& x, std::size_t tokens, float* y,
              std::size_t stride) {
  const auto product = tokens < kFewTokens ? multiply_few<Format> : multiply_many<Format>;
  product(groups, count, x, tokens, y, stride);
}

PackedProduct packed_product_for(TensorType type) {
  switch (type) {
    case TensorType::q4_0:
      return multiply<Symmetric<0, 3>>;
    case TensorType::q4_1:
      return multiply<WithMinimum<0>>;
    case TensorType::q5_0:
      return multiply<Symmetric<1, 4>>;
    case TensorType::q5_1:
      return multiply<WithMinimum<1>>;
    case TensorType::q8_0:
      return multiply<EightBits>;
    case TensorType::q4_k:
      return multiply<Grouped<0>>;
    case TensorType::q5_k:
      return multiply<Grouped<1>>;
    case TensorType::q6_k:
      return multiply<SixBits>;
    default:
      return nullptr;
  }
}

}  // namespace
}  // namespace sotto::engine
