#include "ops/packed_layout.h"

#include <array>
#include <cstring>

#include "ops/quant_blocks.h"

namespace sotto::engine {
namespace {

using Codes = std::array<std::uint8_t, 32>;  // of 32 neighbouring columns

std::uint32_t four(const Codes& codes, std::size_t c) {
  std::uint32_t word = 0;
  std::memcpy(&word, codes.data() + 4 * c, 4);
  return word;
}

// Of row `row`, to where 32 columns of 16 rows begin.
template <unsigned high>
void put_codes(const Codes& codes, std::size_t row, std::uint8_t* target) {
  const auto put = [&](std::size_t vector, std::uint32_t word) {
    std::memcpy(target + 64 * vector + 4 * row, &word, 4);
  };
  for (std::size_t v = 0; v < 4; ++v) {
    put(v, (four(codes, 2 * v) & 0x0F0F0F0FU) | (four(codes, 2 * v + 1) & 0x0F0F0F0FU) << 4U);
  }
  if constexpr (high > 0) {
    constexpr std::size_t each = 8 / high;
    constexpr std::uint32_t mask = high == 1 ? 0x01010101U : 0x03030303U;
    for (std::size_t h = 0; h < high; ++h) {
      std::uint32_t word = 0;
      for (std::size_t c = 0; c < each; ++c) word |= (four(codes, each * h + c) >> 4U & mask) << (high * c);
      put(4 + h, word);
    }
  }
}

void put_half(HalfBytes half, std::size_t row, std::uint8_t* target) { std::memcpy(target + 2 * row, &half, 2); }

// Nibbles of 32 columns: byte j holds columns j and j + 16.
template <class Block>
Codes codes_of(const Block& block) {
  Codes codes;
  for (std::size_t j = 0; j < 16; ++j) {
    codes[j] = block.nibbles[j] & 0x0FU;
    codes[j + 16] = block.nibbles[j] >> 4U;
  }
  if constexpr (requires { block.high; }) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, block.high.data(), 4);
    for (std::size_t j = 0; j < 32; ++j) codes[j] |= static_cast<std::uint8_t>((bits >> j & 1U) << 4U);
  }
  return codes;
}

// Each of these is one block of a row; `target` is where the unit of 16 rows begins.
void pack(const BlockQ4_0& block, std::size_t row, std::uint8_t* target) {
  put_codes<0>(codes_of(block), row, target);
  put_half(block.scale, row, target + 256);
}
void pack(const BlockQ4_1& block, std::size_t row, std::uint8_t* target) {
  put_codes<0>(codes_of(block), row, target);
  put_half(block.scale, row, target + 256);
  put_half(block.minimum, row, target + 288);
}
void pack(const BlockQ5_0& block, std::size_t row, std::uint8_t* target) {
  put_codes<1>(codes_of(block), row, target);
  put_half(block.scale, row, target + 320);
}
void pack(const BlockQ5_1& block, std::size_t row, std::uint8_t* target) {
  put_codes<1>(codes_of(block), row, target);
  put_half(block.scale, row, target + 320);
  put_half(block.minimum, row, target + 352);
}
void pack(const BlockQ8_0& block, std::size_t row, std::uint8_t* target) {
  for (std::size_t c = 0; c < 8; ++c) std::memcpy(target + 64 * c + 4 * row, block.values.data() + 4 * c, 4);
  put_half(block.scale, row, target + 512);
}

// Q4_K and Q5_K, whose groups have the same form.
template <unsigned high, class Block>
void pack_groups(const Block& block, std::size_t row, std::uint8_t* target) {
  constexpr std::size_t bytes = 256 + 64 * high;
  std::uint8_t* groups = target + 8 * bytes;
  for (unsigned g = 0; g < 8; ++g) {
    Codes codes;
    for (std::size_t j = 0; j < 32; ++j) {
      const unsigned both = block.nibbles[32 * (g / 2) + j];
      codes[j] = static_cast<std::uint8_t>(g % 2 == 0 ? both & 0x0FU : both >> 4U);
      if constexpr (high > 0) codes[j] |= static_cast<std::uint8_t>((block.high[j] >> g & 1U) << 4U);
    }
    put_codes<high>(codes, row, target + g * bytes);
    const GroupScale scale = group_scale(block.groups, g);
    groups[16 * g + row] = scale.scale;
    groups[128 + 16 * g + row] = scale.minimum;
  }
  put_half(block.scale, row, groups + 256);
  put_half(block.minimum, row, groups + 288);
}
void pack(const BlockQ4_K& block, std::size_t row, std::uint8_t* target) { pack_groups<0>(block, row, target); }
void pack(const BlockQ5_K& block, std::size_t row, std::uint8_t* target) { pack_groups<1>(block, row, target); }

