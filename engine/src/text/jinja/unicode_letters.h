// What Unicode says of a character, by PCRE2's tables.
#pragma once

#include <string>
#include <string_view>

namespace sotto::engine::jinja {

// Capital or small letters, one for one.
[[nodiscard]] std::string with_simple_letters(std::string_view text, bool upper);

[[nodiscard]] bool is_alpha(char32_t c);
[[nodiscard]] bool is_decimal(char32_t c);
[[nodiscard]] bool is_digit(char32_t c);    // str.isdigit(): decimals, and figures in circles and the like
[[nodiscard]] bool is_numeric(char32_t c);  // str.isnumeric(): fractions and ideographs, too
[[nodiscard]] bool is_alnum(char32_t c);    // any of the above
[[nodiscard]] bool is_upper(char32_t c);
[[nodiscard]] bool is_lower(char32_t c);
[[nodiscard]] bool is_title(char32_t c);  // ǅ
[[nodiscard]] bool is_cased(char32_t c);
[[nodiscard]] bool is_case_ignorable(char32_t c);
[[nodiscard]] bool is_printable(char32_t c);  // repr() shows it as it is
[[nodiscard]] bool begins_identifier(char32_t c);
[[nodiscard]] bool is_in_identifier(char32_t c);

}  // namespace sotto::engine::jinja
