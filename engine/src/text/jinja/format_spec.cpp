#include "text/jinja/format_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "text/jinja/python_text.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

constexpr std::int64_t largest_precision = 10'000;

bool is_align(char32_t c) { return c == U'<' || c == U'>' || c == U'=' || c == U'^'; }

void repeat(std::string& out, const std::string& what, std::int64_t times) {
  for (std::int64_t i = 0; i < times; ++i) out += what;
}

// What a number is put together from.
struct Parts {
  std::string sign;
  std::string prefix;  // 0x
  std::string digits;  // before the point
  std::string rest;    // the point and what follows
};

std::int64_t charged(Runtime& runtime, std::int64_t missing, std::size_t each) {
  if (missing <= 0) return 0;
  if (static_cast<std::size_t>(missing) > runtime.bytes_left()) runtime.charge(runtime.bytes_left() + 1);
  runtime.charge(static_cast<std::size_t>(missing) * each);
  return missing;
}

// With a separator between groups of digits, and zeros before them up to `width` characters; a zero more than asked for
// stands where a separator would begin.
std::string grouped(const std::string& digits, const Form& form, std::int64_t width) {
  const std::size_t size =
      std::string_view("boxX").find(form.kind) != std::string_view::npos && form.kind != '\0' ? 4 : 3;
  std::string backwards;
  std::size_t count = 0;
  const auto put = [&](char digit) {
    if (count > 0 && count % size == 0) backwards += form.grouping;
    backwards += digit;
    ++count;
  };
  std::for_each(digits.rbegin(), digits.rend(), put);
  while (static_cast<std::int64_t>(backwards.size()) < width) put('0');
  std::reverse(backwards.begin(), backwards.end());
  return backwards;
}

std::string aligned(Runtime& runtime, const std::string& head, const std::string& tail, const Form& form, char align) {
  const std::int64_t missing = charged(runtime, form.width - length(head) - length(tail), form.fill.size());
  const std::int64_t before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  const std::int64_t inside = align == '=' ? missing : 0;
  std::string text;
  repeat(text, form.fill, before);
  text += head;
  repeat(text, form.fill, inside);
  text += tail;
  repeat(text, form.fill, missing - before - inside);
  return text;
}

std::string number_laid_out(Runtime& runtime, Parts parts, Form form) {
  if (form.zeros && !form.filled) {
    form.fill.assign(1, '0');
    if (form.align == '\0') form.align = '=';
  }
  const char align = form.align == '\0' ? '>' : form.align;
  if (form.grouping != '\0') {
    const bool zeros = form.fill == "0" && align == '=';
    const auto others = static_cast<std::int64_t>(parts.sign.size() + parts.prefix.size() + parts.rest.size());
    const std::int64_t width = zeros ? form.width - others : 0;
    charged(runtime, width, 1);
    parts.digits = grouped(parts.digits, form, width);
  }
  return aligned(runtime, parts.sign + parts.prefix, parts.digits + parts.rest, form, align);
}

std::string sign_of(bool negative, const Form& form) {
  if (negative) return "-";
  return form.sign == '+' || form.sign == ' ' ? std::string(1, form.sign) : std::string();
}

[[noreturn]] void unknown_kind(char kind, const Value& value) {
  throw TemplateError{std::string("Unknown format code '") + kind + "' for object of type '" +
                      std::string(type_name(value)) + "'"};
}

void no_grouping(const Form& form, std::string_view kinds) {
  if (form.grouping != '\0' && kinds.find(form.kind) != std::string_view::npos)
    throw TemplateError{std::string("Cannot specify '") + form.grouping + "' with '" + form.kind + "'."};
}

std::string printed(double value, char kind, bool alternate, std::int64_t precision) {
  const std::string form = std::string("%") + (alternate ? "#" : "") + ".*" + kind;
  std::string room(static_cast<std::size_t>(precision) + 400, '\0');
  const int size = std::snprintf(room.data(), room.size(), form.c_str(), static_cast<int>(precision), value);
  room.resize(static_cast<std::size_t>(std::max(size, 0)));
  return room;
}

