// The methods of Python's dict and list that change nothing.
#include "text/jinja/methods.h"

#include <algorithm>
#include <array>

namespace sotto::engine::jinja {

namespace {

const MethodTable& dict_methods() {
  static const MethodTable table = {
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

const MethodTable& list_methods() {
  static const MethodTable table = {
      {"index",
       [](Runtime& r, const Value& of, Given& given) {
         const Value what = given.need("value");
         r.walk(of);
         const auto& items = of.items();
         const auto count = static_cast<std::int64_t>(items.size());
         const auto place = [&](std::int64_t at) {
           return std::clamp<std::int64_t>(at < 0 ? std::max<std::int64_t>(at, -count) + count : at, 0, count);
         };
         const auto begin = items.begin() + place(given.next_whole("start", 0));
         const auto end = std::max(begin, items.begin() + place(given.next_whole("stop", count)));
         const auto at = std::find_if(begin, end, [&](const Value& each) { return equal(each, what); });
         if (at != end) return Value::integer(at - items.begin());
         if (of.as_list().tuple) throw TemplateError{"tuple.index(x): x not in tuple"};
         throw TemplateError{to_repr(what) + " is not in " + std::string(type_name(of))};
       }},
      {"count",
       [](Runtime& r, const Value& of, Given& given) {
         const Value what = given.need("value");
         r.walk(of);
         const auto& items = of.items();
         return Value::integer(
             std::count_if(items.begin(), items.end(), [&](const Value& each) { return equal(each, what); }));
       }},
      {"copy", [](Runtime& r, const Value& of, Given&) { return r.list(of.items()); }}};
  return table;
}

// Tuples and ranges.
const MethodTable& sequence_methods() {
  static const MethodTable table = {{"index", list_methods().at("index")}, {"count", list_methods().at("count")}};
  return table;
}

const MethodTable* table_of(const Value& of) {
  if (of.is_string()) return &text_methods();
  if (of.is_list()) return type_name(of) == "list" ? &list_methods() : &sequence_methods();
  if (of.is_dict() && !of.as_dict().open && !of.as_dict().loop) return &dict_methods();
  return nullptr;
}

// As in transformers, whose sandbox forbids them.
bool changes(const Value& of, std::string_view name) {
  static constexpr std::array<std::string_view, 7> of_lists = {"append", "clear",  "extend", "insert",
                                                               "pop",    "remove", "sort"};
  static constexpr std::array<std::string_view, 5> of_dicts = {"clear", "pop", "popitem", "setdefault", "update"};
  if (type_name(of) == "list")
    return name == "reverse" || std::find(of_lists.begin(), of_lists.end(), name) != of_lists.end();
  return of.is_dict() && !of.as_dict().open && !of.as_dict().loop &&
         std::find(of_dicts.begin(), of_dicts.end(), name) != of_dicts.end();
}

}  // namespace

bool has_method(const Value& of, std::string_view name) {
  const MethodTable* table = table_of(of);
  return table != nullptr && (table->contains(name) || changes(of, name));
}

Value call_method(Runtime& runtime, const Value& of, const std::string& name, Arguments arguments) {
  if (changes(of, name)) {
    throw TemplateError{"access to attribute '" + name + "' of '" + std::string(type_name(of)) + "' object is unsafe."};
  }
  if (!has_method(of, name)) {
    if (of.is_undefined()) throw TemplateError{of.why()};
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
