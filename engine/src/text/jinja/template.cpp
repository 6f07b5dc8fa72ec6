#include "text/jinja/template.h"

#include "sotto/engine/error.h"
#include "text/jinja/interpreter.h"
#include "text/jinja/parser.h"

namespace sotto::engine::jinja {

namespace {

constexpr std::size_t longest_source = 4 * 1024 * 1024;

[[noreturn]] void report(const TemplateError& error) {
  throw Error(ErrorCode::format, "The chat template fails in line " + std::to_string(error.line) + ": " + error.message,
              "tokenizer.chat_template");
}

Value value_of(const nlohmann::ordered_json& json, int depth = 0) {
  if (depth > deepest_value) throw TemplateError{"the variables are nested too deeply", 1};
  using Kind = nlohmann::ordered_json::value_t;
  switch (json.type()) {
    case Kind::boolean:
      return Value::boolean(json.get<bool>());
    case Kind::number_integer:
      return Value::integer(json.get<std::int64_t>());
    case Kind::number_unsigned:
      if (json.get<std::uint64_t>() > INT64_MAX) return Value::real(json.get<double>());
      return Value::integer(json.get<std::int64_t>());
    case Kind::number_float:
      return Value::real(json.get<double>());
    case Kind::string:
      return Value::string(json.get<std::string>());
    case Kind::array: {
      std::vector<Value> items;
      for (const auto& item : json) items.push_back(value_of(item, depth + 1));
      return Value::list(std::move(items));
    }
    case Kind::object: {
      auto dict = std::make_shared<Dict>();
      for (const auto& [key, item] : json.items()) dict->put(key, value_of(item, depth + 1));
      return Value::dict(std::move(dict));
    }
    default:
      return Value::none();
  }
}

}  // namespace

Template::Template(std::string_view source) {
  if (source.size() > longest_source) {
    throw Error(ErrorCode::format, "The chat template is longer than 4 MB; no real one is.");
  }
  try {
    statements_ = Parser(tokenize(source)).parse();
  } catch (const TemplateError& error) {
    report(error);
  }
}

std::string Template::render(const nlohmann::ordered_json& variables, std::time_t now, Limits limits) const {
  try {
    const Value all = value_of(variables);
    if (!all.is_dict()) throw TemplateError{"the variables are no object", 1};
    return Interpreter(std::move(limits), now).render(statements_, all.as_dict());
  } catch (const TemplateError& error) {
    report(error);
  }
}

}  // namespace sotto::engine::jinja