// As repr() and, with a precision, nearly as %g: never without a point or an exponent. `alternate`: with all digits,
// and a point always.
std::string printed_plainly(double value, std::int64_t precision, bool alternate) {
  std::string text = number_text(value);
  if (precision >= 0) {
    precision = std::max<std::int64_t>(precision, 1);
    text = printed(value, 'e', alternate, precision - 1);
    const int exponent = std::stoi(text.substr(text.find('e') + 1));
    if (exponent >= -4 && exponent < precision - 1) {
      text = printed(value, 'f', alternate, precision - 1 - exponent);
      while (!alternate && text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
      return text;
    }
  }
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  std::string digits = text.substr(0, e);
  const bool point = digits.find('.') != std::string::npos;
  if (alternate && !point) digits += '.';
  while (!alternate && point && digits.ends_with('0')) digits.pop_back();
  if (!alternate && digits.ends_with('.')) digits.pop_back();
  return digits + text.substr(e);
}

}  // namespace

std::int64_t take_number(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  if (count == 0) return -1;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + count, number);
  if (read.ec != std::errc()) throw TemplateError{"Too many decimal digits in format string"};
  text.remove_prefix(count);
  return number;
}

Form read_form(std::string_view spec) {
  Form form;
  const std::string_view all = spec;
  const std::u32string points = code_points(spec.substr(0, 8));
  if (points.size() >= 2 && is_align(points[1])) {
    form.fill = utf8({points.data(), 1});
    form.filled = true;
    form.align = static_cast<char>(points[1]);
    spec.remove_prefix(next_utf8(spec).length + 1);
  } else if (!points.empty() && is_align(points[0])) {
    form.align = spec[0];
    spec.remove_prefix(1);
  }
  const auto take = [&](std::string_view choices) {
    if (spec.empty() || choices.find(spec[0]) == std::string_view::npos) return '\0';
    const char taken = spec[0];
    spec.remove_prefix(1);
    return taken;
  };
  form.sign = take("+- ");
  form.plain_zero = take("z") != '\0';
  form.alternate = take("#") != '\0';
  form.zeros = !form.filled && take("0") != '\0';
  form.width = std::max<std::int64_t>(take_number(spec), 0);
  form.grouping = take(",_");
  if (form.grouping != '\0' && take(",_") != '\0') throw TemplateError{"Cannot specify both ',' and '_'."};
  if (take(".") != '\0') {
    form.precision = take_number(spec);
    if (form.precision < 0) throw TemplateError{"Format specifier missing precision"};
  }
  if (spec.size() > 1) throw TemplateError{"Invalid format specifier '" + std::string(all.substr(0, 100)) + "'"};
  if (!spec.empty()) form.kind = spec[0];
  return form;
}

std::string text_laid_out(Runtime& runtime, const std::string& text, const Form& form) {
  const char align = form.align == '\0' ? '<' : form.align;
  if (form.precision < 0 || form.precision >= length(text)) return aligned(runtime, text, {}, form, align);
  const std::u32string points = code_points(text);
  const auto part = std::u32string_view(points).substr(0, static_cast<std::size_t>(form.precision));
  return aligned(runtime, utf8(part), {}, form, align);
}

std::string whole_laid_out(Runtime& runtime, std::int64_t value, const Form& form, std::int64_t digits) {
  const int base = form.kind == 'x' || form.kind == 'X' ? 16 : form.kind == 'o' ? 8 : form.kind == 'b' ? 2 : 10;
  const auto size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::array<char, 72> room{};
  Parts parts;
  parts.digits.assign(room.data(), std::to_chars(room.data(), room.data() + room.size(), size, base).ptr);
  if (form.kind == 'X') parts.digits = with_letters(parts.digits, Letters::upper);
  if (digits > largest_precision) throw TemplateError{"the precision is too large"};
  const auto missing = digits - static_cast<std::int64_t>(parts.digits.size());
  if (missing > 0) parts.digits.insert(0, static_cast<std::size_t>(missing), '0');
  parts.sign = sign_of(value < 0, form);
  if (form.alternate && base != 10) parts.prefix = std::string("0") + form.kind;
  return number_laid_out(runtime, std::move(parts), form);
}

