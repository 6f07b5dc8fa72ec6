// Filters that lay text out: wordwrap, pprint, filesizeformat, xmlattr.
#include <algorithm>
#include <array>
#include <cmath>

#include "text/jinja/filters.h"
#include "text/jinja/format_spec.h"
#include "text/jinja/numbers.h"
#include "text/jinja/pretty_print.h"
#include "text/jinja/python_text.h"
#include "text/jinja/word_wrap.h"

namespace sotto::engine::jinja {

namespace {

Value word_wrapped(Runtime& runtime, const Value& value, Given& given) {
  WrapForm form;
  form.width = given.next_whole("width", 79);
  form.breaks_words = given.next_flag("break_long_words", true);
  const std::string between = given.next_text("wrapstring", "\n");
  form.breaks_at_hyphens = given.next_flag("break_on_hyphens", true);
  if (!value.is_string()) throw TemplateError{"wordwrap needs a str, not " + std::string(type_name(value))};
  if (form.width <= 0) throw TemplateError{"invalid width " + std::to_string(form.width) + " (must be > 0)"};
  std::string text;
  bool first = true;
  const auto put = [&](std::string_view line) {
    runtime.step();
    runtime.charge(line.size() + between.size());
    if (!first) text += between;
    first = false;
    text += line;
  };
  for (const std::string& paragraph : split_lines(value.text(), false)) {
    if (!wrap_words(code_points(paragraph), form, [&](std::u32string_view line) { put(utf8(line)); })) put({});
  }
  return Value::string(std::move(text));
}

Value file_size(Runtime& runtime, const Value& value, Given& given) {
  const bool binary = given.next_flag("binary", false);
  if (value.is_undefined()) throw TemplateError{value.why()};
  const std::optional<double> bytes = value.is_number()   ? std::optional(value.number())
                                      : value.is_string() ? read_real(value.text())
                                                          : std::nullopt;
  if (!bytes) throw TemplateError{"filesizeformat needs a number, not " + to_repr(value).substr(0, 200)};
  if (*bytes == 1) return runtime.text("1 Byte");
  const double base = binary ? 1024 : 1000;
  if (*bytes < base) {
    if (*bytes < -9.2e18) throw TemplateError{"the number " + number_text(*bytes) + " is too large"};
    return runtime.text(std::to_string(static_cast<std::int64_t>(*bytes)) + " Bytes");
  }
  static constexpr std::string_view letters = "kMGTPEZY";
  std::size_t at = 0;
  double unit = base * base;
  while (!(*bytes < unit) && at + 1 < letters.size()) {
    unit *= base;
    ++at;
  }
  Form form;
  form.kind = 'f';
  form.precision = 1;
  const char letter = binary && at == 0 ? 'K' : letters[at];
  return runtime.text(real_laid_out(runtime, base * *bytes / unit, form) + ' ' + letter + (binary ? "iB" : "B"));
}

Value attributes(Runtime& runtime, const Value& value, Given& given) {
  const bool blank_first = given.next_flag("autospace", true);
  if (!value.is_dict() || value.as_dict().open || value.as_dict().loop)
    throw TemplateError{"xmlattr needs a dict, not " + std::string(type_name(value))};
  std::string text;
  for (const auto& [key, item] : value.as_dict().items) {
    if (item.is_none() || item.is_undefined()) continue;
    if (!key.is_string())
      throw TemplateError{"expected string or bytes-like object, got '" + std::string(type_name(key)) + "'"};
    const auto is_wrong = [](char32_t c) { return is_space(c) || c == U'/' || c == U'>' || c == U'='; };
    const std::u32string points = code_points(key.text());
    if (std::any_of(points.begin(), points.end(), is_wrong))
      throw TemplateError{"Invalid character in attribute name: " + to_repr(key)};
    if (!text.empty() || blank_first) text += ' ';
    const std::string part = escaped(key.text()) + "=\"" + escaped(to_text(item)) + '"';
    runtime.charge(part.size());
    text += part;
  }
  return runtime.text(std::move(text));
}

}  // namespace

const std::map<std::string_view, Filter>& layout_filters() {
  static const std::map<std::string_view, Filter> table = {
      {"filesizeformat", file_size},
      {"pprint", [](Runtime& r, const Value& v, Given&) { return r.text(pretty_printed(r, v)); }},
      {"wordwrap", word_wrapped},
      {"xmlattr", attributes}};
  return table;
}

}  // namespace sotto::engine::jinja
