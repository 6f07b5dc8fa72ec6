#include "text/jinja/numbers.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "text/jinja/python_text.h"
#include "text/jinja/value.h"

namespace sotto::engine::jinja {

namespace {

constexpr std::size_t longest_shown = 40;  // digits of a number that is too large

bool is_letter_or_figure(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Without its underscores; none where one is not between two digits.
std::optional<std::string> joined_digits(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_letter_or_figure(text[i - 1]) ||
               !is_letter_or_figure(text[i + 1])) {
      return std::nullopt;
    }
  }
  return digits;
}

std::int64_t base_of_prefix(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return 0;
  const char kind = static_cast<char>(text[1] | 0x20);
  return kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
}

}  // namespace

std::optional<std::int64_t> read_whole(std::string_view text, std::int64_t base) {
  const std::string whole = stripped(text, Side::both);
  std::string_view rest = whole;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (base != 0 && (base < 2 || base > 36)) return std::nullopt;
  if (const std::int64_t prefixed = base_of_prefix(rest); prefixed != 0 && (base == 0 || base == prefixed)) {
    base = prefixed;
    rest.remove_prefix(rest[2] == '_' ? 3 : 2);
  } else if (base == 0) {
    base = 10;
    if (rest.starts_with('0') && rest.find_first_not_of("0_") != std::string_view::npos) return std::nullopt;
  }
  if (rest.empty() || !is_letter_or_figure(rest[0])) return std::nullopt;
  const std::optional<std::string> joined = joined_digits(rest);
  if (!joined) return std::nullopt;
  std::string digits(negative ? 1 : 0, '-');
  digits += *joined;
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number, static_cast<int>(base));
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    throw TemplateError{"the number " +
                        (whole.size() > longest_shown ? whole.substr(0, longest_shown) + "..." : whole) +
                        " is too large"};
  }
  return number;
}

std::optional<double> read_real(std::string_view text) {
  std::string whole = with_letters(stripped(text, Side::both), Letters::lower);
  const bool negative = whole.starts_with('-');
  if (negative || whole.starts_with('+')) whole.erase(0, 1);
  const double sign = negative ? -1 : 1;
  if (whole == "inf" || whole == "infinity") return sign * std::numeric_limits<double>::infinity();
  if (whole == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (whole.find_first_not_of("0123456789_.e+-") != std::string::npos || whole.starts_with('-')) return std::nullopt;
  const std::optional<std::string> digits = joined_digits(whole);
  if (!digits) return std::nullopt;
  double number = 0;
  const char* end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, number);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    const std::size_t exponent = digits->find('e');
    const bool tiny = exponent != std::string::npos ? digits->find('-', exponent) != std::string::npos
                                                    : digits->starts_with('0') || digits->starts_with('.');
    return sign * (tiny ? 0 : std::numeric_limits<double>::infinity());
  }
  return sign * number;
}

}  // namespace sotto::engine::jinja
