// The methods of Python's str. One is missing: encode, as there are no bytes here.
#include <algorithm>
#include <optional>

#include "text/jinja/methods.h"
#include "text/jinja/python_text.h"
#include "text/jinja/unicode_letters.h"

namespace sotto::engine::jinja {

namespace {

Value texts(Runtime& runtime, const std::vector<std::string>& parts, bool tuple = false) {
  std::vector<Value> values;
  values.reserve(parts.size());
  for (const std::string& part : parts) values.push_back(runtime.text(part));
  return runtime.list(std::move(values), tuple);
}

// The text of an argument that must be one.
std::string need_text(const Value& value) {
  if (!value.is_string()) throw TemplateError{"a str is needed, not " + std::string(type_name(value))};
  return value.text();
}

template <Side side>
Value strip(Runtime& runtime, const Value& of, Given& given) {
  const Value* chars = given.next("chars");
  const std::string set = chars == nullptr || chars->is_none() ? std::string() : need_text(*chars);
  if (chars != nullptr && chars->is_string() && set.empty()) return of;
  return runtime.text(stripped(of.text(), side, set));
}

template <Letters letters>
Value change_letters(Runtime& runtime, const Value& of, Given&) {
  return runtime.text(with_letters(of.text(), letters));
}

template <bool from_right>
Value split_text(Runtime& runtime, const Value& of, Given& given) {
  const Value* separator = given.next("sep");
  std::string sign;
  if (separator != nullptr && !separator->is_none()) {
    sign = need_text(*separator);
    if (sign.empty()) throw TemplateError{"empty separator"};
  }
  const std::int64_t most = given.next_whole("maxsplit", -1);
  return texts(runtime, from_right ? split_from_right(of.text(), sign, most) : split(of.text(), sign, most));
}

// text[start:end] of what is searched; none where it begins behind the text or its own end.
struct Part {
  std::int64_t begin;
  std::string text;
};

std::optional<Part> searched(const Value& of, Given& given) {
  const Value* start = given.next("start");
  const Value* stop = given.next("end");
  if (start == nullptr && stop == nullptr) return Part{0, of.text()};
  const auto number = [](const Value* value, std::int64_t otherwise) {
    if (value == nullptr || value->is_none()) return otherwise;
    if (!value->is_whole()) throw TemplateError{"slice indices must be integers or None"};
    return value->whole();
  };
  const std::u32string points = code_points(of.text());
  const auto count = static_cast<std::int64_t>(points.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? std::max<std::int64_t>(at, -count) + count : at, 0, count);
  };
  const std::int64_t begin = place(number(start, 0));
  const std::int64_t end = place(number(stop, count));
  if (number(start, 0) > count || begin > end) return std::nullopt;
  const auto part =
      std::u32string_view(points).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  return Part{begin, utf8(part)};
}

// startswith and endswith take a text or a tuple of texts.
template <bool at_end>
Value is_at_edge(Runtime&, const Value& of, Given& given) {
  const Value what = given.need("prefix");
  const std::optional<Part> in = searched(of, given);
  const auto at_edge = [&](const Value& edge) {
    const std::string text = need_text(edge);
    return in && (at_end ? in->text.ends_with(text) : in->text.starts_with(text));
  };
  if (what.is_list() && what.as_list().tuple)
    return Value::boolean(std::any_of(what.items().begin(), what.items().end(), at_edge));
  return Value::boolean(at_edge(what));
}

template <bool last, bool must>
Value find(Runtime&, const Value& of, Given& given) {
  const std::string what = need_text(given.need("sub"));
  const std::optional<Part> in = searched(of, given);
  const std::size_t at = !in ? std::string::npos : last ? find_last(in->text, what) : find_first(in->text, what);
  if (at != std::string::npos) return Value::integer(in->begin + length(std::string_view(in->text).substr(0, at)));
  if (must) throw TemplateError{"substring not found"};
  return Value::integer(-1);
}

Value count_text(Runtime&, const Value& of, Given& given) {
  const std::string what = need_text(given.need("sub"));
  const std::optional<Part> in = searched(of, given);
  if (!in) return Value::integer(0);
  if (what.empty()) return Value::integer(length(in->text) + 1);
  std::int64_t count = 0;
  for (std::size_t at = 0; (at = find_first(in->text, what, at)) != std::string::npos; at += what.size()) ++count;
  return Value::integer(count);
}

Value replace(Runtime& runtime, const Value& of, Given& given) {
  const std::string from = need_text(given.need("old"));
  const std::string to = need_text(given.need("new"));
  return runtime.text(replaced(of.text(), from, to, given.next_whole("count", -1), runtime.bytes_left()));
}

Value join(Runtime& runtime, const Value& of, Given& given) {
  std::string whole;
  std::size_t at = 0;
  for (const Value& part : elements(runtime, given.need("iterable"))) {
    if (!part.is_string())
      throw TemplateError{"sequence item " + std::to_string(at) + ": expected str instance, " +
                          std::string(type_name(part)) + " found"};
    runtime.charge(part.text().size() + of.text().size());
    if (at++ > 0) whole += of.text();
    whole += part.text();
  }
  return Value::string(std::move(whole));
}

template <bool (*holds)(char32_t)>
Value all_are(Runtime&, const Value& of, Given&) {
  const std::u32string points = code_points(of.text());
  return Value::boolean(!points.empty() && std::all_of(points.begin(), points.end(), holds));
}

// No letter is of another kind, and one is of this.
template <bool (*holds)(char32_t)>
Value letters_are(Runtime&, const Value& of, Given&) {
  const std::u32string points = code_points(of.text());
  const auto differs = [](char32_t c) { return !holds(c) && is_cased(c); };
  return Value::boolean(std::any_of(points.begin(), points.end(), holds) &&
                        std::none_of(points.begin(), points.end(), differs));
}

// A capital letter begins each word, and stands nowhere else.
Value is_titled(Runtime&, const Value& of, Given&) {
  bool inside = false;
  bool any = false;
  for (const char32_t c : code_points(of.text())) {
    const bool begins = is_upper(c) || is_title(c);
    if (begins ? inside : is_lower(c) && !inside) return Value::boolean(false);
    inside = is_cased(c);
    any = any || inside;
  }
  return Value::boolean(any);
}

Value is_identifier(Runtime&, const Value& of, Given&) {
  const std::u32string points = code_points(of.text());
  return Value::boolean(!points.empty() && begins_identifier(points[0]) &&
                        std::all_of(points.begin(), points.end(), is_in_identifier));
}

template <bool (*holds)(char32_t)>
Value none_is_other(Runtime&, const Value& of, Given&) {
  const std::u32string points = code_points(of.text());
  return Value::boolean(std::all_of(points.begin(), points.end(), holds));
}

bool is_ascii(char32_t c) { return c < 0x80; }

Value expanded_tabs(Runtime& runtime, const Value& of, Given& given) {
  const std::int64_t size = given.next_whole("tabsize", 8);
  std::string text;
  std::int64_t column = 0;
  for (const char c : of.text()) {
    if (c == '\t') {
      const std::int64_t blanks = size > 0 ? size - column % size : 0;
      if (static_cast<std::size_t>(blanks) > runtime.bytes_left()) runtime.charge(runtime.bytes_left() + 1);
      runtime.charge(static_cast<std::size_t>(blanks));
      text.append(static_cast<std::size_t>(blanks), ' ');
      column += blanks;
      continue;
    }
    text += c;
    if (c == '\n' || c == '\r') {
      column = 0;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return runtime.text(std::move(text));
}

// By the number of a character: another number, a text, or none.
Value translated(Runtime& runtime, const Value& of, Given& given) {
  const Value table = given.need("table");
  if (!table.is_dict()) throw TemplateError{"translate() takes a dict, not " + std::string(type_name(table))};
  std::string text;
  for (const char32_t c : code_points(of.text())) {
    runtime.walk(table);
    const Value* to = table.as_dict().find(Value::integer(c));
    if (to != nullptr && to->is_none()) continue;
    if (to != nullptr && !to->is_string() && !to->is_whole())
      throw TemplateError{"character mapping must return integer, None or str"};
    const std::string part = to == nullptr ? utf8({&c, 1}) : to->is_string() ? to->text() : character(to->whole());
    runtime.charge(part.size());
    text += part;
  }
  return Value::string(std::move(text));
}

// What translated() takes.
Value translation(Runtime& runtime, const Value&, Given& given) {
  const Value from = given.need("x");
  auto table = std::make_shared<Dict>();
  const auto put = [&](char32_t key, Value value) {
    runtime.step(1 + table->items.size() / 8);
    table->put(Value::integer(key), std::move(value));
  };
  const Value* to = given.next("y");
  if (to == nullptr) {
    if (!from.is_dict()) throw TemplateError{"if you give only one argument to maketrans it must be a dict"};
    for (const auto& [key, value] : from.as_dict().items) {
      const std::u32string points = key.is_string() ? code_points(key.text()) : std::u32string();
      if (key.is_string() ? points.size() != 1 : !key.is_whole())
        throw TemplateError{"keys in translate table must be integers or strings of length 1"};
      put(key.is_string() ? points[0] : static_cast<char32_t>(key.whole()), value);
    }
  } else {
    const std::u32string keys = code_points(need_text(from));
    const std::u32string values = code_points(need_text(*to));
    if (keys.size() != values.size()) throw TemplateError{"the first two maketrans arguments must have equal length"};
    for (std::size_t i = 0; i < keys.size(); ++i) put(keys[i], Value::integer(values[i]));
    if (const Value* gone = given.next("z")) {
      for (const char32_t c : code_points(need_text(*gone))) put(c, Value::none());
    }
  }
  runtime.charge((table->items.size() + 1) * 2 * sizeof(Value));
  return Value::dict(std::move(table));
}

enum class Place {
  left,
  right,
  centre
};

template <Place where>
Value padded(Runtime& runtime, const Value& of, Given& given) {
  const std::int64_t width = given.need_whole("width");
  const std::string fill = need_text(given.next("fillchar", Value::string(" ")));
  if (length(fill) != 1) throw TemplateError{"The fill character must be exactly one character long"};
  const std::int64_t missing = width - length(of.text());
  if (missing <= 0) return of;
  runtime.charge(static_cast<std::size_t>(missing) > runtime.bytes_left()
                     ? runtime.bytes_left() + 1
                     : static_cast<std::size_t>(missing) * fill.size());
  std::int64_t before = where == Place::left    ? 0
                        : where == Place::right ? missing
                                                : missing / 2 + (missing & width & 1);
  std::string text;
  for (std::int64_t i = 0; i < before; ++i) text += fill;
  text += of.text();
  for (; before < missing; ++before) text += fill;
  return runtime.text(std::move(text));
}

Value zero_filled(Runtime& runtime, const Value& of, Given& given) {
  const std::int64_t missing = given.need_whole("width") - length(of.text());
  if (missing <= 0) return of;
  if (static_cast<std::size_t>(missing) > runtime.bytes_left()) runtime.charge(runtime.bytes_left() + 1);
  std::string text = of.text();
  const bool sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  text.insert(sign ? 1 : 0, static_cast<std::size_t>(missing), '0');
  return runtime.text(std::move(text));
}

template <bool last>
Value partition(Runtime& runtime, const Value& of, Given& given) {
  const std::string sign = need_text(given.need("sep"));
  if (sign.empty()) throw TemplateError{"empty separator"};
  const std::size_t at = last ? find_last(of.text(), sign) : find_first(of.text(), sign);
  if (at == std::string::npos) {
    return texts(runtime,
                 last ? std::vector<std::string>{"", "", of.text()} : std::vector<std::string>{of.text(), "", ""},
                 true);
  }
  return texts(runtime, {of.text().substr(0, at), sign, of.text().substr(at + sign.size())}, true);
}

template <bool at_end>
Value without_edge(Runtime& runtime, const Value& of, Given& given) {
  const std::string edge = need_text(given.need("prefix"));
  const std::string& text = of.text();
  if (at_end ? !text.ends_with(edge) : !text.starts_with(edge)) return of;
  return runtime.text(at_end ? text.substr(0, text.size() - edge.size()) : text.substr(edge.size()));
}

Value format(Runtime& runtime, const Value& of, Given& given) {
  return runtime.text(with_fields(runtime, of.text(), given.rest()));
}

Value format_map(Runtime& runtime, const Value& of, Given& given) {
  const Value from = given.need("mapping");
  if (!from.is_dict()) throw TemplateError{"format_map() takes a dict, not " + std::string(type_name(from))};
  Arguments all;
  for (const auto& [name, value] : from.as_dict().items) {
    if (name.is_string()) all.named.emplace_back(name.text(), value);
  }
  return runtime.text(with_fields(runtime, of.text(), all));
}

}  // namespace

const MethodTable& text_methods() {
  static const MethodTable table = {
      {"strip", strip<Side::both>},
      {"lstrip", strip<Side::left>},
      {"rstrip", strip<Side::right>},
      {"upper", change_letters<Letters::upper>},
      {"lower", change_letters<Letters::lower>},
      {"casefold", change_letters<Letters::fold>},
      {"swapcase", [](Runtime& r, const Value& of, Given&) { return r.text(swapped(of.text())); }},
      {"title", [](Runtime& r, const Value& of, Given&) { return r.text(titled(of.text())); }},
      {"capitalize", [](Runtime& r, const Value& of, Given&) { return r.text(capitalized(of.text())); }},
      {"split", split_text<false>},
      {"rsplit", split_text<true>},
      {"splitlines",
       [](Runtime& r, const Value& of, Given& given) {
         const Value keep = given.next("keepends", Value::boolean(false));
         return texts(r, split_lines(of.text(), whole_of(keep) != 0));
       }},
      {"startswith", is_at_edge<false>},
      {"endswith", is_at_edge<true>},
      {"find", find<false, false>},
      {"rfind", find<true, false>},
      {"index", find<false, true>},
      {"rindex", find<true, true>},
      {"count", count_text},
      {"replace", replace},
      {"join", join},
      {"isspace", all_are<is_space>},
      {"isalpha", all_are<is_alpha>},
      {"isdigit", all_are<is_digit>},
      {"isdecimal", all_are<is_decimal>},
      {"isnumeric", all_are<is_numeric>},
      {"isalnum", all_are<is_alnum>},
      {"isupper", letters_are<is_upper>},
      {"islower", letters_are<is_lower>},
      {"istitle", is_titled},
      {"isascii", none_is_other<is_ascii>},
      {"isprintable", none_is_other<is_printable>},
      {"isidentifier", is_identifier},
      {"expandtabs", expanded_tabs},
      {"translate", translated},
      {"maketrans", translation},
      {"ljust", padded<Place::left>},
      {"rjust", padded<Place::right>},
      {"center", padded<Place::centre>},
      {"zfill", zero_filled},
      {"partition", partition<false>},
      {"rpartition", partition<true>},
      {"removeprefix", without_edge<false>},
      {"removesuffix", without_edge<true>},
      {"format", format},
      {"format_map", format_map}};
  return table;
}

}  // namespace sotto::engine::jinja
