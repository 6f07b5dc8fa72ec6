#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

void Runtime::step(std::size_t count) {
  if (count > limits_.steps - steps_) throw TemplateError{"the template takes too long"};
  steps_ += count;
  if (limits_.stop.stop_requested()) throw TemplateError{"it was stopped"};
}

void Runtime::walk(const Value& value) {
  if (value.is_string()) step(1 + value.text().size() / 64);
  if (value.is_list()) step(1 + value.items().size() / 8);
  if (value.is_dict()) step(1 + value.as_dict().items.size() / 8);
}

void Runtime::charge(std::size_t bytes) {
  if (bytes > bytes_left()) throw TemplateError{"the template's output grows too long"};
  used_ += bytes;
}

Value Runtime::text(std::string text) {
  charge(text.size() + sizeof(Value));
  return Value::string(std::move(text));
}

Value Runtime::list(std::vector<Value> items, bool tuple) {
  charge((items.size() + 1) * sizeof(Value));
  return Value::list(std::move(items), tuple);
}

Value Runtime::range(std::vector<Value> items, Span span) {
  charge((items.size() + 1) * sizeof(Value));
  return Value::range(std::move(items), span);
}

Value Runtime::call(const Value& callee, Arguments arguments) {
  step();
  if (callee.is_callable()) return callee.as_callable().call(*this, std::move(arguments));
  if (callee.is_dict() && callee.as_dict().called) return callee.as_dict().called->call(*this, std::move(arguments));
  if (callee.is_undefined()) throw TemplateError{callee.why()};
  throw TemplateError{"'" + std::string(type_name(callee)) + "' object is not callable"};
}

const Value* Given::next(std::string_view name) {
  if (at_ < arguments_.positional.size()) return &arguments_.positional[at_++];
  for (auto& [key, value] : arguments_.named) {
    if (key == name) {
      ++named_;
      return &value;
    }
  }
  return nullptr;
}

Value Given::next(std::string_view name, const Value& otherwise) {
  const Value* value = next(name);
  return value != nullptr ? *value : otherwise;
}

Value Given::need(std::string_view name) {
  const Value* value = next(name);
  if (value == nullptr) throw TemplateError{function_ + "() missing argument '" + std::string(name) + "'"};
  return *value;
}

std::string Given::next_text(std::string_view name, std::string otherwise) {
  const Value* value = next(name);
  if (value == nullptr || value->is_none()) return otherwise;
  return to_text(*value);
}

std::int64_t whole_of(const Value& value) {
  if (value.is_whole()) return value.whole();
  if (value.is_undefined()) throw TemplateError{value.why()};
  std::string message(1, '\'');
  message.append(type_name(value)).append("' object cannot be interpreted as an integer");
  throw TemplateError{std::move(message)};
}

std::int64_t Given::need_whole(std::string_view name) { return whole_of(need(name)); }

std::int64_t Given::next_whole(std::string_view name, std::int64_t otherwise) {
  const Value* value = next(name);
  if (value == nullptr || value->is_none()) return otherwise;
  if (!value->is_whole()) throw TemplateError{function_ + "(): '" + std::string(name) + "' must be an integer"};
  return value->whole();
}

bool Given::next_flag(std::string_view name, bool otherwise) {
  const Value* value = next(name);
  return value != nullptr ? truth(*value) : otherwise;
}

void Given::done() const {
  if (at_ < arguments_.positional.size() || named_ < arguments_.named.size()) {
    throw TemplateError{function_ + "() got an unexpected argument"};
  }
}

Arguments Given::rest() {
  Arguments rest;
  rest.positional.assign(arguments_.positional.begin() + static_cast<std::ptrdiff_t>(at_), arguments_.positional.end());
  rest.named = arguments_.named;
  return rest;
}

}  // namespace sotto::engine::jinja
