// The blocks of quantised tensors as they lie in a file. Every field is bytes, so a block may stand at any address.
// Source: ggml's ggml-common.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ops/half.h"

namespace sotto::engine {

// A little-endian 16-bit float at any address.
struct HalfBytes {
  std::array<std::uint8_t, 2> bytes;
  [[nodiscard]] std::uint16_t bits() const noexcept { return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8U); }
  [[nodiscard]] float value() const noexcept { return half_to_float(bits()); }
};

// 32 elements, value = scale * (q - 8). Byte j: element j in the low, j + 16 in the high nibble.
struct BlockQ4_0 {
  HalfBytes scale;
  std::array<std::uint8_t, 16> nibbles;
};
// value = scale * q + minimum.
struct BlockQ4_1 {
  HalfBytes scale;
  HalfBytes minimum;
  std::array<std::uint8_t, 16> nibbles;
};
// As Q4_0 and Q4_1 with a fifth bit: bit j of `high` (little-endian) belongs to element j; Q5_0 is scale * (q - 16).
struct BlockQ5_0 {
  HalfBytes scale;
  std::array<std::uint8_t, 4> high;
  std::array<std::uint8_t, 16> nibbles;
};
struct BlockQ5_1 {
  HalfBytes scale;
  HalfBytes minimum;
  std::array<std::uint8_t, 4> high;
  std::array<std::uint8_t, 16> nibbles;
};
struct BlockQ8_0 {
  HalfBytes scale;
  std::array<std::int8_t, 32> values;
};

// 256 elements in 8 groups of 32, value = scale * group_scale * q - minimum * group_minimum. The 6-bit group scales and
// minima are packed in 12 bytes, see group_scale(). Byte 32p + j: element 64p + j in the low, 64p + 32 + j in the high
// nibble.
struct BlockQ4_K {
  HalfBytes scale;
  HalfBytes minimum;
  std::array<std::uint8_t, 12> groups;
  std::array<std::uint8_t, 128> nibbles;
};
// As Q4_K with a fifth bit: bit g of high[j] belongs to element j of group g.
struct BlockQ5_K {
  HalfBytes scale;
  HalfBytes minimum;
  std::array<std::uint8_t, 12> groups;
  std::array<std::uint8_t, 32> high;
  std::array<std::uint8_t, 128> nibbles;
};
// 256 elements in 16 groups of 16, value = scale * group_scale * (q - 32). In each half of 128 elements, byte j of 64
// low bytes holds element j in the low, j + 64 in the high nibble; byte j of 32 high bytes holds the upper two bits of
// elements j, j + 32, j + 64, j + 96, from the lowest bits up.
struct BlockQ6_K {
  std::array<std::uint8_t, 128> low;
  std::array<std::uint8_t, 64> high;
  std::array<std::int8_t, 16> groups;
  HalfBytes scale;
};

static_assert(sizeof(BlockQ4_0) == 18 && sizeof(BlockQ4_1) == 20 && sizeof(BlockQ5_0) == 22 && sizeof(BlockQ5_1) == 24);
static_assert(sizeof(BlockQ8_0) == 34 && sizeof(BlockQ4_K) == 144 && sizeof(BlockQ5_K) == 176 &&
              sizeof(BlockQ6_K) == 210);
static_assert(alignof(BlockQ4_K) == 1 && alignof(BlockQ6_K) == 1);

struct GroupScale {
  std::uint8_t scale;    // 0 to 63
  std::uint8_t minimum;  // 0 to 63
};

// Group g (0 to 7) of a Q4_K or Q5_K block.
[[nodiscard]] inline GroupScale group_scale(const std::array<std::uint8_t, 12>& packed, std::size_t g) noexcept {
  if (g < 4) return {static_cast<std::uint8_t>(packed[g] & 63U), static_cast<std::uint8_t>(packed[g + 4] & 63U)};
  return {static_cast<std::uint8_t>((packed[g + 4] & 15U) | (packed[g - 4] >> 6U) << 4U),
          static_cast<std::uint8_t>(packed[g + 4] >> 4U | (packed[g] >> 6U) << 4U)};
}

}  // namespace sotto::engine
