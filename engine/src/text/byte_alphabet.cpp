#include "text/byte_alphabet.h"

#include <cstdint>

#include "text/utf8.h"

namespace sotto::engine {
namespace {

constexpr char32_t first_beyond = 0x100;
constexpr std::size_t beyond_count = 68;  // bytes that are not printable in Latin-1

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF && byte != 0xAD);
}

constexpr std::array<char32_t, 256> alphabet = [] {
  std::array<char32_t, 256> characters{};
  char32_t next = first_beyond;
  for (unsigned byte = 0; byte < 256; ++byte) characters[byte] = stands_for_itself(byte) ? byte : next++;
  return characters;
}();

// -1: no byte.
constexpr std::array<std::int16_t, first_beyond + beyond_count> bytes = [] {
  std::array<std::int16_t, first_beyond + beyond_count> table{};
  table.fill(-1);
  for (unsigned byte = 0; byte < 256; ++byte) table[alphabet[byte]] = static_cast<std::int16_t>(byte);
  return table;
}();

}  // namespace

const std::array<char32_t, 256>& byte_alphabet() noexcept { return alphabet; }

std::optional<std::string> alphabet_to_bytes(std::string_view piece) {
  std::string result;
  while (!piece.empty()) {
    const Utf8Step step = next_utf8(piece);
    if (step.state != Utf8State::complete) return std::nullopt;
    const char32_t character = code_point(piece, step.length);
    if (character >= bytes.size() || bytes[character] < 0) return std::nullopt;
    result.push_back(static_cast<char>(static_cast<unsigned char>(bytes[character])));
    piece.remove_prefix(step.length);
  }
  return result;
}

}  // namespace sotto::engine
