// One step through UTF-8 (The Unicode Standard, table 3-7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sotto::engine {

enum class Utf8State {
  complete,   // a whole character
  invalid,    // bytes that no character begins with: a maximal subpart, to be replaced by one U+FFFD
  incomplete  // the text ends inside a character that is well-formed so far
};

struct Utf8Step {
  Utf8State state = Utf8State::complete;
  std::size_t length = 1;  // bytes, 1 to 4
};

// Looks at the beginning of `text`, which must not be empty.
[[nodiscard]] Utf8Step next_utf8(std::string_view text) noexcept;

// The code point of a whole character of `length` bytes, as next_utf8 found it.
[[nodiscard]] char32_t code_point(std::string_view text, std::size_t length) noexcept;

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

void append_utf8(std::string& text, char32_t code_point);

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  // U+FFFD

// With U+FFFD for what is no character, one for each maximal part of one.
[[nodiscard]] std::string repaired(std::string_view text);

}  // namespace sotto::engine
