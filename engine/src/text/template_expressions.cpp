#include "text/template_expressions.h"

namespace sotto::engine {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Reads a literal from `at` (a quote) on and leaves `at` behind it; false when it never closes.
bool read_literal(std::string_view text, std::size_t& at, std::string& value) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == quote) {
      ++at;
      return true;
    }
    if (text[at] != '\\' || at + 1 == text.size()) {
      value += text[at];
      continue;
    }
    const char escaped = text[++at];
    value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
  }
  return false;
}

// Reads an expression whose "{{" lies before `at` and leaves `at` behind its "}}"; false when it never closes.
bool read_expression(std::string_view text, std::size_t& at, TemplateExpression& expression) {
  TemplateTerm term;
  int depth = 0;  // of brackets
  bool has_literal = false;
  const auto end_term = [&] {
    while (!term.text.empty() && !term.literal && is_blank(term.text.back())) term.text.pop_back();
    if (!term.text.empty() || has_literal) expression.terms.push_back(term);
    term = {};
    has_literal = false;
  };
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && text.substr(at).starts_with("}}")) {
      at += 2;
      end_term();
      return true;
    }
    if (depth == 0 && text.substr(at).starts_with("-}}")) {
      ++at;
    } else if (depth == 0 && c == '+') {
      end_term();
      ++at;
    } else if ((c == '\'' || c == '"') && depth == 0 && term.text.empty()) {
      has_literal = true;
      term.literal = true;
      if (!read_literal(text, at, term.text)) return false;
    } else if (c == '\'' || c == '"') {
      std::string inner;
      if (!read_literal(text, at, inner)) return false;
      term.text += '\'' + inner + '\'';
    } else {
      depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
      // A literal that something is done to ('x'.title()) is no literal.
      if (term.literal && !is_blank(c)) term.literal = false;
      if (!term.text.empty() || !is_blank(c)) term.text += term.literal ? "" : std::string(1, c);
      ++at;
    }
  }
  return false;
}

}  // namespace

std::string TemplateExpression::literals() const {
  std::string all;
  for (const TemplateTerm& term : terms) all += term.literal ? term.text : std::string();
  return all;
}

int TemplateExpression::find_variable(std::string_view part) const {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (!terms[i].literal && terms[i].text.find(part) != std::string::npos) return static_cast<int>(i);
  }
  return -1;
}

std::string TemplateExpression::text(std::size_t begin, std::size_t end, std::string_view bos,
                                     std::string_view eos) const {
  std::string all;
  for (std::size_t i = begin; i < end; ++i) {
    if (terms[i].literal) {
      all += terms[i].text;
    } else if (terms[i].text == "bos_token") {
      all += bos;
    } else if (terms[i].text == "eos_token") {
      all += eos;
    }
  }
  return all;
}

std::vector<TemplateExpression> template_expressions(std::string_view template_text) {
  std::vector<TemplateExpression> expressions;
  std::size_t at = template_text.find("{{");
  while (at != std::string_view::npos) {
    at += 2;
    if (at < template_text.size() && template_text[at] == '-') ++at;
    TemplateExpression expression;
    if (!read_expression(template_text, at, expression)) break;  // nor will a later one close
    expressions.push_back(std::move(expression));
    at = template_text.find("{{", at);
  }
  return expressions;
}

std::string template_literal(std::string_view text, std::size_t at) {
  std::string value;
  return at < text.size() && read_literal(text, at, value) ? value : std::string();
}

}  // namespace sotto::engine
