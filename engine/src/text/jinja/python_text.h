// Strings as Python has them: counted in code points, with Unicode's letters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::engine::jinja {

enum class Letters {
  lower,
  upper,
  fold
};
enum class Side {
  left = 1,
  right = 2,
  both = 3
};

[[nodiscard]] std::u32string code_points(std::string_view text);
[[nodiscard]] std::string utf8(std::u32string_view text);
// chr(point). Throws TemplateError where it is none.
[[nodiscard]] std::string character(std::int64_t point);
// As std::string::find and rfind, in linear time whatever the texts are.
[[nodiscard]] std::size_t find_first(std::string_view text, std::string_view what, std::size_t from = 0);
[[nodiscard]] std::size_t find_last(std::string_view text, std::string_view what);
[[nodiscard]] std::int64_t length(std::string_view text);  // in code points

// str.lower(), upper(), casefold(), capitalize(), title() and swapcase().
[[nodiscard]] std::string with_letters(std::string_view text, Letters letters);
[[nodiscard]] std::string capitalized(std::string_view text);
[[nodiscard]] std::string titled(std::string_view text);
[[nodiscard]] std::string swapped(std::string_view text);
[[nodiscard]] bool is_space(char32_t c);  // str.isspace()

// Without the characters of `set` at its ends; white space where it is empty.
[[nodiscard]] std::string stripped(std::string_view text, Side side, std::string_view set = {});
// At white space, or at `separator` where it is not empty; most < 0: everywhere.
[[nodiscard]] std::vector<std::string> split(std::string_view text, std::string_view separator, std::int64_t most);
[[nodiscard]] std::vector<std::string> split_from_right(std::string_view text, std::string_view separator,
                                                        std::int64_t most);
[[nodiscard]] std::vector<std::string> split_lines(std::string_view text, bool keep_ends);
// `most` < 0: all. Throws TemplateError where the result is longer than `longest` bytes.
[[nodiscard]] std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t most,
                                   std::size_t longest);

}  // namespace sotto::engine::jinja
