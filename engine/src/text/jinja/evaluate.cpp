// Expressions.
#include "text/jinja/interpreter.h"

namespace sotto::engine::jinja {

Value Interpreter::look_up(const std::string& name, const ScopePointer& scope) const {
  if (const Value* value = scope->find(name)) return *value;
  if (const Value* value = variables_->find(std::string_view(name))) return *value;
  return global(name);
}

Value Interpreter::evaluate_optional(const NodePtr& node, const ScopePointer& scope) {
  return node ? evaluate(*node, scope) : Value::none();
}

std::vector<Value> Interpreter::evaluate_all(const std::vector<NodePtr>& nodes, const ScopePointer& scope) {
  std::vector<Value> values;
  values.reserve(nodes.size());
  for (const NodePtr& node : nodes) values.push_back(evaluate(*node, scope));
  return values;
}

Value Interpreter::evaluate(const Node& node, const ScopePointer& scope) {
  if (++depth_ > limits().depth) {
    --depth_;
    throw TemplateError{"the template is nested too deeply"};
  }
  struct Back {
    int& depth;
    ~Back() { --depth; }
  } const back{depth_};
  step();
  switch (node.kind) {
    case NodeKind::constant:
      return node.value;
    case NodeKind::name:
      return look_up(node.text, scope);
    case NodeKind::list:
      return list(evaluate_all(node.children, scope));
    case NodeKind::tuple:
      return list(evaluate_all(node.children, scope), true);
    case NodeKind::dict:
      return evaluate_dict(node, scope);
    case NodeKind::unary:
      return evaluate_unary(node, scope);
    case NodeKind::binary:
      return evaluate_binary(node, scope);
    case NodeKind::comparison:
      return evaluate_comparison(node, scope);
    case NodeKind::conditional:
      if (truth(evaluate(*node.children[1], scope))) return evaluate(*node.children[0], scope);
      return node.children[2] ? evaluate(*node.children[2], scope)
                              : Value::undefined("the inline if-expression on line " + std::to_string(node.line) +
                                                 " evaluated to false and no else section was defined.");
    case NodeKind::attribute:
      return attribute(*this, evaluate(*node.children[0], scope), node.text);
    case NodeKind::item:
      return evaluate_item(node, scope);
    case NodeKind::call:
      return evaluate_call(node, scope, nullptr);
    case NodeKind::filter:
      return evaluate_filter(node, scope, nullptr);
    case NodeKind::test: {
      const Value of = evaluate(*node.children[0], scope);
      return Value::boolean(apply_test(*this, node.text, of, evaluate(node.arguments, scope)));
    }
    default:
      throw TemplateError{"not an expression"};
  }
}

Value Interpreter::evaluate_dict(const Node& node, const ScopePointer& scope) {
  auto made = std::make_shared<Dict>();
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    Value key = evaluate(*node.children[i], scope);
    if (key.is_dict() || type_name(key) == "list")
      throw TemplateError{"unhashable type: '" + std::string(type_name(key)) + "'"};
    step(1 + made->items.size() / 8);
    made->put(std::move(key), evaluate(*node.children[i + 1], scope));
  }
  charge((made->items.size() + 1) * 2 * sizeof(Value));
  return Value::dict(std::move(made));
}

Value Interpreter::evaluate_unary(const Node& node, const ScopePointer& scope) {
  const Value value = evaluate(*node.children[0], scope);
  if (node.text == "not") return Value::boolean(!truth(value));
  if (node.text == "-") return negative(value);
  if (!value.is_number()) throw TemplateError{"bad operand type for unary +: '" + std::string(type_name(value)) + "'"};
  return value.is<bool>() ? Value::integer(value.whole()) : value;
}

Value Interpreter::evaluate_binary(const Node& node, const ScopePointer& scope) {
  Value left = evaluate(*node.children[0], scope);
  if (node.text == "and") return truth(left) ? evaluate(*node.children[1], scope) : left;
  if (node.text == "or") return truth(left) ? left : evaluate(*node.children[1], scope);
  return binary(*this, node.text, left, evaluate(*node.children[1], scope));
}

Value Interpreter::evaluate_comparison(const Node& node, const ScopePointer& scope) {
  Value left = evaluate(*node.children[0], scope);
  for (std::size_t i = 0; i < node.texts.size(); ++i) {
    Value right = evaluate(*node.children[i + 1], scope);
    const std::string& sign = node.texts[i];
    if (left.is_string() && right.is_string()) step(1 + std::min(left.text().size(), right.text().size()) / 256);
    bool holds = false;
    if (sign == "==" || sign == "!=") {
      holds = equal(left, right) == (sign == "==");
    } else if (sign == "in" || sign == "not in") {
      holds = contains(*this, right, left) == (sign == "in");
    } else {
      const int order = compare(left, right, sign);
      holds = sign == "<" ? order < 0 : sign == "<=" ? order <= 0 : sign == ">" ? order > 0 : order >= 0;
    }
    if (!holds) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Interpreter::evaluate_item(const Node& node, const ScopePointer& scope) {
  const Value of = evaluate(*node.children[0], scope);
  const Node& index = *node.children[1];
  if (index.kind != NodeKind::slice) return item(*this, of, evaluate(index, scope));
  const Value begin = evaluate_optional(index.children[0], scope);
  const Value end = evaluate_optional(index.children[1], scope);
  return slice(*this, of, begin, end, evaluate_optional(index.children[2], scope));
}

Arguments Interpreter::evaluate(const CallArguments& arguments, const ScopePointer& scope) {
  Arguments given{evaluate_all(arguments.positional, scope), {}};
  if (arguments.star) {
    for (Value& value : elements(*this, evaluate(*arguments.star, scope))) given.positional.push_back(std::move(value));
  }
  for (const auto& [name, value] : arguments.named) given.named.emplace_back(name, evaluate(*value, scope));
  if (arguments.double_star) {
    const Value more = evaluate(*arguments.double_star, scope);
    if (!more.is_dict())
      throw TemplateError{"argument after ** must be a mapping, not " + std::string(type_name(more))};
    for (const auto& [name, value] : more.as_dict().items) given.named.emplace_back(to_text(name), value);
  }
  return given;
}

Value Interpreter::evaluate_call(const Node& node, const ScopePointer& scope, const Value* caller) {
  const Value callee = evaluate(*node.children[0], scope);
  Arguments given = evaluate(node.arguments, scope);
  if (caller != nullptr) given.named.emplace_back("caller", *caller);
  return call(callee, std::move(given));
}

Value Interpreter::evaluate_filter(const Node& node, const ScopePointer& scope, const Value* of) {
  Value value;
  if (!node.children[0]) {
    value = *of;
  } else if (of != nullptr && node.children[0]->kind == NodeKind::filter) {
    value = evaluate_filter(*node.children[0], scope, of);  // of a {% filter a|b %}
  } else {
    value = evaluate(*node.children[0], scope);
  }
  return apply_filter(*this, node.text, value, evaluate(node.arguments, scope));
}

}  // namespace sotto::engine::jinja
