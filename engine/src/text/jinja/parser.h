// From the tokens of a template to its tree, by the grammar of Jinja 3.1 with transformers' {% generation %} and the
// loop controls.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "text/jinja/lexer.h"
#include "text/jinja/syntax.h"

namespace sotto::engine::jinja {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  // The statements of the whole template. Throws TemplateError with a line.
  [[nodiscard]] std::vector<NodePtr> parse();

 private:
  // One level of recursion more, while it lives.
  class Deeper {
   public:
    explicit Deeper(Parser& parser);
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  [[noreturn]] void fail(const std::string& message) const;
  [[nodiscard]] const Token& token() const { return tokens_[at_]; }
  [[nodiscard]] bool sees(TokenKind kind, std::string_view text) const;
  [[nodiscard]] bool sees_sign(std::string_view text) const { return sees(TokenKind::sign, text); }
  [[nodiscard]] bool sees_name(std::string_view text) const { return sees(TokenKind::name, text); }
  bool skip_sign(std::string_view text);
  bool skip_name(std::string_view text);
  void expect_sign(std::string_view text);
  std::string expect_name();
  void end_statement();
  [[nodiscard]] NodePtr node(NodeKind kind, std::string text = {}) const;
  // Notes how deep the tree has become: a long sum is as deep as it has terms.
  [[nodiscard]] NodePtr grown(NodePtr whole) const;

  // Statements up to {% word %} of one of `ends`, which is left behind "{%".
  std::vector<NodePtr> statements(std::vector<std::string_view> ends);
  NodePtr statement();
  NodePtr branch();
  NodePtr loop();
  NodePtr assignment();
  NodePtr macro();
  NodePtr call_block();
  NodePtr filter_block();
  NodePtr with();
  NodePtr block();
  NodePtr print();
  NodePtr unescaped();
  void signature(std::vector<std::string>& names, std::vector<NodePtr>& defaults);
  NodePtr target(bool with_attributes);

  NodePtr expression();
  NodePtr tuple(bool conditional);
  template <class SeesOperator>
  NodePtr chain(const SeesOperator& sees_operator, NodePtr (Parser::*operand)());
  NodePtr either();
  NodePtr both();
  NodePtr negation();
  NodePtr comparison();
  NodePtr sum();
  NodePtr joined();
  NodePtr product();
  NodePtr power();
  NodePtr filtered_unary() { return unary(true); }
  NodePtr unary(bool with_filter);
  NodePtr primary();
  NodePtr postfix(NodePtr of);
  NodePtr filtered(NodePtr of);
  NodePtr filter(NodePtr of);
  NodePtr test(NodePtr of);
  NodePtr subscript(NodePtr of);
  NodePtr index();
  NodePtr dict();
  CallArguments arguments();

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int loops_ = 0;
  std::set<std::string> blocks_;
};

}  // namespace sotto::engine::jinja