std::string real_laid_out(Runtime& runtime, double value, const Form& form) {
  if (form.precision > largest_precision) throw TemplateError{"the precision is too large"};
  const bool percent = form.kind == '%';
  const char kind = percent ? 'f' : form.kind == 'n' ? 'g' : form.kind;
  const double shown = percent ? value * 100 : value;
  std::string text;
  if (!std::isfinite(shown)) {
    text = std::isnan(shown) ? "nan" : "inf";
    if (kind == 'F' || kind == 'E' || kind == 'G') text = with_letters(text, Letters::upper);
  } else if (kind == '\0') {
    text = printed_plainly(std::abs(shown), form.precision, form.alternate);
  } else {
    text = printed(std::abs(shown), kind, form.alternate, form.precision < 0 ? 6 : form.precision);
  }
  const bool zero = text.substr(0, text.find_first_of("eE")).find_first_not_of("0.") == std::string::npos;
  const bool negative = std::signbit(shown) && !std::isnan(shown) && !(form.plain_zero && zero);
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  Parts parts{sign_of(negative, form), {}, text.substr(0, end), text.substr(end) + (percent ? "%" : "")};
  return number_laid_out(runtime, std::move(parts), form);
}

std::string laid_out(Runtime& runtime, const Value& value, const std::string& spec) {
  runtime.step(1 + spec.size() / 64);
  if (spec.empty()) return to_text(value);
  if (!value.is_string() && !value.is_number()) {
    throw TemplateError{"unsupported format string passed to " + std::string(type_name(value)) + ".__format__"};
  }
  Form form = read_form(spec);
  if (value.is_string()) {
    if (form.kind != '\0' && form.kind != 's') unknown_kind(form.kind, value);
    if (form.sign != '\0') throw TemplateError{"Sign not allowed in string format specifier"};
    if (form.plain_zero) throw TemplateError{"Negative zero coercion (z) not allowed in string format specifier"};
    if (form.alternate) throw TemplateError{"Alternate form (#) not allowed in string format specifier"};
    if (form.align == '=') throw TemplateError{"'=' alignment not allowed in string format specifier"};
    form.kind = 's';
    no_grouping(form, "s");
    if (form.zeros) form.fill.assign(1, '0');
    return text_laid_out(runtime, value.text(), form);
  }
  static constexpr std::string_view real_kinds = "eEfFgG%";
  if (value.is<double>()) {
    if (form.kind != '\0' && form.kind != 'n' && real_kinds.find(form.kind) == std::string_view::npos)
      unknown_kind(form.kind, value);
    no_grouping(form, "n");
    return real_laid_out(runtime, value.number(), form);
  }
  if (form.kind != '\0' && real_kinds.find(form.kind) != std::string_view::npos)
    return real_laid_out(runtime, value.number(), form);
  if (form.kind == '\0' || form.kind == 'd') {
    form.kind = 'd';
  } else if (std::string_view("bcnoxX").find(form.kind) == std::string_view::npos) {
    unknown_kind(form.kind, value);
  }
  if (form.precision >= 0) throw TemplateError{"Precision not allowed in integer format specifier"};
  if (form.plain_zero) throw TemplateError{"Negative zero coercion (z) not allowed in integer format specifier"};
  no_grouping(form, form.grouping == ',' ? "bcnoxX" : "cn");
  if (form.kind != 'c') return whole_laid_out(runtime, value.whole(), form, 0);
  if (form.sign != '\0') throw TemplateError{"Sign not allowed with integer format specifier 'c'"};
  if (form.alternate) throw TemplateError{"Alternate form (#) not allowed with integer format specifier 'c'"};
  return number_laid_out(runtime, {{}, {}, {}, character(value.whole())}, form);
}

std::string to_ascii(const Value& value) {
  std::string text;
  for (const char32_t c : code_points(to_repr(value))) {
    std::array<char, 16> room{};
    const char* form = c < 0x80 ? "%c" : c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
    text.append(room.data(),
                static_cast<std::size_t>(std::snprintf(room.data(), room.size(), form, static_cast<unsigned>(c))));
  }
  return text;
}

}  // namespace sotto::engine::jinja
