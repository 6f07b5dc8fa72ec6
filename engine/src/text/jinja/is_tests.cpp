// What stands after `is`.
#include <algorithm>
#include <map>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

namespace {

using Test = bool (*)(Runtime&, const Value&, Given&);

bool is_plain_dict(const Value& value) { return value.is_dict() && !value.as_dict().open && !value.as_dict().loop; }

std::int64_t whole(const Value& value) {
  if (!value.is_whole()) throw TemplateError{"an integer is needed, not " + std::string(type_name(value))};
  return value.whole();
}

std::int64_t remainder(const Value& value, const Value& by) {
  if (whole(by) == 0) throw TemplateError{"integer division or modulo by zero"};
  return whole(by) == -1 ? 0 : whole(value) % whole(by);
}

bool same(const Value& left, const Value& right) {
  if (left.is_undefined() || right.is_undefined()) return false;
  return left.data().index() == right.data().index() && equal(left, right) &&
         (!left.is_list() || &left.as_list() == &right.as_list());
}

bool says(Runtime& runtime, const Value& value, const char* method) {
  return truth(call_method(runtime, Value::string(to_text(value)), method, {}));
}

const std::map<std::string_view, Test>& table() {
  static const std::map<std::string_view, Test> all = {
      {"defined", [](Runtime&, const Value& v, Given&) { return !v.is_undefined(); }},
      {"undefined", [](Runtime&, const Value& v, Given&) { return v.is_undefined(); }},
      {"none", [](Runtime&, const Value& v, Given&) { return v.is_none(); }},
      {"boolean", [](Runtime&, const Value& v, Given&) { return v.is<bool>(); }},
      {"true", [](Runtime&, const Value& v, Given&) { return v.is<bool>() && truth(v); }},
      {"false", [](Runtime&, const Value& v, Given&) { return v.is<bool>() && !truth(v); }},
      {"integer", [](Runtime&, const Value& v, Given&) { return v.is<std::int64_t>(); }},
      {"float", [](Runtime&, const Value& v, Given&) { return v.is<double>(); }},
      {"number", [](Runtime&, const Value& v, Given&) { return v.is_number(); }},
      {"string", [](Runtime&, const Value& v, Given&) { return v.is_string(); }},
      {"mapping", [](Runtime&, const Value& v, Given&) { return is_plain_dict(v); }},
      {"sequence", [](Runtime&, const Value& v,
                      Given&) { return v.is_string() || v.is_list() || is_plain_dict(v) || v.is_undefined(); }},
      {"iterable", [](Runtime&, const Value& v,
                      Given&) { return v.is_string() || v.is_list() || is_plain_dict(v) || v.is_undefined(); }},
      {"callable", [](Runtime&, const Value& v, Given&) { return v.is_callable() || v.is_undefined(); }},
      {"even", [](Runtime&, const Value& v, Given&) { return remainder(v, Value::integer(2)) == 0; }},
      {"odd", [](Runtime&, const Value& v, Given&) { return remainder(v, Value::integer(2)) != 0; }},
      {"divisibleby", [](Runtime&, const Value& v, Given& g) { return remainder(v, g.need("num")) == 0; }},
      {"lower", [](Runtime& r, const Value& v, Given&) { return says(r, v, "islower"); }},
      {"upper", [](Runtime& r, const Value& v, Given&) { return says(r, v, "isupper"); }},
      {"eq", [](Runtime&, const Value& v, Given& g) { return equal(v, g.need("other")); }},
      {"ne", [](Runtime&, const Value& v, Given& g) { return !equal(v, g.need("other")); }},
      {"lt", [](Runtime&, const Value& v, Given& g) { return compare(v, g.need("other"), "<") < 0; }},
      {"le", [](Runtime&, const Value& v, Given& g) { return compare(v, g.need("other"), "<=") <= 0; }},
      {"gt", [](Runtime&, const Value& v, Given& g) { return compare(v, g.need("other"), ">") > 0; }},
      {"ge", [](Runtime&, const Value& v, Given& g) { return compare(v, g.need("other"), ">=") >= 0; }},
      {"in", [](Runtime& r, const Value& v, Given& g) { return contains(r, g.need("seq"), v); }},
      {"sameas", [](Runtime&, const Value& v, Given& g) { return same(v, g.need("other")); }},
      {"escaped", [](Runtime&, const Value&, Given&) { return false; }},
      {"filter", [](Runtime&, const Value& v, Given&) { return v.is_string() && has_filter(v.text()); }},
      {"test", [](Runtime&, const Value& v, Given&) { return v.is_string() && has_test(v.text()); }}};
  return all;
}

std::string_view long_name(std::string_view name) {
  static const std::map<std::string_view, std::string_view> others = {
      {"equalto", "eq"}, {"==", "eq"},          {"!=", "ne"}, {"lessthan", "lt"}, {"<", "lt"},
      {"<=", "le"},      {"greaterthan", "gt"}, {">", "gt"},  {">=", "ge"}};
  const auto found = others.find(name);
  return found != others.end() ? found->second : name;
}

}  // namespace

bool has_test(std::string_view name) { return table().contains(long_name(name)); }

bool apply_test(Runtime& runtime, const std::string& name, const Value& value, Arguments arguments) {
  const auto found = table().find(long_name(name));
  if (found == table().end()) throw TemplateError{"No test named '" + name + "'."};
  runtime.step();
  Given given(name, std::move(arguments));
  const bool holds = found->second(runtime, value, given);
  given.done();
  return holds;
}

}  // namespace sotto::engine::jinja
