#include <algorithm>
#include <cmath>
#include <limits>

#include "text/jinja/python_text.h"
#include "text/jinja/runtime.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

void need_defined(const Value& value) {
  if (value.is_undefined()) throw TemplateError{value.why()};
}

// What a look-up that found nothing gives.
Value missing(const Value& of, const Value& key) {
  constexpr std::size_t longest_name = 200;
  const std::string kind = of.is_none() ? "None" : std::string(type_name(of)) + " object";
  if (key.is_string()) {
    const std::string name = utf8(code_points(std::string_view(key.text()).substr(0, longest_name)));
    return Value::undefined("'" + kind + "' has no attribute " + to_repr(Value::string(name)));
  }
  const bool plain = key.is_number() || key.is_none();
  return Value::undefined(kind + " has no element " +
                          (plain ? to_repr(key) : "of type " + std::string(type_name(key))));
}

bool is_range(const Value& value) { return value.is_list() && value.as_list().range; }

[[noreturn]] void no_operator(std::string_view sign, const Value& left, const Value& right) {
  need_defined(left);
  need_defined(right);
  const bool sequence = left.is_string() || (left.is_list() && !is_range(left));
  if (sign == "+" && sequence) {
    throw TemplateError{"can only concatenate " + std::string(type_name(left)) + " (not \"" +
                        std::string(type_name(right)) + "\") to " + std::string(type_name(left))};
  }
  throw TemplateError{"unsupported operand type(s) for " + std::string(sign) + ": '" + std::string(type_name(left)) +
                      "' and '" + std::string(type_name(right)) + "'"};
}

Value whole_result(bool overflow, std::int64_t value) {
  if (overflow) throw TemplateError{"a number becomes too large"};
  return Value::integer(value);
}

Value whole_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) throw TemplateError{"0.0 cannot be raised to a negative power"};
    return Value::real(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  if (base == 0 || base == 1) return Value::integer(exponent == 0 ? 1 : base);
  if (base == -1) return Value::integer(exponent % 2 == 0 ? 1 : -1);
  if (exponent > 63) throw TemplateError{"a number becomes too large"};
  std::int64_t result = 1;
  for (std::int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(result, base, &result)) throw TemplateError{"a number becomes too large"};
  }
  return Value::integer(result);
}

Value whole_arithmetic(std::string_view sign, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (sign == "+") {
    const bool overflow = __builtin_add_overflow(a, b, &result);
    return whole_result(overflow, result);
  }
  if (sign == "-") {
    const bool overflow = __builtin_sub_overflow(a, b, &result);
    return whole_result(overflow, result);
  }
  if (sign == "*") {
    const bool overflow = __builtin_mul_overflow(a, b, &result);
    return whole_result(overflow, result);
  }
  if (sign == "**") return whole_power(a, b);
  if (b == 0) {
    throw TemplateError{sign == "/"   ? "division by zero"
                        : sign == "%" ? "integer modulo by zero"
                                      : "integer division or modulo by zero"};
  }
  if (sign == "/") return Value::real(static_cast<double>(a) / static_cast<double>(b));
  if (b == -1) return sign == "%" ? Value::integer(0) : whole_result(a == std::numeric_limits<std::int64_t>::min(), -a);
  const bool lower = a % b != 0 && (a < 0) != (b < 0);  // towards minus infinity
  if (sign == "//") return Value::integer(a / b - (lower ? 1 : 0));
  return Value::integer(lower ? a % b + b : a % b);
}

Value real_arithmetic(std::string_view sign, double a, double b) {
  if (sign == "+") return Value::real(a + b);
  if (sign == "-") return Value::real(a - b);
  if (sign == "*") return Value::real(a * b);
  if (sign == "**") {
    if (a == 0 && b < 0) throw TemplateError{"0.0 cannot be raised to a negative power"};
    return Value::real(std::pow(a, b));
  }
  if (b == 0) {
    throw TemplateError{sign == "/"   ? "float division by zero"
                        : sign == "%" ? "float modulo"
                                      : "float floor division by zero"};
  }
  if (sign == "/") return Value::real(a / b);
  const double quotient = std::floor(a / b);
  if (sign == "//") return Value::real(quotient);
  double rest = std::fmod(a, b);
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  return Value::real(rest);
}

