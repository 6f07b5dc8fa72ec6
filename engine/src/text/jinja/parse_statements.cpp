#include <algorithm>

#include "text/jinja/parser.h"

namespace sotto::engine::jinja {

namespace {

constexpr int deepest_nesting = 100;  // of statements and parentheses
constexpr int deepest_tree = 300;     // of an expression

}  // namespace

Parser::Deeper::Deeper(Parser& parser) : parser_(parser) {
  if (++parser.depth_ > deepest_nesting) {
    --parser.depth_;
    parser.fail("nested too deeply");
  }
}

void Parser::fail(const std::string& message) const { throw TemplateError{message, token().line}; }

bool Parser::sees(TokenKind kind, std::string_view text) const { return token().kind == kind && token().text == text; }

bool Parser::skip_sign(std::string_view text) {
  if (!sees_sign(text)) return false;
  ++at_;
  return true;
}

bool Parser::skip_name(std::string_view text) {
  if (!sees_name(text)) return false;
  ++at_;
  return true;
}

void Parser::expect_sign(std::string_view text) {
  if (!skip_sign(text)) {
    fail("expected '" + std::string(text) + "', got '" + (token().text.empty() ? "end of the tag" : token().text) +
         "'");
  }
}

std::string Parser::expect_name() {
  if (token().kind != TokenKind::name) fail("expected a name, got '" + token().text + "'");
  return tokens_[at_++].text;
}

void Parser::end_statement() {
  if (token().kind != TokenKind::statement_end) fail("expected the end of the statement, got '" + token().text + "'");
  ++at_;
}

NodePtr Parser::node(NodeKind kind, std::string text) const {
  auto made = std::make_unique<Node>();
  made->kind = kind;
  made->line = token().line;
  made->text = std::move(text);
  return made;
}

NodePtr Parser::grown(NodePtr whole) const {
  int depth = 0;
  const auto see = [&](const NodePtr& part) {
    if (part) depth = std::max(depth, part->depth);
  };
  std::for_each(whole->children.begin(), whole->children.end(), see);
  std::for_each(whole->arguments.positional.begin(), whole->arguments.positional.end(), see);
  for (const auto& [name, value] : whole->arguments.named) see(value);
  see(whole->arguments.star);
  see(whole->arguments.double_star);
  whole->depth = depth + 1;
  if (whole->depth > deepest_tree) fail("the expression is too long");
  return whole;
}

std::vector<NodePtr> Parser::parse() {
  std::vector<NodePtr> all = statements({});
  if (token().kind != TokenKind::end) fail("unexpected '" + token().text + "'");
  return all;
}

std::vector<NodePtr> Parser::statements(std::vector<std::string_view> ends) {
  const Deeper guard(*this);
  std::vector<NodePtr> all;
  while (token().kind != TokenKind::end) {
    if (token().kind == TokenKind::text) {
      all.push_back(node(NodeKind::text, token().text));
      ++at_;
    } else if (token().kind == TokenKind::expression_begin) {
      NodePtr shown = node(NodeKind::output);
      ++at_;
      shown->children.push_back(tuple(true));
      if (token().kind != TokenKind::expression_end) fail("expected '}}', got '" + token().text + "'");
      ++at_;
      all.push_back(std::move(shown));
    } else {
      ++at_;  // {%
      if (std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return sees_name(end); })) return all;
      all.push_back(statement());
    }
  }
  if (!ends.empty()) fail("unexpected end of template, '" + std::string(ends.back()) + "' is missing");
  return all;
}

NodePtr Parser::statement() {
  if (skip_name("if")) return branch();
  if (skip_name("for")) return loop();
  if (skip_name("set")) return assignment();
  if (skip_name("macro")) return macro();
  if (skip_name("call")) return call_block();
  if (skip_name("filter")) return filter_block();
  if (skip_name("with")) return with();
  if (skip_name("block")) return block();
  if (skip_name("print")) return print();
  if (skip_name("autoescape")) return unescaped();
  if (skip_name("generation")) {
    NodePtr whole = node(NodeKind::scope);
    end_statement();
    whole->body = statements({"endgeneration"});
    ++at_;
    end_statement();
    return whole;
  }
  if (sees_name("break") || sees_name("continue")) {
    if (loops_ == 0) fail("'" + token().text + "' outside of a loop");
    NodePtr whole = node(sees_name("break") ? NodeKind::leave : NodeKind::next);
    ++at_;
    end_statement();
    return whole;
  }
  fail("Encountered unknown tag '" + token().text + "'.");
}

NodePtr Parser::branch() {
  const Deeper guard(*this);
  NodePtr whole = node(NodeKind::branch);
  whole->children.push_back(tuple(false));
  end_statement();
  whole->body = statements({"elif", "else", "endif"});
  if (skip_name("elif")) {
    whole->otherwise.push_back(branch());
    return whole;
  }
  if (skip_name("else")) {
    end_statement();
    whole->otherwise = statements({"endif"});
  }
  ++at_;
  end_statement();
  return whole;
}

