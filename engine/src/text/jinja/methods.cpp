// The methods of Python's str, dict and list that change nothing.
#include <algorithm>
#include <array>
#include <map>

#include "text/jinja/python_text.h"
#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

namespace {

using Method = Value (*)(Runtime&, const Value&, Given&);
using Table = std::map<std::string_view, Method>;

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
  const std::string set = given.next_text("chars", {});
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

// startswith and endswith take a text or a tuple of texts.
template <bool at_end>
Value is_at_edge(Runtime&, const Value& of, Given& given) {
  const Value what = given.need("prefix");
  const auto at_edge = [&](const Value& part) {
    return at_end ? of.text().ends_with(need_text(part)) : of.text().starts_with(need_text(part));
  };
  if (what.is_list()) return Value::boolean(std::any_of(what.items().begin(), what.items().end(), at_edge));
  return Value::boolean(at_edge(what));
}

template <bool last, bool must>
Value find(Runtime&, const Value& of, Given& given) {
  const std::u32string text = code_points(of.text());
  const std::string what = need_text(given.need("sub"));
  const auto count = static_cast<std::int64_t>(text.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? std::max<std::int64_t>(at, -count) + count : at, 0, count);
  };
  const std::int64_t first = given.next_whole("start", 0);
  const std::int64_t begin = place(first);
  const std::int64_t end = place(given.next_whole("end", count));
  std::size_t at = std::string::npos;
  std::string part;
  if (begin <= end && first <= count) {
    part =
        utf8(std::u32string_view(text).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    at = last ? find_last(part, what) : find_first(part, what);
  }
  if (at == std::string::npos) {
    if (must) throw TemplateError{"substring not found"};
    return Value::integer(-1);
  }
  return Value::integer(begin + length(std::string_view(part).substr(0, at)));
}

Value count_text(Runtime&, const Value& of, Given& given) {
  const std::string what = need_text(given.need("sub"));
  if (what.empty()) return Value::integer(length(of.text()) + 1);
  std::int64_t count = 0;
  for (std::size_t at = 0; (at = find_first(of.text(), what, at)) != std::string::npos; at += what.size()) ++count;
  return Value::integer(count);
}

Value replace(Runtime& runtime, const Value& of, Given& given) {
  const std::string from = need_text(given.need("old"));
  const std::string to = need_text(given.need("new"));
  return runtime.text(replaced(of.text(), from, to, given.next_whole("count", -1), runtime.bytes_left()));
}

Value join(Runtime& runtime, const Value& of, Given& given) {
  std::string whole;
  bool first = true;
  for (const Value& part : elements(runtime, given.need("iterable"))) {
    if (!part.is_string())
      throw TemplateError{"sequence item: expected str instance, " + std::string(type_name(part)) + " found"};
    runtime.charge(part.text().size() + of.text().size());
    if (!first) whole += of.text();
    first = false;
    whole += part.text();
  }
  return Value::string(std::move(whole));
}

template <bool (*holds)(char32_t)>
Value all_are(Runtime&, const Value& of, Given&) {
  const std::u32string points = code_points(of.text());
  return Value::boolean(!points.empty() && std::all_of(points.begin(), points.end(), holds));
}

bool is_alnum(char32_t c) { return is_alpha(c) || is_digit(c); }

template <Letters letters>
Value are_letters(Runtime&, const Value& of, Given&) {
  const Letters other = letters == Letters::upper ? Letters::lower : Letters::upper;
  return Value::boolean(with_letters(of.text(), letters) == of.text() && with_letters(of.text(), other) != of.text());
}

enum class Place {
  left,
  right,
  centre
};

template <Place where>
Value padded(Runtime& runtime, const Value& of, Given& given) {
  const std::int64_t width = given.next_whole("width", 0);
  const std::string fill = given.next_text("fillchar", " ");
  const std::int64_t missing = width - length(of.text());
  if (missing <= 0) return of;
  if (length(fill) != 1) throw TemplateError{"The fill character must be exactly one character long"};
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
  const std::int64_t missing = given.next_whole("width", 0) - length(of.text());
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

// str.format(): {}, {0}, {name}, each with !r or !s; a form behind ":" is not known here.
Value format(Runtime& runtime, const Value& of, Given& given) {
  const Arguments all = given.rest();
  std::string text;
  std::size_t automatic = 0;
  const std::string& form = of.text();
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char c = form[i];
    if ((c == '{' || c == '}') && i + 1 < form.size() && form[i + 1] == c) {
      text += c;
      ++i;
      continue;
    }
    if (c == '}') throw TemplateError{"Single '}' encountered in format string"};
    if (c != '{') {
      text += c;
      continue;
    }
    const std::size_t end = form.find('}', i);
    if (end == std::string::npos) throw TemplateError{"expected '}' before end of string"};
    std::string name = form.substr(i + 1, end - i - 1);
    const bool repr = name.ends_with("!r");
    if (repr || name.ends_with("!s")) name.resize(name.size() - 2);
    if (name.find_first_of(":!.[") != std::string::npos)
      throw TemplateError{"format() does not know '{" + name + "}' here"};
    const Value* value = nullptr;
    if (name.empty() || name.find_first_not_of("0123456789") == std::string::npos) {
      const std::size_t at = name.empty() ? automatic++ : name.size() > 6 ? all.positional.size() : std::stoul(name);
      if (at < all.positional.size()) value = &all.positional[at];
    } else {
      for (const auto& [key, named] : all.named) {
        if (key == name) value = &named;
      }
    }
    if (value == nullptr) throw TemplateError{"format() has nothing for '{" + name + "}'"};
    const std::string part = repr ? to_repr(*value) : to_text(*value);
    runtime.charge(part.size());
    text += part;
    i = end;
  }
  return runtime.text(std::move(text));
}

const Table& text_methods() {
  static const Table table = {
      {"strip", strip<Side::both>},
      {"lstrip", strip<Side::left>},
      {"rstrip", strip<Side::right>},
      {"upper", change_letters<Letters::upper>},
      {"lower", change_letters<Letters::lower>},
      {"casefold", change_letters<Letters::lower>},
      {"title", [](Runtime& r, const Value& of, Given&) { return r.text(titled(of.text())); }},
      {"capitalize", [](Runtime& r, const Value& of, Given&) { return r.text(capitalized(of.text())); }},
      {"split", split_text<false>},
      {"rsplit", split_text<true>},
      {"splitlines", [](Runtime& r, const Value& of,
                        Given& given) { return texts(r, split_lines(of.text(), given.next_flag("keepends", false))); }},
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
      {"isdecimal", all_are<is_digit>},
      {"isnumeric", all_are<is_digit>},
      {"isalnum", all_are<is_alnum>},
      {"isupper", are_letters<Letters::upper>},
      {"islower", are_letters<Letters::lower>},
      {"ljust", padded<Place::left>},
      {"rjust", padded<Place::right>},
      {"center", padded<Place::centre>},
      {"zfill", zero_filled},
      {"partition", partition<false>},
      {"rpartition", partition<true>},
      {"removeprefix", without_edge<false>},
      {"removesuffix", without_edge<true>},
      {"format", format}};
  return table;
}

const Table& dict_methods() {
  static const Table table = {
      {"get",
       [](Runtime& r, const Value& of, Given& given) {
         const Value key = given.need("key");
         r.walk(of);
         const Value* value = of.as_dict().find(key);
         return value != nullptr ? *value : given.next("default", Value::none());
       }},
      {"keys", [](Runtime& r, const Value& of, Given&) { return Value::list(elements(r, of)); }},
      {"values",
       [](Runtime& r, const Value& of, Given&) {
         std::vector<Value> all;
         for (const auto& [key, value] : of.as_dict().items) all.push_back(value);
         return r.list(std::move(all));
       }},
      {"items",
       [](Runtime& r, const Value& of, Given&) {
         std::vector<Value> all;
         for (const auto& [key, value] : of.as_dict().items) all.push_back(r.list({key, value}, true));
         return r.list(std::move(all));
       }},
      {"copy", [](Runtime& r, const Value& of, Given&) {
         r.charge(of.as_dict().items.size() * 2 * sizeof(Value));
         return Value::dict(std::make_shared<Dict>(of.as_dict()));
       }}};
  return table;
}

const Table& list_methods() {
  static const Table table = {
      {"index",
       [](Runtime& r, const Value& of, Given& given) {
         const Value what = given.need("value");
         r.walk(of);
         const auto& items = of.items();
         const auto at = std::find_if(items.begin(), items.end(), [&](const Value& each) { return equal(each, what); });
         if (at == items.end()) throw TemplateError{to_repr(what) + " is not in list"};
         return Value::integer(at - items.begin());
       }},
      {"count",
       [](Runtime& r, const Value& of, Given& given) {
         const Value what = given.need("value");
         r.walk(of);
         const auto& items = of.items();
         return Value::integer(
             std::count_if(items.begin(), items.end(), [&](const Value& each) { return equal(each, what); }));
       }},
      {"copy", [](Runtime& r, const Value& of, Given&) { return r.list(of.items(), of.as_list().tuple); }}};
  return table;
}

const Table* table_of(const Value& of) {
  if (of.is_string()) return &text_methods();
  if (of.is_list()) return &list_methods();
  if (of.is_dict() && !of.as_dict().open && !of.as_dict().loop) return &dict_methods();
  return nullptr;
}

// As in transformers, whose sandbox forbids them.
bool changes(const Value& of, std::string_view name) {
  static constexpr std::array<std::string_view, 7> of_lists = {"append", "clear",  "extend", "insert",
                                                               "pop",    "remove", "sort"};
  static constexpr std::array<std::string_view, 5> of_dicts = {"clear", "pop", "popitem", "setdefault", "update"};
  if (of.is_list()) return name == "reverse" || std::find(of_lists.begin(), of_lists.end(), name) != of_lists.end();
  return of.is_dict() && !of.as_dict().open && !of.as_dict().loop &&
         std::find(of_dicts.begin(), of_dicts.end(), name) != of_dicts.end();
}

}  // namespace

bool has_method(const Value& of, std::string_view name) {
  const Table* table = table_of(of);
  return table != nullptr && (table->contains(name) || changes(of, name));
}

Value call_method(Runtime& runtime, const Value& of, const std::string& name, Arguments arguments) {
  if (changes(of, name)) {
    throw TemplateError{"access to attribute '" + name + "' of '" + std::string(type_name(of)) + "' object is unsafe."};
  }
  if (!has_method(of, name)) {
    if (of.is_undefined()) throw TemplateError{"'" + of.name() + "' is undefined"};
    throw TemplateError{"'" + std::string(type_name(of)) + "' object has no attribute '" + name + "'"};
  }
  runtime.step();
  if (of.is_string()) runtime.walk(of);
  Given given(name, std::move(arguments));
  Value result = table_of(of)->at(name)(runtime, of, given);
  if (name != "format") given.done();
  return result;
}

}  // namespace sotto::engine::jinja