Value repeated(Runtime& runtime, const Value& what, std::int64_t times) {
  times = std::max<std::int64_t>(times, 0);
  const auto count = static_cast<std::size_t>(times);
  if (what.is_string()) {
    if (!what.text().empty() && count > runtime.bytes_left() / what.text().size())
      runtime.charge(runtime.bytes_left() + 1);
    std::string text;
    for (std::size_t i = 0; i < count && !what.text().empty(); ++i) text += what.text();
    return runtime.text(std::move(text));
  }
  const std::vector<Value>& items = what.items();
  if (!items.empty() && count > runtime.bytes_left() / (items.size() * sizeof(Value)))
    runtime.charge(runtime.bytes_left() + 1);
  std::vector<Value> all;
  for (std::size_t i = 0; i < count && !items.empty(); ++i) all.insert(all.end(), items.begin(), items.end());
  return runtime.list(std::move(all), what.as_list().tuple);
}

// Where Python's slice of `count` items begins and ends.
Span range_of(std::int64_t count, const Value& begin, const Value& end, const Value& step) {
  const auto number = [](const Value& value, std::int64_t otherwise) {
    if (value.is_none()) return otherwise;
    if (!value.is_whole()) throw TemplateError{"slice indices must be integers or None"};
    return value.whole();
  };
  const std::int64_t by = number(step, 1);
  if (by == 0) throw TemplateError{"slice step cannot be zero"};
  const std::int64_t low = by > 0 ? 0 : -1;
  const std::int64_t high = by > 0 ? count : count - 1;
  const auto place = [&](const Value& value, std::int64_t otherwise) {
    if (value.is_none()) return otherwise;
    std::int64_t at = number(value, 0);
    if (at < 0) at = std::max(at, -count - 1);
    if (at < 0) at += count;
    return std::min(std::max(at, low), high);
  };
  return {place(begin, by > 0 ? low : high), place(end, by > 0 ? high : low), by};
}

template <class Take>
void walk(const Span& range, const Take& take) {
  if (range.step > 0) {
    for (std::int64_t i = range.begin; i<range.end; i = range.step> range.end - i ? range.end : i + range.step) take(i);
  } else {
    for (std::int64_t i = range.begin; i > range.end; i = range.step < range.end - i ? range.end : i + range.step)
      take(i);
  }
}

}  // namespace

Value binary(Runtime& runtime, std::string_view sign, const Value& left, const Value& right) {
  if (sign == "~") {
    std::string text = to_text(left);
    return runtime.text(text += to_text(right));
  }
  if (left.is_number() && right.is_number()) {
    if (left.is_whole() && right.is_whole()) return whole_arithmetic(sign, left.whole(), right.whole());
    return real_arithmetic(sign, left.number(), right.number());
  }
  if (sign == "+" && left.is_string() && right.is_string()) {
    runtime.charge(left.text().size() + right.text().size());
    return Value::string(left.text() + right.text());
  }
  if (sign == "+" && left.is_list() && right.is_list() && left.as_list().is_kind_of(right.as_list()) &&
      !is_range(left)) {
    std::vector<Value> all = left.items();
    all.insert(all.end(), right.items().begin(), right.items().end());
    return runtime.list(std::move(all), left.as_list().tuple);
  }
  if (sign == "*" && right.is_whole() && (left.is_string() || left.is_list()) && !is_range(left))
    return repeated(runtime, left, right.whole());
  if (sign == "*" && left.is_whole() && (right.is_string() || right.is_list()) && !is_range(right))
    return repeated(runtime, right, left.whole());
  if (sign == "%" && left.is_string()) {
    if (right.is_list() && right.as_list().tuple)
      return runtime.text(formatted(runtime, left.text(), right.items(), nullptr));
    return runtime.text(formatted(runtime, left.text(), {right}, right.is_dict() ? &right.as_dict() : nullptr));
  }
  no_operator(sign == "**" ? "** or pow()" : sign, left, right);
}

Value negative(const Value& value) {
  need_defined(value);
  if (value.is_whole()) return whole_arithmetic("-", 0, value.whole());
  if (value.is<double>()) return Value::real(-value.number());
  throw TemplateError{"bad operand type for unary -: '" + std::string(type_name(value)) + "'"};
}

bool contains(Runtime& runtime, const Value& container, const Value& item) {
  runtime.walk(container);
  if (container.is_undefined()) return false;
  if (container.is_string()) {
    if (!item.is_string()) {
      need_defined(item);
      throw TemplateError{"'in <string>' requires string as left operand, not " + std::string(type_name(item))};
    }
    return find_first(container.text(), item.text()) != std::string::npos;
  }
  if (container.is_list()) {
    return std::ranges::any_of(container.items(), [&](const Value& each) { return equal(each, item); });
  }
  if (container.is_dict() && !container.as_dict().open && !container.as_dict().loop)
    return container.as_dict().find(item) != nullptr;
  throw TemplateError{"argument of type '" + std::string(type_name(container)) + "' is not iterable"};
}

