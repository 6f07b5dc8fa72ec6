// Runs the tree of a template.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/runtime.h"
#include "text/jinja/syntax.h"

namespace sotto::engine::jinja {

struct Scope {
  std::shared_ptr<Scope> parent;
  std::vector<std::pair<std::string, Value>> names;

  [[nodiscard]] const Value* find(std::string_view name) const;
  void put(const std::string& name, Value value);
};

class Interpreter : public Runtime {
 public:
  Interpreter(Limits limits, std::time_t now) : Runtime(std::move(limits), now) {}
  ~Interpreter() override;

  // Throws TemplateError with a line.
  [[nodiscard]] std::string render(const std::vector<NodePtr>& statements, const Dict& variables);
  [[nodiscard]] std::shared_ptr<Dict> new_namespace() override;

 private:
  enum class Flow {
    on,
    leave,  // the innermost loop
    next
  };
  using ScopePointer = std::shared_ptr<Scope>;
  class Deeper;
  class Capture;
  struct LoopState;

  Flow run(const std::vector<NodePtr>& statements, const ScopePointer& scope);
  Flow run(const Node& node, const ScopePointer& scope);
  Flow run_loop(const Node& node, const ScopePointer& scope, std::vector<Value> items, int depth);
  std::vector<Value> loop_items(const Node& node, const ScopePointer& scope, const Value& over);
  Value loop_variable(const Node& node, const ScopePointer& scope, const LoopState& state);
  Flow run_assignment(const Node& node, const ScopePointer& scope);
  void run_call_block(const Node& node, const ScopePointer& scope);
  void assign(const Node& target, const Value& value, const ScopePointer& scope);
  void keep(const ScopePointer& scope);
  Value make_macro(const Node& node, const ScopePointer& scope);
  Value call_macro(const Node& node, const ScopePointer& scope, Arguments arguments);
  // What the statements write goes into `text`; it is lost where they leave the loop around.
  Flow capture(const std::vector<NodePtr>& statements, const ScopePointer& scope, std::string& text);
  Flow run_filter_block(const Node& node, const ScopePointer& scope);
  Flow run_block(const Node& node, const ScopePointer& scope);
  void write(const std::string& text);

  Value evaluate(const Node& node, const ScopePointer& scope);
  Value evaluate_unary(const Node& node, const ScopePointer& scope);
  Value evaluate_binary(const Node& node, const ScopePointer& scope);
  Value evaluate_comparison(const Node& node, const ScopePointer& scope);
  Value evaluate_item(const Node& node, const ScopePointer& scope);
  Value evaluate_call(const Node& node, const ScopePointer& scope, const Value* caller);
  Value evaluate_filter(const Node& node, const ScopePointer& scope, const Value* of);
  Value evaluate_dict(const Node& node, const ScopePointer& scope);
  Value evaluate_optional(const NodePtr& node, const ScopePointer& scope);
  Value look_up(const std::string& name, const ScopePointer& scope) const;
  std::vector<Value> evaluate_all(const std::vector<NodePtr>& nodes, const ScopePointer& scope);
  Arguments evaluate(const CallArguments& arguments, const ScopePointer& scope);

  const Dict* variables_ = nullptr;
  ScopePointer outermost_;
  std::string* output_ = nullptr;
  int depth_ = 0;
  std::vector<std::shared_ptr<Dict>> namespaces_;
  std::vector<ScopePointer> kept_;  // scopes of macros and of loops that are called
};

}  // namespace sotto::engine::jinja
