// What tokenizer.json's normalizers and pre-tokenizers ask of Unicode, by utf8proc. Texts are valid UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sotto::engine::unicode {

enum class Form {
  nfc,
  nfd,
  nfkc,
  nfkd
};

// Throws Error memory.
[[nodiscard]] std::string normalised(std::string_view text, Form form);
// Character by character, without regard to what stands around (no final sigma).
[[nodiscard]] std::string lowercase(std::string_view text);

[[nodiscard]] bool is_white_space(char32_t c) noexcept;      // White_Space
[[nodiscard]] bool is_numeric(char32_t c) noexcept;          // Nd, Nl, No
[[nodiscard]] bool is_punctuation(char32_t c) noexcept;      // P, or a sign of ASCII
[[nodiscard]] bool is_mark(char32_t c) noexcept;             // M
[[nodiscard]] bool is_nonspacing_mark(char32_t c) noexcept;  // Mn
[[nodiscard]] bool is_other(char32_t c) noexcept;            // C
[[nodiscard]] bool is_word(char32_t c) noexcept;             // \w as a user of UTS #18 expects it

// Bytes of the grapheme cluster that `text`, not empty, begins with.
[[nodiscard]] std::size_t grapheme(std::string_view text) noexcept;

}  // namespace sotto::engine::unicode
