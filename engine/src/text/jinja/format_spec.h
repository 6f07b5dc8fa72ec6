// How one value is laid out: Python's format specifications ("{:>8.2f}"), to which printf's ("%8.2f") are brought.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

struct Form {
  std::string fill = " ";
  char align = '\0';  // '<', '>', '^', '=': after the sign; '\0': as the value's type has it
  char sign = '\0';   // '+', ' ', '-': what stands where no minus does
  bool filled = false;
  bool plain_zero = false;  // z: no minus before a zero
  bool alternate = false;   // #
  bool zeros = false;       // 0 before the width
  std::int64_t width = 0;
  char grouping = '\0';         // ',', '_'
  std::int64_t precision = -1;  // -1: none
  char kind = '\0';             // 'd', 'f', 's', ...
};

// Throws TemplateError where it is none, or no width or precision can be that large.
[[nodiscard]] Form read_form(std::string_view spec);
// Digits at the front of `text`, which are taken from it; -1: there are none.
[[nodiscard]] std::int64_t take_number(std::string_view& text);

// format(value, spec). What it pads is charged.
[[nodiscard]] std::string laid_out(Runtime& runtime, const Value& value, const std::string& spec);

// The parts that printf's forms share with it; `digits` are at least as many.
[[nodiscard]] std::string text_laid_out(Runtime& runtime, const std::string& text, const Form& form);
[[nodiscard]] std::string whole_laid_out(Runtime& runtime, std::int64_t value, const Form& form, std::int64_t digits);
[[nodiscard]] std::string real_laid_out(Runtime& runtime, double value, const Form& form);
// ascii(value).
[[nodiscard]] std::string to_ascii(const Value& value);

}  // namespace sotto::engine::jinja