std::vector<Value> elements(Runtime& runtime, const Value& value) {
  if (value.is_undefined()) return {};
  if (value.is_list()) {
    runtime.charge(value.items().size() * sizeof(Value));
    return value.items();
  }
  std::vector<Value> all;
  if (value.is_string()) {
    std::string_view text = value.text();
    runtime.charge(text.size() * sizeof(Value));
    while (!text.empty()) {
      const std::size_t step = next_utf8(text).length;
      all.push_back(Value::string(std::string(text.substr(0, step))));
      text.remove_prefix(step);
    }
    return all;
  }
  if (value.is_dict() && !value.as_dict().open && !value.as_dict().loop) {
    runtime.charge(value.as_dict().items.size() * sizeof(Value));
    for (const auto& [key, item] : value.as_dict().items) all.push_back(key);
    return all;
  }
  throw TemplateError{"'" + std::string(type_name(value)) + "' object is not iterable"};
}

std::int64_t length_of(const Value& value) {
  if (value.is_undefined()) return 0;
  if (value.is_string()) return length(value.text());
  if (value.is_list()) return static_cast<std::int64_t>(value.items().size());
  if (value.is_dict() && !value.as_dict().open && !value.as_dict().loop) {
    return static_cast<std::int64_t>(value.as_dict().items.size());
  }
  throw TemplateError{"object of type '" + std::string(type_name(value)) + "' has no len()"};
}

Value attribute(Runtime&, const Value& of, const std::string& name) {
  need_defined(of);
  if (has_method(of, name)) {
    const auto call = [of, name](Runtime& runtime, Arguments arguments) {
      return call_method(runtime, of, name, std::move(arguments));
    };
    return Value::callable({name, call, nullptr, depth_of(of) + 1});
  }
  if (of.is_dict()) {
    if (const Value* value = of.as_dict().find(std::string_view(name))) return *value;
  }
  if (of.is_callable() && of.as_callable().attributes) {
    if (const Value* value = of.as_callable().attributes->find(std::string_view(name))) return *value;
  }
  if (const std::optional<Span> range = of.is_list() ? of.as_list().range : std::nullopt) {
    if (name == "start") return Value::integer(range->begin);
    if (name == "stop") return Value::integer(range->end);
    if (name == "step") return Value::integer(range->step);
  }
  return missing(of, Value::string(name));
}

Value item(Runtime& runtime, const Value& of, const Value& key) {
  need_defined(of);
  if (!of.is_list()) runtime.walk(of);
  if (of.is_dict() && !of.as_dict().open && !of.as_dict().loop) {
    if (const Value* value = of.as_dict().find(key)) return *value;
  } else if (key.is_whole() && of.is_list()) {
    const auto count = static_cast<std::int64_t>(of.items().size());
    const std::int64_t at = key.whole() < 0 ? key.whole() + count : key.whole();
    if (at >= 0 && at < count) return of.items()[static_cast<std::size_t>(at)];
  } else if (key.is_whole() && of.is_string()) {
    const std::u32string points = code_points(of.text());
    const auto count = static_cast<std::int64_t>(points.size());
    const std::int64_t at = key.whole() < 0 ? key.whole() + count : key.whole();
    if (at >= 0 && at < count)
      return runtime.text(utf8(std::u32string_view(points).substr(static_cast<std::size_t>(at), 1)));
  }
  if (key.is_string()) return attribute(runtime, of, key.text());
  return missing(of, key);
}

Value slice(Runtime& runtime, const Value& of, const Value& begin, const Value& end, const Value& step) {
  need_defined(of);
  runtime.walk(of);
  if (of.is_string()) {
    const std::u32string points = code_points(of.text());
    std::u32string part;
    walk(range_of(static_cast<std::int64_t>(points.size()), begin, end, step),
         [&](std::int64_t i) { part += points[static_cast<std::size_t>(i)]; });
    return runtime.text(utf8(part));
  }
  if (!of.is_list()) {
    std::string why(1, '\'');
    return Value::undefined(why.append(type_name(of)).append("' object is not subscriptable"));
  }
  std::vector<Value> part;
  const Span taken = range_of(static_cast<std::int64_t>(of.items().size()), begin, end, step);
  walk(taken, [&](std::int64_t i) { part.push_back(of.items()[static_cast<std::size_t>(i)]); });
  if (const auto& range = of.as_list().range) {
    const auto place = [&](std::int64_t i) {
      return whole_arithmetic("+", range->begin, whole_arithmetic("*", i, range->step).whole()).whole();
    };
    const std::int64_t by = whole_arithmetic("*", range->step, taken.step).whole();
    return runtime.range(std::move(part), {place(taken.begin), place(taken.end), by});
  }
  return runtime.list(std::move(part), of.as_list().tuple);
}

}  // namespace sotto::engine::jinja