void pack(const BlockQ6_K& block, std::size_t row, std::uint8_t* target) {
  constexpr std::size_t bytes = 256 + 128;
  std::uint8_t* groups = target + 8 * bytes;
  for (std::size_t g = 0; g < 8; ++g) {
    const std::size_t half = g / 4, part = g % 4;  // 128 columns; of their four times 32
    const std::uint8_t* low = block.low.data() + 64 * half + 32 * (part % 2);
    const std::uint8_t* high = block.high.data() + 32 * half;
    Codes codes;
    for (std::size_t j = 0; j < 32; ++j) {
      const unsigned nibble = part < 2 ? low[j] & 0x0FU : low[j] >> 4U;
      codes[j] = static_cast<std::uint8_t>(nibble | (high[j] >> (2 * part) & 3U) << 4U);
    }
    put_codes<2>(codes, row, target + g * bytes);
    for (std::size_t i = 0; i < 2; ++i) {
      groups[32 * g + 16 * i + row] = static_cast<std::uint8_t>(block.groups[2 * g + i]);
    }
  }
  put_half(block.scale, row, groups + 256);
}

struct Layout {
  TensorType type;
  std::size_t columns, bytes;  // of a unit of 16 rows
  void (*pack)(const std::byte* block, std::size_t row, std::uint8_t* target);
  std::size_t block_bytes;
};

template <class Block>
constexpr Layout layout(TensorType type, std::size_t columns, std::size_t bytes) {
  return {type, columns, bytes,
          [](const std::byte* source, std::size_t row, std::uint8_t* target) {
            Block block;
            std::memcpy(&block, source, sizeof block);
            pack(block, row, target);
          },
          sizeof(Block)};
}

constexpr std::array kLayouts{
    layout<BlockQ4_0>(TensorType::q4_0, 32, 256 + 32),       layout<BlockQ4_1>(TensorType::q4_1, 32, 256 + 64),
    layout<BlockQ5_0>(TensorType::q5_0, 32, 320 + 32),       layout<BlockQ5_1>(TensorType::q5_1, 32, 320 + 64),
    layout<BlockQ8_0>(TensorType::q8_0, 32, 512 + 32),       layout<BlockQ4_K>(TensorType::q4_k, 256, 8 * 256 + 320),
    layout<BlockQ5_K>(TensorType::q5_k, 256, 8 * 320 + 320), layout<BlockQ6_K>(TensorType::q6_k, 256, 8 * 384 + 288),
};

const Layout* find(TensorType type) noexcept {
  for (const Layout& each : kLayouts) {
    if (each.type == type) return &each;
  }
  return nullptr;
}

}  // namespace

std::size_t packed_bytes(TensorType type, std::size_t columns) noexcept {
  const Layout* layout = find(type);
  return layout == nullptr ? 0 : columns / layout->columns * layout->bytes;
}

void pack_rows(TensorType type, const std::byte* source, std::size_t row_bytes, std::size_t rows, std::size_t columns,
               std::uint8_t* target) {
  const Layout& layout = *find(type);
  if (rows < kPackedRows) std::memset(target, 0, packed_bytes(type, columns));
  for (std::size_t unit = 0; unit < columns / layout.columns; ++unit) {
    for (std::size_t row = 0; row < rows; ++row) {
      layout.pack(source + row * row_bytes + unit * layout.block_bytes, row, target + unit * layout.bytes);
    }
  }
}

}  // namespace sotto::engine
