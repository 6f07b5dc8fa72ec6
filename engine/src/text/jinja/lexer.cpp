#include "text/jinja/lexer.h"

#include <algorithm>
#include <array>

#include "text/jinja/value.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

constexpr std::array<std::string_view, 6> long_signs = {"**", "//", "==", "!=", "<=", ">="};
constexpr std::string_view short_signs = "+-*/%~<>=()[]{}.,:|;";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_figure(char c) { return c >= '0' && c <= '9'; }

int hex_value(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    const int digit = is_figure(c)           ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) text();
    put(TokenKind::end, {});
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(const std::string& message, int line) const { throw TemplateError{message, line}; }
  void put(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }
  [[nodiscard]] bool sees(std::string_view what, std::size_t at) const {
    return source_.compare(at, what.size(), what) == 0;
  }
  void advance(std::size_t to) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
    at_ = to;
  }

  // Text up to the next marker, and what the marker begins.
  void text() {
    std::size_t mark = at_;
    while (true) {
      mark = source_.find('{', mark);
      if (mark == std::string::npos || mark + 1 >= source_.size()) {
        mark = std::string::npos;
        break;
      }
      if (const char next = source_[mark + 1]; next == '{' || next == '%' || next == '#') break;
      ++mark;
    }
    const std::size_t end = std::min(mark, source_.size());
    std::string_view words = std::string_view(source_).substr(at_, end - at_);
    const char sign = mark != std::string::npos && mark + 2 < source_.size() ? source_[mark + 2] : '\0';
    const char kind = mark != std::string::npos ? source_[mark + 1] : '\0';
    std::string_view shown = words;
    if (sign == '-') {
      while (!shown.empty() && is_blank(shown.back())) shown.remove_suffix(1);
    } else if ((kind == '%' || kind == '#') && sign != '+') {
      shown = without_indentation(words);
    }
    if (!shown.empty()) put(TokenKind::text, std::string(shown));
    advance(end);
    if (mark == std::string::npos) return;
    const std::size_t inside = at_ + 2 + (sign == '-' || sign == '+' ? 1 : 0);
    if (kind == '#') return comment(inside);
    if (kind == '%' && raw(inside)) return;
    put(kind == '{' ? TokenKind::expression_begin : TokenKind::statement_begin, {});
    advance(inside);
    code(kind == '{' ? "}}" : "%}");
  }

  // Blanks after the last newline go where there is nothing else before the marker on its line.
  [[nodiscard]] std::string_view without_indentation(std::string_view words) const {
    std::size_t keep = words.size();
    while (keep > 0 && is_blank(words[keep - 1]) && words[keep - 1] != '\n') --keep;
    const bool line_begins = keep > 0 ? words[keep - 1] == '\n' : at_ == 0 || (source_[at_ - 1] == '\n');
    return line_begins ? words.substr(0, keep) : words;
  }

  // After a statement's or comment's end.
  void trim(bool all, bool keep) {
    std::size_t to = at_;
    if (all) {
      while (to < source_.size() && is_blank(source_[to])) ++to;
    } else if (!keep && to < source_.size() && source_[to] == '\n') {
      ++to;
    }
    advance(to);
  }

  void comment(std::size_t inside) {
    const std::size_t end = source_.find("#}", inside);
    if (end == std::string::npos) fail("Missing end of comment tag", line_);
    const char sign = end > inside ? source_[end - 1] : '\0';
    advance(end + 2);
    trim(sign == '-', sign == '+');
  }

  // A word in a statement of its own; the place behind the statement, npos: it is none.
  [[nodiscard]] std::size_t lone_word(std::size_t at, std::string_view word, char* sign) const {
    while (at < source_.size() && is_blank(source_[at])) ++at;
    if (!sees(word, at)) return std::string::npos;
    at += word.size();
    while (at < source_.size() && is_blank(source_[at])) ++at;
    *sign = '\0';
    if (at < source_.size() && (source_[at] == '-' || source_[at] == '+')) *sign = source_[at++];
    return sees("%}", at) ? at + 2 : std::string::npos;
  }

  bool raw(std::size_t inside) {
    char sign = '\0';
    const std::size_t begin = lone_word(inside, "raw", &sign);
    if (begin == std::string::npos) return false;
    const int line = line_;
    advance(begin);
    trim(sign == '-', true);
    for (std::size_t mark = at_; (mark = source_.find("{%", mark)) != std::string::npos; ++mark) {
      const char before = mark + 2 < source_.size() ? source_[mark + 2] : '\0';
      const std::size_t after = lone_word(mark + (before == '-' || before == '+' ? 3 : 2), "endraw", &sign);
      if (after == std::string::npos) continue;
      std::string_view words = std::string_view(source_).substr(at_, mark - at_);
      if (before == '-') {
        while (!words.empty() && is_blank(words.back())) words.remove_suffix(1);
      } else if (before != '+') {
        words = without_indentation(words);
      }
      if (!words.empty()) put(TokenKind::text, std::string(words));
      advance(after);
      trim(sign == '-', sign == '+');
      return true;
    }
    fail("Missing end of raw directive", line);
  }

  void code(std::string_view closing) {
    const bool statement = closing == "%}";
    const int begun = line_;
    std::vector<char> brackets;
    while (true) {
      std::size_t to = at_;
      while (to < source_.size() && is_blank(source_[to])) ++to;
      advance(to);
      if (at_ >= source_.size()) fail("unexpected end of template, the tag that begins here never closes", begun);
      const char c = source_[at_];
      if (brackets.empty()) {
        const bool sign = (c == '-' || (c == '+' && statement)) && sees(closing, at_ + 1);
        if (sign || sees(closing, at_)) {
          put(statement ? TokenKind::statement_end : TokenKind::expression_end, {});
          advance(at_ + closing.size() + (sign ? 1 : 0));
          if (statement || c == '-') trim(sign && c == '-', sign && c == '+');
          return;
        }
      }
      if (c == '\'' || c == '"') {
        string(c);
      } else if (is_figure(c)) {
        number();
      } else if (begins_name(c)) {
        std::size_t end = at_;
        while (end < source_.size() && (begins_name(source_[end]) || is_figure(source_[end]))) ++end;
        put(TokenKind::name, source_.substr(at_, end - at_));
        advance(end);
      } else {
        sign(brackets);
      }
    }
  }

  void sign(std::vector<char>& brackets) {
    for (const std::string_view two : long_signs) {
      if (sees(two, at_)) {
        put(TokenKind::sign, std::string(two));
        return advance(at_ + 2);
      }
    }
    const char c = source_[at_];
    if (short_signs.find(c) == std::string_view::npos) fail(std::string("unexpected char '") + c + "'", line_);
    if (c == '(' || c == '[' || c == '{') brackets.push_back(c == '(' ? ')' : c == '[' ? ']' : '}');
    if (c == ')' || c == ']' || c == '}') {
      if (brackets.empty()) fail(std::string("unexpected '") + c + "'", line_);
      if (brackets.back() != c) fail(std::string("unexpected '") + c + "', expected '" + brackets.back() + "'", line_);
      brackets.pop_back();
    }
    put(TokenKind::sign, std::string(1, c));
    advance(at_ + 1);
  }

  // Behind a digit and the digits after it, with single underscores between them.
  template <class IsDigit>
  [[nodiscard]] std::size_t digits_end(std::size_t at, const IsDigit& is_digit) const {
    while (at < source_.size()) {
      const std::size_t next = source_[at] == '_' ? at + 1 : at;
      if (next >= source_.size() || !is_digit(source_[next])) break;
      at = next + 1;
    }
    return at;
  }

  // Behind the fraction and the exponent that may follow a number's first digits.
  [[nodiscard]] std::size_t real_end(std::size_t at) const {
    const auto figure_at = [&](std::size_t place) { return place < source_.size() && is_figure(source_[place]); };
    if (at_ > 0 && source_[at_ - 1] == '.') return at;  // a.0.1 has two indices
    if (at < source_.size() && source_[at] == '.' && figure_at(at + 1)) at = digits_end(at + 1, is_figure);
    if (at < source_.size() && (source_[at] | 0x20) == 'e') {
      const bool sign = at + 1 < source_.size() && (source_[at + 1] == '+' || source_[at + 1] == '-');
      if (figure_at(at + (sign ? 2 : 1))) at = digits_end(at + (sign ? 2 : 1), is_figure);
    }
    return at;
  }

  [[nodiscard]] std::size_t whole_end() const {
    if (source_[at_] != '0') return digits_end(at_, is_figure);
    const char kind = at_ + 1 < source_.size() ? static_cast<char>(source_[at_ + 1] | 0x20) : '\0';
    std::size_t end = at_ + 2;
    if (kind == 'x') end = digits_end(end, [](char c) { return hex_value({&c, 1}) >= 0; });
    if (kind == 'o') end = digits_end(end, [](char c) { return c >= '0' && c <= '7'; });
    if (kind == 'b') end = digits_end(end, [](char c) { return c == '0' || c == '1'; });
    return end > at_ + 2 ? end : digits_end(at_, [](char c) { return c == '0'; });
  }

  void number() {
    const std::size_t figures = digits_end(at_, is_figure);
    const std::size_t real = real_end(figures);
    const std::size_t end = real > figures ? real : whole_end();
    put(real > figures ? TokenKind::real : TokenKind::integer, source_.substr(at_, end - at_));
    advance(end);
  }

  // With Python's escapes.
  void string(char quote) {
    const int line = line_;
    std::string value;
    std::size_t at = at_ + 1;
    for (; at < source_.size() && source_[at] != quote; ++at) {
      if (source_[at] != '\\' || at + 1 >= source_.size()) {
        value += source_[at];
        continue;
      }
      const char c = source_[++at];
      constexpr std::string_view names = "nrtbfav";
      constexpr std::string_view values("\n\r\t\b\f\a\v");
      if (const std::size_t known = names.find(c); known != std::string_view::npos) {
        value += values[known];
      } else if (c == '\\' || c == '\'' || c == '"') {
        value += c;
      } else if (c >= '0' && c <= '7') {
        char32_t point = 0;
        for (int i = 0; i < 3 && at < source_.size() && source_[at] >= '0' && source_[at] <= '7'; ++i) {
          point = point * 8 + static_cast<char32_t>(source_[at++] - '0');
        }
        --at;
        append_utf8(value, point);
      } else if (c == 'x' || c == 'u' || c == 'U') {
        const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
        const int point = at + count < source_.size() ? hex_value(std::string_view(source_).substr(at + 1, count)) : -1;
        if (point < 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
          fail("invalid escape in a string", line);
        append_utf8(value, static_cast<char32_t>(point));
        at += count;
      } else if (c != '\n') {
        (value += '\\') += c;
      }
    }
    if (at >= source_.size()) fail("unexpected end of template, a string never closes", line);
    put(TokenKind::string, std::move(value));
    advance(at + 1);
  }

  std::string source_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  std::string text;
  text.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {  // newlines are \n
    if (source[i] == '\r') {
      text += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      text += source[i];
    }
  }
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return Lexer(std::move(text)).run();
}

}  // namespace sotto::engine::jinja
