// Cuts a template into text, and the tokens of its {{ expressions }} and {% statements %}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sotto::engine::jinja {

enum class TokenKind {
  text,  // to be written as it is
  expression_begin,
  expression_end,
  statement_begin,
  statement_end,
  name,
  string,
  integer,
  real,
  sign,  // an operator or a bracket
  end
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // a string's value, without its quotes; a number as it stands there
  int line = 1;
};

// White space is as transformers sets it: the first newline after a statement or a comment is dropped (trim_blocks),
// and blanks before one that begins its line (lstrip_blocks); one newline at the template's end is dropped. Throws
// TemplateError.
[[nodiscard]] std::vector<Token> tokenize(std::string_view source);

}  // namespace sotto::engine::jinja
