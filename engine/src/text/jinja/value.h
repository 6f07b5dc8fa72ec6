// What a template computes with: Python's values, as far as chat templates see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sotto::engine::jinja {

class Value;
struct List;
struct Dict;
struct Callable;

// What range() was given.
struct Span {
  std::int64_t begin, end, step;
};

struct Undefined {
  std::string why;  // what a use of it fails with
};
struct None {};

// Lists, dictionaries and strings are shared and never change once a template sees them; a namespace, which is a Dict
// with `open` set, does.
class Value {
 public:
  using Data = std::variant<Undefined, None, bool, std::int64_t, double, std::shared_ptr<const std::string>,
                            std::shared_ptr<List>, std::shared_ptr<Dict>, std::shared_ptr<const Callable>>;

  Value() : data_(Undefined{}) {}
  explicit Value(Data data) : data_(std::move(data)) {}
  static Value undefined(std::string why) { return Value(Data(Undefined{std::move(why)})); }
  static Value none() { return Value(Data(None{})); }
  static Value boolean(bool value) { return Value(Data(value)); }
  static Value integer(std::int64_t value) { return Value(Data(value)); }
  static Value real(double value) { return Value(Data(value)); }
  static Value string(std::string text) { return Value(Data(std::make_shared<const std::string>(std::move(text)))); }
  // Throws TemplateError beyond deepest_value, as Dict::put does.
  static Value list(std::vector<Value> items, bool tuple = false);
  static Value range(std::vector<Value> items, Span span);
  static Value dict(std::shared_ptr<Dict> dict) { return Value(Data(std::move(dict))); }
  static Value callable(Callable callable);

  template <class T>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<T>(data_);
  }
  [[nodiscard]] bool is_undefined() const { return is<Undefined>(); }
  [[nodiscard]] bool is_none() const { return is<None>(); }
  [[nodiscard]] bool is_string() const { return is<std::shared_ptr<const std::string>>(); }
  [[nodiscard]] bool is_list() const { return is<std::shared_ptr<List>>(); }
  [[nodiscard]] bool is_dict() const { return is<std::shared_ptr<Dict>>(); }
  [[nodiscard]] bool is_callable() const { return is<std::shared_ptr<const Callable>>(); }
  [[nodiscard]] bool is_number() const { return is<bool>() || is<std::int64_t>() || is<double>(); }
  [[nodiscard]] bool is_whole() const { return is<bool>() || is<std::int64_t>(); }

  // Each only where is_...() says so.
  [[nodiscard]] const std::string& text() const { return *std::get<std::shared_ptr<const std::string>>(data_); }
  [[nodiscard]] const std::vector<Value>& items() const;
  [[nodiscard]] List& as_list() const { return *std::get<std::shared_ptr<List>>(data_); }
  [[nodiscard]] Dict& as_dict() const { return *std::get<std::shared_ptr<Dict>>(data_); }
  [[nodiscard]] const std::shared_ptr<Dict>& dict_pointer() const { return std::get<std::shared_ptr<Dict>>(data_); }
  [[nodiscard]] const Callable& as_callable() const { return *std::get<std::shared_ptr<const Callable>>(data_); }
  [[nodiscard]] std::int64_t whole() const;  // of a boolean or an integer
  [[nodiscard]] double number() const;       // of any number
  [[nodiscard]] const std::string& why() const { return std::get<Undefined>(data_).why; }
  [[nodiscard]] const Data& data() const { return data_; }

 private:
  Data data_;
};

// How deep values may hold values, so that whatever walks through them may be recursive.
inline constexpr int deepest_value = 128;

struct List {
  std::vector<Value> items;
  bool tuple = false;
  int depth = 1;
  std::optional<Span> range = {};  // of a range, which is no list to `+`, `==` and tojson

  [[nodiscard]] bool is_kind_of(const List& other) const {
    return tuple == other.tuple && range.has_value() == other.range.has_value();
  }
};

// In the order of insertion, as Python's.
struct Dict {
  std::vector<std::pair<Value, Value>> items;
  int depth = 1;
  bool open = false;                       // a namespace: what it holds is not counted in a depth
  bool loop = false;                       // the variable `loop`, whose parts are attributes alone
  std::shared_ptr<const Callable> called;  // of `loop(...)`

  [[nodiscard]] const Value* find(const Value& key) const;
  [[nodiscard]] const Value* find(std::string_view key) const;
  void put(Value key, Value value);
  void put(std::string_view key, Value value) { put(Value::string(std::string(key)), std::move(value)); }
};

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

class Runtime;

struct Callable {
  std::string name;
  std::function<Value(Runtime&, Arguments)> call;
  std::shared_ptr<Dict> attributes;  // of a macro: name, arguments, ...
  int depth = 0;                     // of what `call` holds
};

// Bytes that comparisons may still go through in this thread; beyond them they throw TemplateError. A rendering sets
// its own and puts back what was there.
class ComparisonBudget {
 public:
  explicit ComparisonBudget(std::size_t bytes);
  ~ComparisonBudget();
  ComparisonBudget(const ComparisonBudget&) = delete;
  ComparisonBudget& operator=(const ComparisonBudget&) = delete;
  static void spend(std::size_t bytes);

 private:
  std::size_t before_;
};

// How long the texts may become in this thread that str(), repr() and json.dumps() write: a small list can hold one
// long text many times. As a ComparisonBudget, a rendering's own.
class TextLimit {
 public:
  explicit TextLimit(std::size_t bytes);
  ~TextLimit();
  TextLimit(const TextLimit&) = delete;
  TextLimit& operator=(const TextLimit&) = delete;
  static void check(std::size_t bytes);

 private:
  std::size_t before_;
};

// What went wrong in a template: `line` counts from 1, 0 where the runtime adds it.
struct TemplateError {
  std::string message;
  int line = 0;
};

// Levels of values within values; throws TemplateError beyond deepest_value.
[[nodiscard]] int depth_of(const Value& value);
// Python's name of the type: "str", "int", "dict", ...
[[nodiscard]] std::string_view type_name(const Value& value);
[[nodiscard]] bool truth(const Value& value);
// Both count what they go through, see ComparisonBudget.
[[nodiscard]] bool equal(const Value& left, const Value& right);
// Below, equal or above: -1, 0, 1. Throws TemplateError where Python has no order.
[[nodiscard]] int compare(const Value& left, const Value& right, std::string_view sign);
// str(value) and repr(value). These and to_json throw TemplateError beyond the TextLimit.
[[nodiscard]] std::string to_text(const Value& value);
[[nodiscard]] std::string to_repr(const Value& value);
[[nodiscard]] std::string number_text(double value);
// json.dumps(value, ensure_ascii=False); indent < 0: on one line.
[[nodiscard]] std::string to_json(const Value& value, int indent, std::string_view item_separator,
                                  std::string_view key_separator, bool sort_keys, bool ascii);

}  // namespace sotto::engine::jinja
