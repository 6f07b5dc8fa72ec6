#include "text/jinja/interpreter.h"

#include <algorithm>

namespace sotto::engine::jinja {

const Value* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent.get()) {
    for (const auto& [known, value] : scope->names) {
      if (known == name) return &value;
    }
  }
  return nullptr;
}

void Scope::put(const std::string& name, Value value) {
  for (auto& [known, old] : names) {
    if (known == name) {
      old = std::move(value);
      return;
    }
  }
  names.emplace_back(name, std::move(value));
}

// One level within another; what is thrown below gets the line of the innermost node.
class Interpreter::Deeper {
 public:
  explicit Deeper(Interpreter& of) : of_(of) {
    if (++of.depth_ <= of.limits().depth) return;
    --of.depth_;
    throw TemplateError{"the template is nested too deeply"};
  }
  ~Deeper() { --of_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Interpreter& of_;
};

// Output goes into a text of its own while it lives.
class Interpreter::Capture {
 public:
  explicit Capture(Interpreter& of) : of_(of), before_(std::exchange(of.output_, text_.get())) {}
  ~Capture() { of_.output_ = before_; }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  [[nodiscard]] std::string take() { return std::move(*text_); }

 private:
  Interpreter& of_;
  std::unique_ptr<std::string> text_ = std::make_unique<std::string>();
  std::string* before_;
};

struct Interpreter::LoopState {
  const std::vector<Value>& items;
  std::size_t at;
  int depth;
  std::shared_ptr<Value> last_changed;
};

Interpreter::~Interpreter() {
  // They may hold one another: all are emptied while all are held.
  for (const auto& each : namespaces_) each->items.clear();
  for (const auto& each : kept_) each->names.clear();
}

std::shared_ptr<Dict> Interpreter::new_namespace() {
  auto made = std::make_shared<Dict>();
  made->open = true;
  charge(sizeof(Dict));
  namespaces_.push_back(made);
  return made;
}

std::string Interpreter::render(const std::vector<NodePtr>& statements, const Dict& variables) {
  variables_ = &variables;
  const ComparisonBudget budget(limits().compared);
  const TextLimit longest(limits().bytes);
  Capture whole(*this);
  outermost_ = std::make_shared<Scope>();
  run(statements, outermost_);
  return whole.take();
}

void Interpreter::write(const std::string& text) {
  charge(text.size());
  *output_ += text;
}

Interpreter::Flow Interpreter::capture(const std::vector<NodePtr>& statements, const ScopePointer& scope,
                                       std::string& text) {
  Capture part(*this);
  const Flow flow = run(statements, scope);
  text = part.take();
  return flow;
}

Interpreter::Flow Interpreter::run(const std::vector<NodePtr>& statements, const ScopePointer& scope) {
  for (const NodePtr& each : statements) {
    if (const Flow flow = run(*each, scope); flow != Flow::on) return flow;
  }
  return Flow::on;
}

Interpreter::Flow Interpreter::run(const Node& node, const ScopePointer& scope) {
  const Deeper guard(*this);
  try {
    step();
    switch (node.kind) {
      case NodeKind::text:
        write(node.text);
        break;
      case NodeKind::output:
        for (const NodePtr& shown : node.children) write(to_text(evaluate(*shown, scope)));
        break;
      case NodeKind::branch:
        return run(truth(evaluate(*node.children[0], scope)) ? node.body : node.otherwise, scope);
      case NodeKind::loop:
        return run_loop(node, scope, loop_items(node, scope, evaluate(*node.children[1], scope)), 0);
      case NodeKind::assignment:
        return run_assignment(node, scope);
      case NodeKind::macro:
        scope->put(node.text, make_macro(node, scope));
        break;
      case NodeKind::call_block:
        run_call_block(node, scope);
        break;
      case NodeKind::filter_block:
        return run_filter_block(node, scope);
      case NodeKind::scope: {
        const auto inner = std::make_shared<Scope>(Scope{scope, {}});
        for (std::size_t i = 0; i < node.children.size(); ++i)
          inner->put(node.texts[i], evaluate(*node.children[i], scope));
        return run(node.body, inner);
      }
      case NodeKind::block:
        return run_block(node, scope);
      case NodeKind::leave:
        return Flow::leave;
      case NodeKind::next:
        return Flow::next;
      default:
        throw TemplateError{"not a statement"};
    }
  } catch (TemplateError& error) {
    if (error.line == 0) error.line = node.line;
    throw;
  }
  return Flow::on;
}

Interpreter::Flow Interpreter::run_filter_block(const Node& node, const ScopePointer& scope) {
  std::string text;
  const Flow flow = capture(node.body, std::make_shared<Scope>(Scope{scope, {}}), text);
  if (flow != Flow::on) return flow;
  const Value body = Value::string(std::move(text));
  write(to_text(evaluate_filter(*node.children[0], scope, &body)));
  return Flow::on;
}

Interpreter::Flow Interpreter::run_assignment(const Node& node, const ScopePointer& scope) {
  if (!node.has_body) {
    assign(*node.children[0], evaluate(*node.children[1], scope), scope);
    return Flow::on;
  }
  std::string text;
  const Flow flow = capture(node.body, std::make_shared<Scope>(Scope{scope, {}}), text);
  if (flow != Flow::on) return flow;
  Value body = Value::string(std::move(text));
  if (node.children[1]) body = evaluate_filter(*node.children[1], scope, &body);
  assign(*node.children[0], body, scope);
  return Flow::on;
}

void Interpreter::assign(const Node& target, const Value& value, const ScopePointer& scope) {
  if (target.kind == NodeKind::name) return scope->put(target.text, value);
  if (target.kind == NodeKind::attribute) {
    const Value of = look_up(target.children[0]->text, scope);
    if (!of.is_dict() || !of.as_dict().open) throw TemplateError{"cannot assign attribute on non-namespace object"};
    walk(of);
    return of.as_dict().put(target.text, value);
  }
  const std::vector<Value> parts = elements(*this, value);
  if (parts.size() != target.children.size()) {
    const std::string expected = "expected " + std::to_string(target.children.size());
    if (parts.size() > target.children.size()) throw TemplateError{"too many values to unpack (" + expected + ")"};
    throw TemplateError{"not enough values to unpack (" + expected + ", got " + std::to_string(parts.size()) + ")"};
  }
  for (std::size_t i = 0; i < parts.size(); ++i) assign(*target.children[i], parts[i], scope);
}

std::vector<Value> Interpreter::loop_items(const Node& node, const ScopePointer& scope, const Value& over) {
  std::vector<Value> items = elements(*this, over);
  if (!node.children[2]) return items;
  std::vector<Value> chosen;
  for (Value& item : items) {
    const auto inner = std::make_shared<Scope>(Scope{scope, {}});
    assign(*node.children[0], item, inner);
    if (truth(evaluate(*node.children[2], inner))) chosen.push_back(std::move(item));
  }
  return chosen;
}

Value Interpreter::loop_variable(const Node& node, const ScopePointer& scope, const LoopState& state) {
  const auto& [items, at, depth, last] = state;
  const auto count = static_cast<std::int64_t>(items.size());
  const auto index = static_cast<std::int64_t>(at);
  auto loop = std::make_shared<Dict>();
  loop->loop = true;
  const auto put = [&](std::string_view name, Value value) {
    loop->depth = std::max(loop->depth, depth_of(value) + 1);
    loop->items.emplace_back(Value::string(std::string(name)), std::move(value));
  };
  put("index0", Value::integer(index));
  put("index", Value::integer(index + 1));
  put("first", Value::boolean(index == 0));
  put("last", Value::boolean(index + 1 == count));
  put("length", Value::integer(count));
  put("revindex", Value::integer(count - index));
  put("revindex0", Value::integer(count - index - 1));
  put("depth", Value::integer(depth + 1));
  put("depth0", Value::integer(depth));
  put("previtem", at > 0 ? items[at - 1] : Value::undefined("there is no previous item"));
  put("nextitem", at + 1 < items.size() ? items[at + 1] : Value::undefined("there is no next item"));
  put("cycle", Value::callable({"cycle",
                                [at = at](Runtime&, Arguments given) {
                                  if (given.positional.empty()) throw TemplateError{"no items for cycling given"};
                                  return given.positional[at % given.positional.size()];
                                },
                                nullptr}));
  put("changed",
      Value::callable({"changed",
                       [last = last](Runtime&, Arguments given) {
                         // What is remembered here is in nobody's depth.
                         for (const Value& each : given.positional) {
                           if (each.is_callable() || (each.is_dict() && each.as_dict().loop)) {
                             throw TemplateError{"changed() takes values, not " + std::string(type_name(each))};
                           }
                         }
                         const Value now = Value::list(given.positional, true);
                         if (equal(*last, now)) return Value::boolean(false);
                         *last = now;
                         return Value::boolean(true);
                       },
                       nullptr}));
  if (node.recursive) {
    keep(scope);
    loop->called = std::make_shared<Callable>(
        Callable{"loop",
                 [this, &node, weak = std::weak_ptr<Scope>(scope), depth = depth](Runtime&, Arguments given) {
                   if (given.positional.size() != 1) throw TemplateError{"loop() takes what to go over"};
                   const Deeper guard(*this);
                   Capture part(*this);
                   const ScopePointer outer = weak.lock();
                   run_loop(node, outer, loop_items(node, outer, given.positional[0]), depth + 1);
                   return Value::string(part.take());
                 },
                 nullptr});
  }
  return Value::dict(std::move(loop));
}

Interpreter::Flow Interpreter::run_loop(const Node& node, const ScopePointer& scope, std::vector<Value> items,
                                        int depth) {
  if (items.empty()) return run(node.otherwise, std::make_shared<Scope>(Scope{scope, {}}));
  const auto last_changed = std::make_shared<Value>();
  for (std::size_t at = 0; at < items.size(); ++at) {
    step();
    const auto inner = std::make_shared<Scope>(Scope{scope, {}});
    inner->put("loop", loop_variable(node, scope, {items, at, depth, last_changed}));
    assign(*node.children[0], items[at], inner);
    if (run(node.body, inner) == Flow::leave) break;
  }
  return Flow::on;
}

void Interpreter::run_call_block(const Node& node, const ScopePointer& scope) {
  const Value caller = make_macro(*node.children[1], scope);
  write(to_text(evaluate_call(*node.children[0], scope, &caller)));
}

Interpreter::Flow Interpreter::run_block(const Node& node, const ScopePointer& scope) {
  if (node.required) throw TemplateError{"Required block '" + node.text + "' not found"};
  return run(node.body, std::make_shared<Scope>(Scope{node.scoped ? scope : outermost_, {}}));
}

// To the end of the rendering, so that nothing that is called need hold it, and be held by it.
void Interpreter::keep(const ScopePointer& scope) {
  if (!kept_.empty() && kept_.back() == scope) return;
  charge(sizeof(Scope));
  kept_.push_back(scope);
}

Value Interpreter::make_macro(const Node& node, const ScopePointer& scope) {
  keep(scope);
  auto attributes = std::make_shared<Dict>();
  attributes->put("name", Value::string(node.text));
  std::vector<Value> names;
  names.reserve(node.texts.size());
  for (const std::string& name : node.texts) names.push_back(Value::string(name));
  attributes->put("arguments", Value::list(std::move(names), true));
  std::weak_ptr<Scope> weak = scope;
  return Value::callable({node.text,
                          [this, &node, weak](Runtime&, Arguments arguments) {
                            return call_macro(node, weak.lock(), std::move(arguments));
                          },
                          std::move(attributes)});
}

Value Interpreter::call_macro(const Node& node, const ScopePointer& scope, Arguments arguments) {
  const Deeper guard(*this);
  const auto inner = std::make_shared<Scope>(Scope{scope, {}});
  for (std::size_t i = 0; i < node.texts.size(); ++i) {
    if (i < arguments.positional.size()) {
      inner->put(node.texts[i], arguments.positional[i]);
      continue;
    }
    const auto named = std::find_if(arguments.named.begin(), arguments.named.end(),
                                    [&](const auto& each) { return each.first == node.texts[i]; });
    if (named != arguments.named.end()) {
      inner->put(node.texts[i], named->second);
      arguments.named.erase(named);
    } else {
      inner->put(node.texts[i], node.children[i]
                                    ? evaluate(*node.children[i], inner)
                                    : Value::undefined("parameter '" + node.texts[i] + "' was not provided"));
    }
  }
  std::vector<Value> more;
  if (arguments.positional.size() > node.texts.size()) {
    more.assign(arguments.positional.begin() + static_cast<std::ptrdiff_t>(node.texts.size()),
                arguments.positional.end());
  }
  auto others = std::make_shared<Dict>();
  for (auto& [name, value] : arguments.named) {
    if (name == "caller") {
      inner->put(name, value);
    } else {
      others->put(name, std::move(value));
    }
  }
  inner->put("varargs", list(std::move(more), true));
  inner->put("kwargs", Value::dict(std::move(others)));
  std::string text;
  capture(node.body, inner, text);
  return Value::string(std::move(text));
}

}  // namespace sotto::engine::jinja