// What is assigned to: a name, names with commas, or an attribute of a namespace.
NodePtr Parser::target(bool with_attributes) {
  const auto one = [&]() -> NodePtr {
    if (skip_sign("(")) {
      NodePtr inner = target(false);
      expect_sign(")");
      return inner;
    }
    NodePtr name = node(NodeKind::name);
    name->text = expect_name();
    for (const std::string_view constant : {"true", "True", "false", "False", "none", "None"}) {
      if (name->text == constant) fail("can't assign to '" + name->text + "'");
    }
    if (!with_attributes || !skip_sign(".")) return name;
    NodePtr part = node(NodeKind::attribute);
    part->text = expect_name();
    part->children.push_back(std::move(name));
    return part;
  };
  const Deeper guard(*this);
  NodePtr first = one();
  if (!sees_sign(",")) return first;
  NodePtr several = node(NodeKind::tuple);
  several->children.push_back(std::move(first));
  while (skip_sign(",")) {
    if (sees_sign("=") || sees_name("in") || sees_sign(")")) break;
    several->children.push_back(one());
  }
  return several;
}

NodePtr Parser::loop() {
  NodePtr whole = node(NodeKind::loop);
  whole->children.push_back(target(false));
  if (!skip_name("in")) fail("expected 'in', got '" + token().text + "'");
  whole->children.push_back(tuple(false));
  whole->children.push_back(skip_name("if") ? expression() : nullptr);
  whole->recursive = skip_name("recursive");
  end_statement();
  ++loops_;
  whole->body = statements({"else", "endfor"});
  --loops_;
  if (skip_name("else")) {
    end_statement();
    whole->otherwise = statements({"endfor"});
  }
  ++at_;
  end_statement();
  return whole;
}

NodePtr Parser::assignment() {
  NodePtr whole = node(NodeKind::assignment);
  whole->children.push_back(target(true));
  if (skip_sign("=")) {
    whole->children.push_back(tuple(true));
    end_statement();
    return whole;
  }
  whole->children.push_back(sees_sign("|") ? filter(nullptr) : nullptr);
  end_statement();
  whole->has_body = true;
  whole->body = statements({"endset"});
  ++at_;
  end_statement();
  return whole;
}

void Parser::signature(std::vector<std::string>& names, std::vector<NodePtr>& defaults) {
  expect_sign("(");
  while (!skip_sign(")")) {
    if (!names.empty()) expect_sign(",");
    names.push_back(expect_name());
    if (skip_sign("=")) {
      defaults.push_back(expression());
    } else if (defaults.empty() || defaults.back() == nullptr) {
      defaults.push_back(nullptr);
    } else {
      fail("non-default argument follows default argument");
    }
  }
}

NodePtr Parser::macro() {
  NodePtr whole = node(NodeKind::macro);
  whole->text = expect_name();
  signature(whole->texts, whole->children);
  end_statement();
  const int loops = std::exchange(loops_, 0);
  whole->body = statements({"endmacro"});
  loops_ = loops;
  ++at_;
  end_statement();
  return whole;
}

NodePtr Parser::call_block() {
  NodePtr whole = node(NodeKind::call_block);
  NodePtr inner = node(NodeKind::macro, "caller");
  if (sees_sign("(")) signature(inner->texts, inner->children);
  NodePtr call = unary(true);
  if (call->kind != NodeKind::call) fail("expected call");
  end_statement();
  const int loops = std::exchange(loops_, 0);
  inner->body = statements({"endcall"});
  loops_ = loops;
  ++at_;
  end_statement();
  whole->children.push_back(std::move(call));
  whole->children.push_back(std::move(inner));
  return whole;
}

NodePtr Parser::filter_block() {
  NodePtr whole = node(NodeKind::filter_block);
  --at_;
  tokens_[at_] = {TokenKind::sign, "|", tokens_[at_].line};  // {% filter upper|trim %} is a chain of filters
  whole->children.push_back(filter(nullptr));
  end_statement();
  whole->body = statements({"endfilter"});
  ++at_;
  end_statement();
  return whole;
}

NodePtr Parser::with() {
  NodePtr whole = node(NodeKind::scope);
  while (token().kind != TokenKind::statement_end) {
    if (!whole->children.empty()) expect_sign(",");
    whole->texts.push_back(expect_name());
    expect_sign("=");
    whole->children.push_back(expression());
  }
  end_statement();
  whole->body = statements({"endwith"});
  ++at_;
  end_statement();
  return whole;
}

// No template is extended here, so that a block is written where it stands.
NodePtr Parser::block() {
  NodePtr whole = node(NodeKind::block, expect_name());
  if (!blocks_.insert(whole->text).second) fail("block '" + whole->text + "' defined twice");
  whole->scoped = skip_name("scoped");
  whole->required = skip_name("required");
  end_statement();
  const int loops = std::exchange(loops_, 0);
  whole->body = statements({"endblock"});
  loops_ = loops;
  ++at_;
  const auto is_blank = [](const NodePtr& part) {
    return part->kind == NodeKind::text && part->text.find_first_not_of(" \t\n\r\f\v") == std::string::npos;
  };
  if (whole->required && !std::all_of(whole->body.begin(), whole->body.end(), is_blank))
    fail("Required blocks can only contain comments or whitespace");
  skip_name(whole->text);
  end_statement();
  return whole;
}

NodePtr Parser::print() {
  NodePtr whole = node(NodeKind::output);
  while (token().kind != TokenKind::statement_end) {
    if (!whole->children.empty()) expect_sign(",");
    whole->children.push_back(expression());
  }
  end_statement();
  return whole;
}

// {% autoescape false %}: prompts are no HTML.
NodePtr Parser::unescaped() {
  if (!skip_name("false") && !skip_name("False")) fail("autoescape is not known here");
  NodePtr whole = node(NodeKind::scope);
  end_statement();
  whole->body = statements({"endautoescape"});
  ++at_;
  end_statement();
  return whole;
}

}  // namespace sotto::engine::jinja
