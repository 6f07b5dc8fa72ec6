#include <algorithm>
#include <array>

#include "text/jinja/numbers.h"
#include "text/jinja/parser.h"

namespace sotto::engine::jinja {

namespace {

template <std::size_t N>
bool one_of(const std::string& text, const std::array<std::string_view, N>& choices) {
  return std::ranges::find(choices, text) != choices.end();
}

std::int64_t whole_of(const Token& number) {
  try {
    return read_whole(number.text, 0).value_or(0);
  } catch (TemplateError& error) {
    error.line = number.line;
    throw;
  }
}

}  // namespace

NodePtr Parser::expression() {
  const Deeper guard(*this);
  NodePtr value = either();
  while (skip_name("if")) {
    NodePtr whole = node(NodeKind::conditional);
    whole->children.push_back(std::move(value));
    whole->children.push_back(either());
    whole->children.push_back(skip_name("else") ? expression() : nullptr);
    value = grown(std::move(whole));
  }
  return value;
}

// Expressions with commas between them, without parentheses.
NodePtr Parser::tuple(bool conditional) {
  const auto one = [&] { return conditional ? expression() : either(); };
  NodePtr first = one();
  if (!sees_sign(",")) return first;
  NodePtr whole = node(NodeKind::tuple);
  whole->children.push_back(std::move(first));
  while (skip_sign(",")) {
    if (token().kind == TokenKind::statement_end || token().kind == TokenKind::expression_end || sees_sign(")") ||
        sees_name("in"))
      break;
    whole->children.push_back(one());
  }
  return grown(std::move(whole));
}

// Operands with operators between them, the first two together first.
template <class SeesOperator>
NodePtr Parser::chain(const SeesOperator& sees_operator, NodePtr (Parser::*operand)()) {
  NodePtr left = (this->*operand)();
  while (sees_operator()) {
    NodePtr whole = node(NodeKind::binary, token().text);
    ++at_;
    whole->children.push_back(std::move(left));
    whole->children.push_back((this->*operand)());
    left = grown(std::move(whole));
  }
  return left;
}

NodePtr Parser::either() {
  return chain([this] { return sees_name("or"); }, &Parser::both);
}

NodePtr Parser::both() {
  return chain([this] { return sees_name("and"); }, &Parser::negation);
}

NodePtr Parser::negation() {
  if (!sees_name("not")) return comparison();
  const Deeper guard(*this);
  NodePtr whole = node(NodeKind::unary, "not");
  ++at_;
  whole->children.push_back(negation());
  return grown(std::move(whole));
}

NodePtr Parser::comparison() {
  static constexpr std::array<std::string_view, 6> signs = {"==", "!=", "<", "<=", ">", ">="};
  NodePtr whole = node(NodeKind::comparison);
  whole->children.push_back(sum());
  while (true) {
    if (token().kind == TokenKind::sign && one_of(token().text, signs)) {
      whole->texts.push_back(token().text);
      ++at_;
    } else if (skip_name("in")) {
      whole->texts.emplace_back("in");
    } else if (sees_name("not") && tokens_[at_ + 1].kind == TokenKind::name && tokens_[at_ + 1].text == "in") {
      whole->texts.emplace_back("not in");
      at_ += 2;
    } else {
      break;
    }
    whole->children.push_back(sum());
  }
  return whole->texts.empty() ? std::move(whole->children[0]) : grown(std::move(whole));
}

NodePtr Parser::sum() {
  return chain([this] { return sees_sign("+") || sees_sign("-"); }, &Parser::joined);
}

NodePtr Parser::joined() {
  return chain([this] { return sees_sign("~"); }, &Parser::product);
}

NodePtr Parser::product() {
  static constexpr std::array<std::string_view, 4> signs = {"*", "/", "//", "%"};
  return chain([this] { return token().kind == TokenKind::sign && one_of(token().text, signs); }, &Parser::power);
}

NodePtr Parser::power() {
  return chain([this] { return sees_sign("**"); }, &Parser::filtered_unary);
}

NodePtr Parser::unary(bool with_filter) {
  const Deeper guard(*this);
  NodePtr value;
  if (sees_sign("-") || sees_sign("+")) {
    value = node(NodeKind::unary, token().text);
    ++at_;
    value->children.push_back(unary(false));
    value = grown(std::move(value));
  } else {
    value = primary();
  }
  value = postfix(std::move(value));
  return with_filter ? filtered(std::move(value)) : std::move(value);
}

NodePtr Parser::primary() {
  const Token& first = token();
  NodePtr value = node(NodeKind::constant);
  if (first.kind == TokenKind::name) {
    ++at_;
    if (first.text == "true" || first.text == "True") {
      value->value = Value::boolean(true);
    } else if (first.text == "false" || first.text == "False") {
      value->value = Value::boolean(false);
    } else if (first.text == "none" || first.text == "None") {
      value->value = Value::none();
    } else {
      value->kind = NodeKind::name;
      value->text = first.text;
    }
  } else if (first.kind == TokenKind::string) {
    std::string text;
    while (token().kind == TokenKind::string) text += tokens_[at_++].text;
    value->value = Value::string(std::move(text));
  } else if (first.kind == TokenKind::integer) {
    value->value = Value::integer(whole_of(first));
    ++at_;
  } else if (first.kind == TokenKind::real) {
    value->value = Value::real(read_real(first.text).value_or(0));
    ++at_;
  } else if (skip_sign("(")) {
    if (skip_sign(")")) {
      value->kind = NodeKind::tuple;
      return value;
    }
    value = tuple(true);
    expect_sign(")");
  } else if (skip_sign("[")) {
    value->kind = NodeKind::list;
    while (!skip_sign("]")) {
      if (!value->children.empty()) {
        expect_sign(",");
        if (skip_sign("]")) break;
      }
      value->children.push_back(expression());
    }
    value = grown(std::move(value));
  } else if (sees_sign("{")) {
    value = dict();
  } else {
    fail("unexpected '" + std::string(first.text.empty() ? "end of the tag" : first.text) + "'");
  }
  return value;
}

NodePtr Parser::dict() {
  NodePtr value = node(NodeKind::dict);
  expect_sign("{");
  while (!skip_sign("}")) {
    if (!value->children.empty()) {
      expect_sign(",");
      if (skip_sign("}")) break;
    }
    value->children.push_back(expression());
    expect_sign(":");
    value->children.push_back(expression());
  }
  return grown(std::move(value));
}

NodePtr Parser::postfix(NodePtr of) {
  while (true) {
    if (sees_sign(".") || sees_sign("[")) {
      of = grown(subscript(std::move(of)));
    } else if (sees_sign("(")) {
      NodePtr call = node(NodeKind::call);
      call->arguments = arguments();
      call->children.push_back(std::move(of));
      of = grown(std::move(call));
    } else {
      return of;
    }
  }
}

NodePtr Parser::subscript(NodePtr of) {
  if (skip_sign(".")) {
    if (token().kind == TokenKind::integer) {
      NodePtr part = node(NodeKind::item);
      part->children.push_back(std::move(of));
      part->children.push_back(primary());
      return part;
    }
    NodePtr part = node(NodeKind::attribute);
    part->text = expect_name();
    part->children.push_back(std::move(of));
    return part;
  }
  NodePtr part = node(NodeKind::item);
  expect_sign("[");
  part->children.push_back(std::move(of));
  NodePtr first = index();
  if (sees_sign(",")) {
    NodePtr several = node(NodeKind::tuple);
    several->children.push_back(std::move(first));
    while (skip_sign(",")) {
      if (sees_sign("]")) break;
      several->children.push_back(index());
    }
    first = grown(std::move(several));
  }
  part->children.push_back(std::move(first));
  expect_sign("]");
  return part;
}

NodePtr Parser::index() {
  NodePtr begin;
  if (!sees_sign(":")) {
    begin = expression();
    if (!sees_sign(":")) return begin;
  }
  NodePtr slice = node(NodeKind::slice);
  expect_sign(":");
  slice->children.push_back(std::move(begin));
  const auto part = [&]() -> NodePtr {
    return sees_sign(":") || sees_sign("]") || sees_sign(",") ? nullptr : expression();
  };
  slice->children.push_back(part());
  slice->children.push_back(skip_sign(":") ? part() : nullptr);
  return grown(std::move(slice));
}

CallArguments Parser::arguments() {
  CallArguments all;
  expect_sign("(");
  bool first = true;
  while (!skip_sign(")")) {
    if (!first) {
      expect_sign(",");
      if (skip_sign(")")) break;
    }
    first = false;
    const bool named =
        token().kind == TokenKind::name && tokens_[at_ + 1].kind == TokenKind::sign && tokens_[at_ + 1].text == "=";
    if (skip_sign("**")) {
      if (all.double_star) fail("invalid syntax for function call expression");
      all.double_star = expression();
    } else if (skip_sign("*")) {
      if (all.star || all.double_star) fail("invalid syntax for function call expression");
      all.star = expression();
    } else if (named) {
      if (all.double_star) fail("invalid syntax for function call expression");
      std::string name = expect_name();
      expect_sign("=");
      all.named.emplace_back(std::move(name), expression());
    } else {
      if (all.star || all.double_star || !all.named.empty()) fail("invalid syntax for function call expression");
      all.positional.push_back(expression());
    }
  }
  return all;
}

NodePtr Parser::filtered(NodePtr of) {
  while (true) {
    if (sees_sign("|")) {
      of = filter(std::move(of));
    } else if (sees_name("is")) {
      of = test(std::move(of));
    } else if (sees_sign("(")) {
      NodePtr call = node(NodeKind::call);
      call->arguments = arguments();
      call->children.push_back(std::move(of));
      of = grown(std::move(call));
    } else {
      return of;
    }
  }
}

NodePtr Parser::filter(NodePtr of) {
  while (skip_sign("|")) {
    NodePtr whole = node(NodeKind::filter);
    whole->text = expect_name();
    while (skip_sign(".")) whole->text += '.' + expect_name();
    if (sees_sign("(")) whole->arguments = arguments();
    whole->children.push_back(std::move(of));
    of = grown(std::move(whole));
  }
  return of;
}

NodePtr Parser::test(NodePtr of) {
  static constexpr std::array<std::string_view, 3> not_arguments = {"else", "or", "and"};
  NodePtr whole = node(NodeKind::test);
  skip_name("is");
  const bool negated = skip_name("not");
  whole->text = expect_name();
  while (skip_sign(".")) whole->text += '.' + expect_name();
  const TokenKind kind = token().kind;
  if (sees_sign("(")) {
    whole->arguments = arguments();
  } else if ((kind == TokenKind::name && !one_of(token().text, not_arguments)) || kind == TokenKind::string ||
             kind == TokenKind::integer || kind == TokenKind::real || sees_sign("[") || sees_sign("{")) {
    if (sees_name("is")) fail("You cannot chain multiple tests with is");
    if (!sees_name("if") && !sees_name("in") && !sees_name("not") && !sees_name("recursive")) {
      whole->arguments.positional.push_back(postfix(primary()));
    }
  }
  whole->children.push_back(std::move(of));
  if (!negated) return whole;
  NodePtr inverse = node(NodeKind::unary, "not");
  inverse->children.push_back(grown(std::move(whole)));
  return inverse;
}

}  // namespace sotto::engine::jinja
