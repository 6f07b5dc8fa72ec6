// The {{ expressions }} of a template text that are sums of literals and variables: '[INST] ' + message['content'] +
// ' [/INST]'. No more of Jinja than is needed to tell a family's variants apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sotto::engine {

struct TemplateTerm {
  bool literal = false;
  std::string text;  // a literal's value, or the source of anything else
};

struct TemplateExpression {
  std::vector<TemplateTerm> terms;

  // The literals joined.
  [[nodiscard]] std::string literals() const;
  // Index of the first term that is no literal and has `part` in its source; -1: none.
  [[nodiscard]] int find_variable(std::string_view part) const;
  // Texts of the terms [begin, end), variables replaced: bos_token, eos_token, others by nothing.
  [[nodiscard]] std::string text(std::size_t begin, std::size_t end, std::string_view bos, std::string_view eos) const;
};

// In the order of the text, up to one that never closes.
[[nodiscard]] std::vector<TemplateExpression> template_expressions(std::string_view template_text);

// The value of the string literal that begins at `at` (a quote); empty where it never closes.
[[nodiscard]] std::string template_literal(std::string_view text, std::size_t at);

}  // namespace sotto::engine
