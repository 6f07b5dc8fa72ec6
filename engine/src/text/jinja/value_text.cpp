// str(), repr() and json.dumps() of a value.
#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "text/jinja/unicode_letters.h"
#include "text/jinja/value.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

void append_hex(std::string& out, const char* form, unsigned value) {
  std::array<char, 16> room{};
  out.append(room.data(), static_cast<std::size_t>(std::snprintf(room.data(), room.size(), form, value)));
}

// Noncharacters, which no text has: jinja_prompt finds by them where contents went.
bool is_mark(char32_t c) { return c >= 0xFDD0 && c <= 0xFDEF; }

void append_repr(std::string& out, const std::string& text) {
  const bool apostrophe = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = apostrophe ? '"' : '\'';
  out += quote;
  std::string_view rest = text;
  while (!rest.empty()) {
    const char first = rest[0];
    const Utf8Step step = next_utf8(rest);
    const char32_t c = step.state == Utf8State::complete ? code_point(rest, step.length) : U'\uFFFD';
    if (first == quote || first == '\\') {
      (out += '\\') += first;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (!is_printable(c) && !is_mark(c)) {
      append_hex(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    } else {
      out += rest.substr(0, step.length);
    }
    rest.remove_prefix(step.length);
  }
  out += quote;
}

class Writer {
 public:
  void write(const Value& value, bool quoted) {
    TextLimit::check(out_.size());
    if (value.is_undefined()) {
      if (quoted) out_ += "Undefined";
    } else if (value.is_none()) {
      out_ += "None";
    } else if (value.is<bool>()) {
      out_ += value.whole() != 0 ? "True" : "False";
    } else if (value.is<std::int64_t>()) {
      out_ += std::to_string(value.whole());
    } else if (value.is<double>()) {
      out_ += number_text(value.number());
    } else if (value.is_string()) {
      quoted ? append_repr(out_, value.text()) : void(out_ += value.text());
    } else if (value.is_list()) {
      write(value.as_list());
    } else if (value.is_callable()) {
      out_ += "<" + value.as_callable().name + ">";
    } else if (value.as_dict().loop) {
      out_ += "<LoopContext>";
    } else if (value.as_dict().open) {
      out_ += "<Namespace ";
      write(value.as_dict());
      out_ += '>';
    } else {
      write(value.as_dict());
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void write(const List& list) {
    if (list.range) {
      const auto& [begin, end, step] = *list.range;
      out_ += "range(" + std::to_string(begin) + ", " + std::to_string(end);
      if (step != 1) out_ += ", " + std::to_string(step);
      out_ += ')';
      return;
    }
    out_ += list.tuple ? '(' : '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      write(list.items[i], true);
    }
    if (list.tuple && list.items.size() == 1) out_ += ',';
    out_ += list.tuple ? ')' : ']';
  }

  // Namespaces may hold one another, and be held by many lists within one another.
  void write(const Dict& dict) {
    if (std::find(within_.begin(), within_.end(), &dict) != within_.end()) {
      out_ += "{...}";
      return;
    }
    if (dict.open && ++namespaces_ > most_namespaces) throw TemplateError{"namespaces are nested too deeply"};
    within_.push_back(&dict);
    out_ += '{';
    bool first = true;
    for (const auto& [key, item] : dict.items) {
      if (!first) out_ += ", ";
      first = false;
      write(key, true);
      out_ += ": ";
      write(item, true);
    }
    out_ += '}';
    within_.pop_back();
    if (dict.open) --namespaces_;
  }

  static constexpr int most_namespaces = 20;  // each may hold deepest_value levels

  std::string out_;
  std::vector<const Dict*> within_;
  int namespaces_ = 0;
};

struct JsonForm {
  int indent;
  std::string_view item_separator, key_separator;
  bool sort_keys, ascii;
};

void append_json(std::string& out, const std::string& text, bool ascii) {
  out += nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace);
}

std::string json_key(const Value& key) {
  if (key.is_string()) return key.text();
  if (key.is_none()) return "null";
  if (key.is<bool>()) return key.whole() != 0 ? "true" : "false";
  if (key.is_number()) return to_text(key);
  throw TemplateError{"keys must be str, int, float, bool or None, not " + std::string(type_name(key))};
}

// One element of a list or dictionary after the other, each begun by `begin`.
template <class Items, class Write>
void append_items(std::string& out, const JsonForm& form, int level, char open, char close, const Items& items,
                  const Write& write) {
  out += open;
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += form.item_separator;
    first = false;
    if (form.indent >= 0) (out += '\n').append(static_cast<std::size_t>(form.indent) * (level + 1), ' ');
    write(item);
  }
  if (!first && form.indent >= 0) (out += '\n').append(static_cast<std::size_t>(form.indent) * level, ' ');
  out += close;
}

void append_json(std::string& out, const Value& value, const JsonForm& form, int level) {
  TextLimit::check(out.size());
  if (value.is_none()) {
    out += "null";
  } else if (value.is<bool>()) {
    out += value.whole() != 0 ? "true" : "false";
  } else if (value.is<double>()) {
    const std::string text = number_text(value.number());
    out += text == "nan" ? "NaN" : text == "inf" ? "Infinity" : text == "-inf" ? "-Infinity" : text;
  } else if (value.is_whole()) {
    out += std::to_string(value.whole());
  } else if (value.is_string()) {
    append_json(out, value.text(), form.ascii);
  } else if (value.is_list() && !value.as_list().range) {
    append_items(out, form, level, '[', ']', value.items(),
                 [&](const Value& item) { append_json(out, item, form, level + 1); });
  } else if (value.is_dict() && !value.as_dict().open && !value.as_dict().loop) {
    auto items = value.as_dict().items;
    if (form.sort_keys) {
      std::stable_sort(items.begin(), items.end(),
                       [](const auto& a, const auto& b) { return compare(a.first, b.first, "<") < 0; });
    }
    append_items(out, form, level, '{', '}', items, [&](const auto& item) {
      append_json(out, json_key(item.first), form.ascii);
      out += form.key_separator;
      append_json(out, item.second, form, level + 1);
    });
  } else {
    throw TemplateError{"Object of type " + std::string(type_name(value)) + " is not JSON serializable"};
  }
}

}  // namespace

std::string to_text(const Value& value) {
  Writer writer;
  writer.write(value, false);
  return writer.take();
}

std::string to_repr(const Value& value) {
  Writer writer;
  writer.write(value, true);
  return writer.take();
}

std::string to_json(const Value& value, int indent, std::string_view item_separator, std::string_view key_separator,
                    bool sort_keys, bool ascii) {
  std::string out;
  append_json(out, value, {indent, item_separator, key_separator, sort_keys, ascii}, 0);
  return out;
}

}  // namespace sotto::engine::jinja
