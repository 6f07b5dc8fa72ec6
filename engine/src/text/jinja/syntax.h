// The tree that a template is parsed into.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "text/jinja/value.h"

namespace sotto::engine::jinja {

struct Node;
using NodePtr = std::unique_ptr<Node>;

enum class NodeKind {
  // Expressions.
  constant,     // value
  name,         // text
  list,         // children
  tuple,        // children
  dict,         // children: key, value, key, value, ...
  unary,        // text: "not", "-", "+"; children[0]
  binary,       // text: "+", "and", ...; children[0], children[1]
  comparison,   // texts: the signs; children: one more
  conditional,  // children: value, test, other (may be null)
  attribute,    // children[0], text
  item,         // children[0], children[1]
  slice,        // children: begin, end, step, each may be null
  call,         // children[0], arguments
  filter,       // text, children[0] (null: of a {% filter %}), arguments
  test,         // text, children[0], arguments
  // Statements.
  text,          // text
  output,        // children, one after the other
  branch,        // children: test of each body; body, then otherwise
  loop,          // children: target, iterable, filter (may be null); body, otherwise; recursive
  assignment,    // children: target, value; or with a body: target, filter (may be null)
  macro,         // text, texts: parameters, children: their defaults; body
  call_block,    // children[0]: a call; texts and defaults as a macro's, in arguments.named; body
  filter_block,  // children[0]: a filter; body
  scope,         // texts and children: names and values of {% with %}; body
  block,         // text; scoped, required; body
  leave,         // {% break %}
  next           // {% continue %}
};

struct CallArguments {
  std::vector<NodePtr> positional;
  std::vector<std::pair<std::string, NodePtr>> named;
  NodePtr star;         // *list
  NodePtr double_star;  // **dict
};

struct Node {
  NodeKind kind = NodeKind::constant;
  int line = 0;
  int depth = 1;  // of an expression: levels below and with it
  std::string text;
  std::vector<std::string> texts;
  Value value;
  std::vector<NodePtr> children;
  CallArguments arguments;
  std::vector<NodePtr> body;
  std::vector<NodePtr> otherwise;
  bool recursive = false;  // a loop that may be called
  bool has_body = false;   // an assignment of what its body writes
  bool scoped = false;     // a block that sees the names around it
  bool required = false;   // a block that a template of templates would fill
};

}  // namespace sotto::engine::jinja
