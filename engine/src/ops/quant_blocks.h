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

// 256 elements in 16 groups of 16, value = scale * (group & 15) * q - minimum * (group >> 4). In each half of 128
// elements, byte j of 32 holds elements j, j + 32, j + 64, j + 96, two bits each, from the lowest up.
struct BlockQ2_K {
  std::array<std::uint8_t, 16> groups;
  std::array<std::uint8_t, 64> quarters;
  HalfBytes scale;
  HalfBytes minimum;
};
// As Q2_K without minima, value = scale * (group - 32) * (q - 4); the third bit of element 32 * i + j is bit i of
// high[j]. Groups have 6 bits: the low four of groups 0 to 7 in the low, of 8 to 15 in the high nibbles of 8 bytes, the
// others two and two in the last 4.
struct BlockQ3_K {
  std::array<std::uint8_t, 32> high;
  std::array<std::uint8_t, 64> quarters;
  std::array<std::uint8_t, 12> groups;
  HalfBytes scale;
};

// The IQ types: 256 elements in 8 groups of 32. A group of elements is an entry of a code book (iq_code_books.h) times
// signs; seven bits of signs are eight with an even number of minuses.
struct BlockIQ2_XXS {  // per group: 4 entries, then 4 x 7 bits of signs and 4 of scale
  HalfBytes scale;
  std::array<std::uint8_t, 64> groups;
};
struct BlockIQ2_XS {  // 16 bits for eight elements: 9 of entry, 7 of signs
  HalfBytes scale;
  std::array<std::uint8_t, 64> entries;
  std::array<std::uint8_t, 8> groups;  // scales of half a group each, 4 bits
};
struct BlockIQ2_S {
  HalfBytes scale;
  std::array<std::uint8_t, 32> entries;  // their low 8 bits
  std::array<std::uint8_t, 32> signs;
  std::array<std::uint8_t, 8> high;  // their next 2
  std::array<std::uint8_t, 8> groups;
};
struct BlockIQ3_XXS {
  HalfBytes scale;
  std::array<std::uint8_t, 64> entries;
  std::array<std::uint8_t, 32> groups;  // per group 4 x 7 bits of signs, 4 of scale
};
struct BlockIQ3_S {
  HalfBytes scale;
  std::array<std::uint8_t, 64> entries;
  std::array<std::uint8_t, 8> high;  // the entries' ninth bits
  std::array<std::uint8_t, 32> signs;
  std::array<std::uint8_t, 4> groups;  // scales, 4 bits
};
struct BlockIQ1_S {
  HalfBytes scale;
  std::array<std::uint8_t, 32> entries;
  std::array<std::uint8_t, 16> groups;  // 16 bits: 4 x 3 of entry, 3 of scale, the sign of the shift
};
struct BlockIQ1_M {
  std::array<std::uint8_t, 32> entries;
  std::array<std::uint8_t, 16> high;   // a nibble for eight elements: 3 bits of entry, the sign of the shift
  std::array<std::uint8_t, 8> groups;  // 16 bits: 4 x 3 of scale, and 4 of the block's scale, a half
};
// Sixteen levels that are not evenly spaced; nibbles as in Q4_0.
struct BlockIQ4_NL {
  HalfBytes scale;
  std::array<std::uint8_t, 16> nibbles;
};
struct BlockIQ4_XS {
  HalfBytes scale;
  std::array<std::uint8_t, 2> groups_high;  // two bits of each group's scale
  std::array<std::uint8_t, 4> groups_low;   // four bits
  std::array<std::uint8_t, 128> nibbles;    // group by group
};

// Ternary. Five base-3 digits in a byte, as a fraction of 256: digit n is ((byte * 3^n) mod 256) * 3 / 256.
struct BlockTQ1_0 {
  std::array<std::uint8_t, 48> fives;
  std::array<std::uint8_t, 4> fours;
  HalfBytes scale;
};
struct BlockTQ2_0 {
  std::array<std::uint8_t, 64> quarters;
  HalfBytes scale;
};

// 4-bit floats E2M1. MXFP4 (OCP Microscaling Formats 1.0): 32 elements, scale 2^(exponent - 127); nibbles as in Q4_0.
struct BlockMXFP4 {
  std::uint8_t exponent;
  std::array<std::uint8_t, 16> nibbles;
};
// 64 elements in 4 groups of 16, each with a scale in unsigned E4M3; a group's low nibbles come first.
struct BlockNVFP4 {
  std::array<std::uint8_t, 4> groups;
  std::array<std::uint8_t, 32> nibbles;
};
// 128 signs: a set bit is plus.
struct BlockQ1_0 {
  HalfBytes scale;
  std::array<std::uint8_t, 16> bits;
};

static_assert(sizeof(BlockQ4_0) == 18 && sizeof(BlockQ4_1) == 20 && sizeof(BlockQ5_0) == 22 && sizeof(BlockQ5_1) == 24);
static_assert(sizeof(BlockQ8_0) == 34 && sizeof(BlockQ4_K) == 144 && sizeof(BlockQ5_K) == 176 &&
              sizeof(BlockQ6_K) == 210);
static_assert(sizeof(BlockQ2_K) == 84 && sizeof(BlockQ3_K) == 110 && sizeof(BlockIQ2_XXS) == 66 &&
              sizeof(BlockIQ2_XS) == 74);
static_assert(sizeof(BlockIQ2_S) == 82 && sizeof(BlockIQ3_XXS) == 98 && sizeof(BlockIQ3_S) == 110);
static_assert(sizeof(BlockIQ1_S) == 50 && sizeof(BlockIQ1_M) == 56 && sizeof(BlockIQ4_NL) == 18 &&
              sizeof(BlockIQ4_XS) == 136);
static_assert(sizeof(BlockTQ1_0) == 54 && sizeof(BlockTQ2_0) == 66 && sizeof(BlockMXFP4) == 17 &&
              sizeof(BlockNVFP4) == 36 && sizeof(BlockQ1_0) == 18);
static_assert(alignof(BlockQ4_K) == 1 && alignof(BlockQ6_K) == 1);

template <typename Block>
[[nodiscard]] const Block* as_blocks(const std::byte* source) noexcept {
  static_assert(alignof(Block) == 1);
  return reinterpret_cast<const Block*>(source);
}

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
