#include <algorithm>
#include <cmath>
#include <optional>

#include "text/jinja/filters.h"
#include "text/jinja/numbers.h"
#include "text/jinja/python_text.h"
#include "text/jinja/unicode_letters.h"

namespace sotto::engine::jinja {

namespace {

Value to_whole(const Value& value, const Value& otherwise, std::int64_t base) {
  if (value.is_undefined()) throw TemplateError{value.why()};
  if (value.is_whole()) return Value::integer(value.whole());
  std::optional<double> real;
  if (value.is_string()) {
    if (const auto whole = read_whole(value.text(), base)) return Value::integer(*whole);
    real = read_real(value.text());
  } else if (value.is<double>()) {
    real = value.number();
  }
  if (!real || std::isnan(*real)) return otherwise;
  if (!(std::abs(*real) < 9.2e18)) throw TemplateError{"the number " + number_text(*real) + " is too large"};
  return Value::integer(static_cast<std::int64_t>(*real));
}

Value to_real(const Value& value, const Value& otherwise) {
  if (value.is_undefined()) throw TemplateError{value.why()};
  if (value.is_number()) return Value::real(value.number());
  const std::optional<double> real = value.is_string() ? read_real(value.text()) : std::nullopt;
  return real ? Value::real(*real) : otherwise;
}

Value rounded(Runtime&, const Value& value, Given& given) {
  const std::int64_t digits = given.next_whole("precision", 0);
  const std::string method = given.next_text("method", "common");
  if (!value.is_number()) throw TemplateError{"round needs a number, not " + std::string(type_name(value))};
  if (method != "common" && method != "ceil" && method != "floor")
    throw TemplateError{"method must be common, ceil or floor"};
  if (value.is_whole() && digits >= 0 && method == "common")
    return value.is<bool>() ? Value::integer(value.whole()) : value;
  const double scale = std::pow(10.0, static_cast<double>(digits));
  const double scaled = value.number() * scale;
  const double whole = method == "common" ? std::nearbyint(scaled)
                       : method == "ceil" ? std::ceil(scaled)
                                          : std::floor(scaled);
  return Value::real(whole / scale);
}

Value indented(Runtime& runtime, const Value& value, Given& given) {
  const Value* width = given.next("width");
  const bool first = given.next_flag("first", false);
  const bool blank = given.next_flag("blank", false);
  if (width != nullptr && width->is_whole() && width->whole() > 1'000'000)
    throw TemplateError{"the text is indented too far"};
  const std::string by =
      width == nullptr ? "    "
      : width->is_string()
          ? width->text()
          : std::string(static_cast<std::size_t>(std::max<std::int64_t>(0, width->is_whole() ? width->whole() : 4)),
                        ' ');
  std::string text;
  bool begins = true;
  // jinja2 adds a newline to what it splits, so that a last one is kept.
  const std::vector<std::string> lines = split_lines(to_text(value) + '\n', false);
  for (const std::string& line : lines) {
    if (!begins) text += '\n';
    const bool indents = begins ? first : blank || !line.empty();
    if (indents) text += by;
    text += line;
    runtime.charge(by.size() + line.size());
    begins = false;
  }
  return Value::string(std::move(text));
}

Value truncated(Runtime& runtime, const Value& value, Given& given) {
  const std::int64_t most = given.next_whole("length", 255);
  const bool inside_words = given.next_flag("killwords", false);
  const std::string end = given.next_text("end", "...");
  const std::int64_t leeway = given.next_whole("leeway", 5);
  const std::u32string text = code_points(to_text(value));
  if (most < length(end) || leeway < 0) throw TemplateError{"expected length >= " + std::to_string(length(end))};
  if (static_cast<std::int64_t>(text.size()) <= most + leeway) return value;
  std::u32string part = text.substr(0, static_cast<std::size_t>(most - length(end)));
  if (const std::size_t blank = part.rfind(U' '); !inside_words && blank != std::u32string::npos) part.resize(blank);
  return runtime.text(utf8(part) + end);
}

Value json(Runtime& runtime, const Value& value, Given& given) {
  // The arguments of transformers' own tojson.
  const bool ascii = given.next_flag("ensure_ascii", false);
  const Value indent = given.next("indent", Value::none());
  const Value separators = given.next("separators", Value::none());
  const bool sorted = given.next_flag("sort_keys", false);
  const std::int64_t blanks = indent.is_whole() ? std::clamp<std::int64_t>(indent.whole(), 0, 1000) : -1;
  std::string between = blanks < 0 ? ", " : ",";
  std::string after_key = ": ";
  if (separators.is_list() && separators.items().size() == 2) {
    between = to_text(separators.items()[0]);
    after_key = to_text(separators.items()[1]);
  }
  return runtime.text(to_json(value, static_cast<int>(blanks), between, after_key, sorted, ascii));
}

std::string url_encoded(const std::string& text) {
  static constexpr std::string_view figures = "0123456789ABCDEF";
  static constexpr std::string_view kept = "-._~/";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
        kept.find(c) != std::string_view::npos) {
      result += c;
    } else {
      ((result += '%') += figures[byte >> 4]) += figures[byte & 15];
    }
  }
  return result;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '\'':
        result += "&#39;";
        break;
      case '"':
        result += "&#34;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

const std::map<std::string_view, Filter>& text_filters() {
  static const std::map<std::string_view, Filter> table = {
      {"abs",
       [](Runtime&, const Value& v, Given&) {
         if (!v.is_number()) throw TemplateError{"bad operand type for abs(): '" + std::string(type_name(v)) + "'"};
         return v.number() < 0 ? negative(v) : v.is<bool>() ? Value::integer(v.whole()) : v;
       }},
      {"capitalize", [](Runtime& r, const Value& v, Given&) { return r.text(capitalized(to_text(v))); }},
      {"center",
       [](Runtime& r, const Value& v, Given& g) {
         return call_method(r, Value::string(to_text(v)), "center", {{Value::integer(g.next_whole("width", 80))}, {}});
       }},
      {"escape", [](Runtime& r, const Value& v, Given&) { return r.text(escaped(to_text(v))); }},
      {"float", [](Runtime&, const Value& v, Given& g) { return to_real(v, g.next("default", Value::real(0))); }},
      {"format",
       [](Runtime& r, const Value& v, Given& g) {
         const Arguments all = g.rest();
         Dict named;
         for (const auto& [name, value] : all.named) named.put(name, value);
         return r.text(formatted(r, to_text(v), all.positional, all.named.empty() ? nullptr : &named));
       }},
      {"indent", indented},
      {"int",
       [](Runtime&, const Value& v, Given& g) {
         const Value other = g.next("default", Value::integer(0));
         return to_whole(v, other, g.next_whole("base", 10));
       }},
      {"lower", [](Runtime& r, const Value& v, Given&) { return r.text(with_letters(to_text(v), Letters::lower)); }},
      {"replace",
       [](Runtime& r, const Value& v, Given& g) {
         const std::string from = to_text(g.need("old"));
         const std::string to = to_text(g.need("new"));
         return r.text(replaced(to_text(v), from, to, g.next_whole("count", -1), r.bytes_left()));
       }},
      {"round", rounded},
      {"safe", [](Runtime& r, const Value& v, Given&) { return r.text(to_text(v)); }},
      {"string", [](Runtime& r, const Value& v, Given&) { return r.text(to_text(v)); }},
      {"title",
       [](Runtime& r, const Value& v, Given&) {
         // jinja2's own: a word begins after blanks, hyphens and brackets alone.
         std::string result;
         std::u32string word;
         const auto put = [&] {
           const std::u32string_view all = word;
           result += with_letters(utf8(all.substr(0, 1)), Letters::upper);
           if (!all.empty()) result += with_letters(utf8(all.substr(1)), Letters::lower);
           word.clear();
         };
         for (const char32_t c : code_points(to_text(v))) {
           if (is_space(c) || std::u32string_view(U"-([{<").find(c) != std::u32string_view::npos) {
             put();
             result += utf8({&c, 1});
           } else {
             word += c;
           }
         }
         put();
         return r.text(std::move(result));
       }},
      {"tojson", json},
      {"trim",
       [](Runtime& r, const Value& v, Given& g) {
         const std::string set = g.next_text("chars", {});
         return r.text(stripped(to_text(v), Side::both, set));
       }},
      {"truncate", truncated},
      {"upper", [](Runtime& r, const Value& v, Given&) { return r.text(with_letters(to_text(v), Letters::upper)); }},
      {"urlencode", [](Runtime& r, const Value& v, Given&) { return r.text(url_encoded(to_text(v))); }},
      {"wordcount", [](Runtime&, const Value& v, Given&) {
         const std::u32string points = code_points(to_text(v));
         std::int64_t count = 0;
         bool inside = false;
         for (const char32_t c : points) {
           const bool part = is_alnum(c) || c == U'_';
           count += part && !inside ? 1 : 0;
           inside = part;
         }
         return Value::integer(count);
       }}};
  return table;
}

}  // namespace sotto::engine::jinja
