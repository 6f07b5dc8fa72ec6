// The functions that every template has, and printf's forms.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "text/jinja/python_text.h"
#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

namespace {

Value range(Runtime& runtime, Arguments arguments) {
  constexpr std::int64_t longest = 100'000;  // as in Jinja's sandbox
  Given given("range", std::move(arguments));
  const auto number = [](const Value& value) {
    if (!value.is_whole())
      throw TemplateError{"'" + std::string(type_name(value)) + "' object cannot be interpreted as an integer"};
    return value.whole();
  };
  std::int64_t begin = 0;
  std::int64_t end = number(given.need("stop"));
  std::int64_t step = 1;
  if (const Value* second = given.next("stop")) {
    begin = end;
    end = number(*second);
    if (const Value* third = given.next("step")) step = number(*third);
  }
  given.done();
  if (step == 0) throw TemplateError{"range() arg 3 must not be zero"};
  std::vector<Value> all;
  for (std::int64_t i = begin; step > 0 ? i < end : i > end;) {
    if (static_cast<std::int64_t>(all.size()) == longest)
      throw TemplateError{"Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)."};
    all.push_back(Value::integer(i));
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return runtime.list(std::move(all));
}

// What namespace() and dict() take: dictionaries, then names.
void fill(Runtime& runtime, Dict& made, const Arguments& arguments, const char* function) {
  for (const Value& from : arguments.positional) {
    if (!from.is_dict()) throw TemplateError{std::string(function) + "() takes a dict"};
    const auto& items = from.as_dict().items;
    runtime.charge(items.size() * 2 * sizeof(Value));
    runtime.step(1 + items.size() * items.size() / 8);
    for (const auto& [key, value] : items) made.put(key, value);
  }
  for (const auto& [name, value] : arguments.named) made.put(name, value);
}

Value make_namespace(Runtime& runtime, const Arguments& arguments) {
  const std::shared_ptr<Dict> made = runtime.new_namespace();
  fill(runtime, *made, arguments, "namespace");
  return Value::dict(made);
}

Value make_dict(Runtime& runtime, const Arguments& arguments) {
  auto made = std::make_shared<Dict>();
  fill(runtime, *made, arguments, "dict");
  runtime.charge((made->items.size() + 1) * 2 * sizeof(Value));
  return Value::dict(made);
}

Value now_formatted(Runtime& runtime, Arguments arguments) {
  Given given("strftime_now", std::move(arguments));
  const std::string form = to_text(given.need("format"));
  given.done();
  if (form.size() > 1000) throw TemplateError{"the format of the date is too long"};
  const std::time_t now = runtime.now();
  std::tm parts{};
  localtime_r(&now, &parts);
  std::string room(form.size() * 32 + 64, '\0');
  room.resize(std::strftime(room.data(), room.size(), form.c_str(), &parts));
  return runtime.text(std::move(room));
}

Value raise(Runtime&, Arguments arguments) {
  Given given("raise_exception", std::move(arguments));
  throw TemplateError{to_text(given.need("message"))};
}

// cycler(...): next(), reset(), current; joiner(sep): nothing first, then sep.
Value joiner(Runtime&, Arguments arguments) {
  Given given("joiner", std::move(arguments));
  const std::string between = given.next_text("sep", ", ");
  given.done();
  auto used = std::make_shared<bool>(false);
  return Value::callable({"joiner",
                          [between, used](Runtime& runtime, Arguments) {
                            return runtime.text(std::exchange(*used, true) ? between : std::string());
                          },
                          nullptr});
}

void append_number(std::string& out, const char* form, double value) {
  std::array<char, 512> room{};
  const int size = std::snprintf(room.data(), room.size(), form, value);
  out.append(room.data(), static_cast<std::size_t>(std::clamp<int>(size, 0, room.size() - 1)));
}

}  // namespace

std::string formatted(Runtime& runtime, const std::string& form, const std::vector<Value>& values, const Dict* named) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '%') {
      out += form[i];
      continue;
    }
    if (++i >= form.size()) throw TemplateError{"incomplete format"};
    if (form[i] == '%') {
      out += '%';
      continue;
    }
    const Value* value = nullptr;
    if (form[i] == '(') {
      const std::size_t end = form.find(')', i);
      if (end == std::string::npos || named == nullptr) throw TemplateError{"format requires a mapping"};
      value = named->find(std::string_view(form).substr(i + 1, end - i - 1));
      if (value == nullptr) throw TemplateError{"format has nothing for '" + form.substr(i + 1, end - i - 1) + "'"};
      i = end + 1;
    }
    std::string flags;
    std::string width;
    std::string precision;
    while (i < form.size() && std::string_view("-+ #0").find(form[i]) != std::string_view::npos) flags += form[i++];
    while (i < form.size() && form[i] >= '0' && form[i] <= '9') width += form[i++];
    const bool precise = i < form.size() && form[i] == '.';
    if (precise) {
      ++i;
      while (i < form.size() && form[i] >= '0' && form[i] <= '9') precision += form[i++];
    }
    if (i >= form.size()) throw TemplateError{"incomplete format"};
    if (width.size() > 4 || precision.size() > 2 || flags.size() > 5) throw TemplateError{"the format is too wide"};
    if (value == nullptr) {
      if (next >= values.size()) throw TemplateError{"not enough arguments for format string"};
      value = &values[next++];
    }
    const char kind = form[i];
    std::string shape = "%";
    shape.append(flags).append(width);
    if (precise) shape.append(".").append(precision);
    std::string part;
    if (kind == 's' || kind == 'r') {
      part = kind == 's' ? to_text(*value) : to_repr(*value);
      if (precise)
        part = utf8(std::u32string_view(code_points(part)).substr(0, precision.empty() ? 0 : std::stoul(precision)));
      const std::int64_t missing = (width.empty() ? 0 : std::stol(width)) - length(part);
      const std::string blanks(static_cast<std::size_t>(std::max<std::int64_t>(missing, 0)), ' ');
      flags.find('-') != std::string::npos ? part.append(blanks) : part.insert(0, blanks);
    } else if (std::string_view("diuxXo").find(kind) != std::string_view::npos && value->is_number()) {
      if (!value->is_whole() && !(std::abs(value->number()) < 9.2e18)) throw TemplateError{"the number is too large"};
      const auto number =
          value->is_whole() ? static_cast<long long>(value->whole()) : static_cast<long long>(value->number());
      std::array<char, 512> room{};
      const std::string print = shape + "ll" + (kind == 'u' ? 'd' : kind);
      const int size = std::snprintf(room.data(), room.size(), print.c_str(), number);
      part.assign(room.data(), static_cast<std::size_t>(std::clamp<int>(size, 0, room.size() - 1)));
    } else if (std::string_view("fFeEgG").find(kind) != std::string_view::npos && value->is_number()) {
      append_number(part, (shape + kind).c_str(), value->number());
    } else {
      throw TemplateError{std::string("unsupported format character '") + kind + "' for " +
                          std::string(type_name(*value))};
    }
    runtime.charge(part.size());
    out += part;
  }
  if (next < values.size() && named == nullptr)
    throw TemplateError{"not all arguments converted during string formatting"};
  return out;
}

Value global(std::string_view name) {
  using Function = std::function<Value(Runtime&, Arguments)>;
  static const std::pair<std::string_view, Function> all[] = {
      {"range", range},   {"namespace", make_namespace},   {"dict", make_dict},
      {"joiner", joiner}, {"strftime_now", now_formatted}, {"raise_exception", raise}};
  for (const auto& [known, function] : all) {
    if (known == name) return Value::callable({std::string(name), function, nullptr});
  }
  return Value::undefined(std::string(name));
}

}  // namespace sotto::engine::jinja
