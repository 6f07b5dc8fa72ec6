#include "text/jinja/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sotto::engine::jinja {

int depth_of(const Value& value) {
  int depth = 0;
  if (value.is_list()) depth = value.as_list().depth;
  if (value.is_dict() && !value.as_dict().open) depth = value.as_dict().depth;
  if (value.is_callable()) depth = value.as_callable().depth;
  if (depth >= deepest_value) throw TemplateError{"values are nested too deeply"};
  return depth;
}

Value Value::list(std::vector<Value> items, bool tuple) {
  int depth = 1;
  for (const Value& item : items) depth = std::max(depth, depth_of(item) + 1);
  return Value(Data(std::make_shared<List>(List{std::move(items), tuple, depth})));
}

Value Value::range(std::vector<Value> items, Span span) {
  return Value(Data(std::make_shared<List>(List{std::move(items), false, 1, span})));
}

Value Value::callable(Callable callable) {
  return Value(Data(std::shared_ptr<const Callable>(std::make_shared<Callable>(std::move(callable)))));
}

const std::vector<Value>& Value::items() const { return std::get<std::shared_ptr<List>>(data_)->items; }

std::int64_t Value::whole() const {
  if (const bool* flag = std::get_if<bool>(&data_)) return *flag ? 1 : 0;
  return std::get<std::int64_t>(data_);
}

double Value::number() const {
  if (const double* real = std::get_if<double>(&data_)) return *real;
  return static_cast<double>(whole());
}

namespace {

thread_local std::size_t comparison_bytes = std::numeric_limits<std::size_t>::max();
thread_local std::size_t longest_text = std::numeric_limits<std::size_t>::max();

}  // namespace

ComparisonBudget::ComparisonBudget(std::size_t bytes) : before_(std::exchange(comparison_bytes, bytes)) {}

ComparisonBudget::~ComparisonBudget() { comparison_bytes = before_; }

void ComparisonBudget::spend(std::size_t bytes) {
  if (bytes > comparison_bytes) throw TemplateError{"the template takes too long"};
  comparison_bytes -= bytes;
}

TextLimit::TextLimit(std::size_t bytes) : before_(std::exchange(longest_text, bytes)) {}

TextLimit::~TextLimit() { longest_text = before_; }

void TextLimit::check(std::size_t bytes) {
  if (bytes > longest_text) throw TemplateError{"a text grows too long"};
}

const Value* Dict::find(const Value& key) const {
  for (const auto& [name, value] : items) {
    if (equal(name, key)) return &value;
  }
  return nullptr;
}

const Value* Dict::find(std::string_view key) const {
  for (const auto& [name, value] : items) {
    if (name.is_string() && name.text() == key) return &value;
  }
  return nullptr;
}

void Dict::put(Value key, Value value) {
  if (!open) depth = std::max(depth, depth_of(value) + 1);
  for (auto& [name, old] : items) {
    if (equal(name, key)) {
      old = std::move(value);
      return;
    }
  }
  items.emplace_back(std::move(key), std::move(value));
}

std::string_view type_name(const Value& value) {
  if (value.is_undefined()) return "Undefined";
  if (value.is_none()) return "NoneType";
  if (value.is<bool>()) return "bool";
  if (value.is<std::int64_t>()) return "int";
  if (value.is<double>()) return "float";
  if (value.is_string()) return "str";
  if (value.is_list()) return value.as_list().range ? "range" : value.as_list().tuple ? "tuple" : "list";
  if (value.is_callable()) return "function";
  if (value.as_dict().loop) return "LoopContext";
  return value.as_dict().open ? "Namespace" : "dict";
}

bool truth(const Value& value) {
  if (value.is_undefined() || value.is_none()) return false;
  if (value.is_number()) return value.number() != 0;
  if (value.is_string()) return !value.text().empty();
  if (value.is_list()) return !value.items().empty();
  if (value.is_dict()) return value.as_dict().open || value.as_dict().loop || !value.as_dict().items.empty();
  return true;
}

bool equal(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    if (left.is_whole() && right.is_whole()) return left.whole() == right.whole();
    return left.number() == right.number();
  }
  if (left.data().index() != right.data().index()) return false;
  if (left.is_undefined() || left.is_none()) return true;
  if (left.is_string()) {
    if (left.text().size() != right.text().size()) return false;
    ComparisonBudget::spend(left.text().size());
    return left.text() == right.text();
  }
  if (left.is_list()) {
    const List& a = left.as_list();
    const List& b = right.as_list();
    ComparisonBudget::spend(64 * std::min(a.items.size(), b.items.size()));
    return a.is_kind_of(b) && std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
  }
  if (left.is_callable()) return &left.as_callable() == &right.as_callable();
  const Dict& a = left.as_dict();
  const Dict& b = right.as_dict();
  if (&a == &b) return true;
  if (a.open || b.open || a.loop || b.loop || a.items.size() != b.items.size()) return false;
  ComparisonBudget::spend(16 * a.items.size() * a.items.size());
  return std::all_of(a.items.begin(), a.items.end(), [&](const auto& item) {
    const Value* other = b.find(item.first);
    return other != nullptr && equal(item.second, *other);
  });
}

int compare(const Value& left, const Value& right, std::string_view sign) {
  if (left.is_whole() && right.is_whole()) {
    return left.whole() < right.whole() ? -1 : left.whole() > right.whole() ? 1 : 0;
  }
  if (left.is_number() && right.is_number()) {
    return left.number() < right.number() ? -1 : left.number() > right.number() ? 1 : 0;
  }
  // UTF-8 is in the order of its code points.
  if (left.is_string() && right.is_string()) {
    ComparisonBudget::spend(std::min(left.text().size(), right.text().size()));
    const int order = left.text().compare(right.text());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (left.is_list() && right.is_list() && left.as_list().is_kind_of(right.as_list()) && !left.as_list().range) {
    const auto& a = left.items();
    const auto& b = right.items();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if (!equal(a[i], b[i])) return compare(a[i], b[i], sign);
    }
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
  }
  for (const Value* value : {&left, &right}) {
    if (value->is_undefined()) throw TemplateError{value->why()};
  }
  throw TemplateError{"'" + std::string(sign) + "' not supported between instances of '" +
                      std::string(type_name(left)) + "' and '" + std::string(type_name(right)) + "'"};
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 32> room{};
  const auto end = std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::scientific).ptr;
  std::string text(room.data(), end);
  const std::size_t e = text.find('e');
  const int exponent = std::stoi(text.substr(e + 1));
  if (exponent < -4 || exponent >= 16) {  // Python's border
    std::string digits = text.substr(0, e);
    const std::string number = std::to_string(std::abs(exponent));
    return digits + 'e' + (exponent < 0 ? '-' : '+') + (number.size() < 2 ? "0" : "") + number;
  }
  const auto plain = std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::fixed).ptr;
  text.assign(room.data(), plain);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

}  // namespace sotto::engine::jinja
