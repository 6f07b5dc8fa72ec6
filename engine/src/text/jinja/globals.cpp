// The functions that every template has. Of Jinja's own lipsum is missing: its words are drawn, and a prompt must be
// the same each time.
#include <ctime>

#include "text/jinja/python_text.h"
#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

namespace {

Value range(Runtime& runtime, Arguments arguments) {
  constexpr std::int64_t longest = 100'000;  // as in Jinja's sandbox
  Given given("range", std::move(arguments));
  std::int64_t begin = 0;
  std::int64_t end = given.need_whole("stop");
  std::int64_t step = 1;
  if (const Value* second = given.next("stop")) {
    begin = end;
    end = whole_of(*second);
    if (const Value* third = given.next("step")) step = whole_of(*third);
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
  return runtime.range(std::move(all), {begin, end, step});
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

// cycler(...): next(), reset(), current. What it holds cannot be held by it: it is there before.
Value cycler(Runtime& runtime, Arguments arguments) {
  if (!arguments.named.empty()) throw TemplateError{"cycler() got an unexpected argument"};
  if (arguments.positional.empty()) throw TemplateError{"at least one item has to be provided"};
  const Value items = runtime.list(std::move(arguments.positional));
  const auto parts = std::make_shared<Dict>();
  parts->put("current", items.items()[0]);
  const auto at = std::make_shared<std::size_t>(0);
  const auto turn = [items, at, weak = std::weak_ptr<Dict>(parts)](std::size_t to) {
    *at = to % items.items().size();
    if (const auto held = weak.lock()) held->put("current", items.items()[*at]);
  };
  const int depth = depth_of(items) + 1;
  const auto next = [items, at, turn](Runtime&, const Arguments&) {
    Value now = items.items()[*at];
    turn(*at + 1);
    return now;
  };
  const auto reset = [turn](Runtime&, const Arguments&) {
    turn(0);
    return Value::none();
  };
  parts->put("next", Value::callable({"next", next, nullptr, depth}));
  parts->put("reset", Value::callable({"reset", reset, nullptr, depth}));
  const auto call = [](Runtime&, const Arguments&) -> Value { throw TemplateError{"'Cycler' object is not callable"}; };
  return Value::callable({"cycler", call, parts, depth + 1});
}

// joiner(sep): nothing first, then sep.
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

}  // namespace

Value global(std::string_view name) {
  using Function = std::function<Value(Runtime&, Arguments)>;
  static const std::pair<std::string_view, Function> all[] = {
      {"range", range},   {"namespace", make_namespace},   {"dict", make_dict},       {"cycler", cycler},
      {"joiner", joiner}, {"strftime_now", now_formatted}, {"raise_exception", raise}};
  for (const auto& [known, function] : all) {
    if (known == name) return Value::callable({std::string(name), function, nullptr});
  }
  std::string why(1, '\'');
  return Value::undefined(why.append(name).append("' is undefined"));
}

}  // namespace sotto::engine::jinja
