// str(), repr() and json.dumps() of a value.
#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "text/jinja/value.h"

namespace sotto::engine::jinja {

namespace {

void append_hex(std::string& out, const char* form, unsigned value) {
  std::array<char, 16> room{};
  out.append(room.data(), static_cast<std::size_t>(std::snprintf(room.data(), room.size(), form, value)));
}

void append_repr(std::string& out, const std::string& text) {
  const bool apostrophe = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = apostrophe ? '"' : '\'';
  out += quote;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      (out += '\\') += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      append_hex(out, "\\x%02x", byte);
    } else {
      out += c;
    }
  }
  out += quote;
}

void check_length(const std::string& out) {
  if (out.size() > longest_text) throw TemplateError{"a text grows too long"};
}

void append_text(std::string& out, const Value& value, bool quoted) {
  check_length(out);
  if (value.is_undefined()) {
    if (quoted) out += "Undefined";
  } else if (value.is_none()) {
    out += "None";
  } else if (value.is<bool>()) {
    out += value.whole() != 0 ? "True" : "False";
  } else if (value.is<std::int64_t>()) {
    out += std::to_string(value.whole());
  } else if (value.is<double>()) {
    out += number_text(value.number());
  } else if (value.is_string()) {
    quoted ? append_repr(out, value.text()) : void(out += value.text());
  } else if (value.is_list()) {
    const List& list = value.as_list();
    out += list.tuple ? '(' : '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out += ", ";
      append_text(out, list.items[i], true);
    }
    if (list.tuple && list.items.size() == 1) out += ',';
    out += list.tuple ? ')' : ']';
  } else if (value.is_callable()) {
    out += "<" + value.as_callable().name + ">";
  } else if (value.as_dict().open || value.as_dict().loop) {
    out += value.as_dict().open ? "<Namespace>" : "<LoopContext>";
  } else {
    out += '{';
    bool first = true;
    for (const auto& [key, item] : value.as_dict().items) {
      if (!first) out += ", ";
      first = false;
      append_text(out, key, true);
      out += ": ";
      append_text(out, item, true);
    }
    out += '}';
  }
}

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
  check_length(out);
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
  } else if (value.is_list()) {
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
  std::string out;
  append_text(out, value, false);
  return out;
}

std::string to_repr(const Value& value) {
  std::string out;
  append_text(out, value, true);
  return out;
}

std::string to_json(const Value& value, int indent, std::string_view item_separator, std::string_view key_separator,
                    bool sort_keys, bool ascii) {
  std::string out;
  append_json(out, value, {indent, item_separator, key_separator, sort_keys, ascii}, 0);
  return out;
}

}  // namespace sotto::engine::jinja
