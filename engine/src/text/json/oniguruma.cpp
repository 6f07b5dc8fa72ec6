// tokenizer.json's patterns are Oniguruma's, in Ruby's syntax; what both libraries understand stays as it is.
#include <cctype>

#include "text/json/split.h"

namespace sotto::engine {
namespace {

// As its tables have it: the superscripts and fractions of Latin-1, but no other ones.
constexpr std::string_view word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";
constexpr std::string_view hexadecimal = "0-9a-fA-F";

class Translation {
 public:
  explicit Translation(const JsonEntry& pattern) : pattern_(pattern), from_(pattern.string()) {}

  std::string run() {
    to_ = "(?m)";  // ^ and $ stand at every line
    atom_ = to_.size();
    while (at_ < from_.size()) {
      if (in_brackets_) {
        bracketed();
      } else {
        outside();
      }
    }
    return std::move(to_);
  }

 private:
  [[nodiscard]] bool next_is(std::string_view text) const { return from_.compare(at_, text.size(), text) == 0; }
  void copy() { to_ += from_[at_++]; }
  void begin_atom() { atom_ = to_.size(); }

  void outside() {
    switch (from_[at_]) {
      case '\\':
        begin_atom();
        return escape();
      case '[':
        begin_atom();
        return open_bracket();
      case '(':
        groups_.push_back(to_.size());
        copy();
        if (next_is("?")) options();
        return;
      case ')':
        if (!groups_.empty()) {
          atom_ = groups_.back();
          groups_.pop_back();
        }
        return copy();
      case '{':
        return repeat();
      case '*':
      case '+':
      case '?':
      case '|':
        return copy();
      default:
        begin_atom();
        copy();
        while (at_ < from_.size() && (static_cast<unsigned char>(from_[at_]) & 0xC0U) == 0x80U) copy();
    }
  }

  // (?imx-imx: ... "m" is Ruby's word for what others call "s".
  void options() {
    const std::size_t end = from_.find_first_not_of("imx-", at_ + 1);
    if (end == std::string::npos || (from_[end] != ':' && from_[end] != ')')) return;
    for (; at_ < end; ++at_) to_ += from_[at_] == 'm' ? 's' : from_[at_];
  }

  // {n,m}, {,m} among them. A "+" behind it repeats once more; PCRE2 would take it for possessive. A "?" behind {n}
  // means once or not at all; PCRE2 would take it for lazy.
  void repeat() {
    const std::size_t end = from_.find('}', at_);
    const std::string_view inside =
        end == std::string::npos ? std::string_view() : std::string_view(from_).substr(at_ + 1, end - at_ - 1);
    if (inside.empty() || inside.find_first_not_of("0123456789,") != std::string_view::npos) {
      begin_atom();
      return copy();
    }
    to_.append(inside.starts_with(',') ? "{0" : "{").append(inside).append(1, '}');
    at_ = end + 1;
    const bool exact = inside.find(',') == std::string_view::npos;
    if (next_is("+") || (exact && next_is("?"))) {
      to_.insert(atom_, "(?:").append(1, ')').append(1, from_[at_]);
      ++at_;
    }
  }

  void open_bracket() {
    copy();
    in_brackets_ = true;
    if (at_ < from_.size() && from_[at_] == '^') copy();
    if (at_ < from_.size() && from_[at_] == ']') {  // a member, so early
      to_ += "\\]";
      ++at_;
    }
  }

  void bracketed() {
    if (from_[at_] == '\\') return escape();
    if (next_is("[:")) {
      const std::size_t end = from_.find(":]", at_);
      if (end == std::string::npos) throw pattern_.error("is a pattern with an open bracket");
      to_.append(from_, at_, end + 2 - at_);
      at_ = end + 2;
      return;
    }
    if (from_[at_] == '[' || next_is("&&")) {
      throw pattern_.error("is a pattern with sets in sets", ErrorCode::unsupported);
    }
    in_brackets_ = from_[at_] != ']';
    copy();
  }

  void escape() {
    if (at_ + 1 >= from_.size()) throw pattern_.error("is a pattern that ends with a backslash");
    const char kind = from_[at_ + 1];
    at_ += 2;
    switch (kind) {
      case 's':
        to_ += "\\p{White_Space}";  // PCRE2's \s has U+180E beside that
        return;
      case 'S':
        to_ += "\\P{White_Space}";
        return;
      case 'd':
        to_ += "\\p{Nd}";
        return;
      case 'D':
        to_ += "\\P{Nd}";
        return;
      case 'w':
        return set(word, false);
      case 'h':
        return set(hexadecimal, false);
      case 'W':
        return set(word, true);
      case 'H':
        return set(hexadecimal, true);
      case 'u':
        if (at_ + 4 > from_.size()) throw pattern_.error("is a pattern that ends in the middle of a character");
        to_.append("\\x{").append(from_, at_, 4).append("}");
        at_ += 4;
        return;
      case 'p':
      case 'P':
        to_.append(1, '\\').append(1, kind);
        while (at_ < from_.size() && from_[at_] != '}') copy();
        if (at_ < from_.size()) copy();
        return;
      default:
        // Letters that mean the same to both; the others of PCRE2's mean something else or nothing there.
        if (std::isalnum(static_cast<unsigned char>(kind)) != 0 &&
            std::string_view("nrtfaexbBAzZGkR0123456789").find(kind) == std::string_view::npos) {
          std::string problem = "is a pattern with a backslash before ";
          problem.append(1, kind).append(", which Sotto does not know");
          throw pattern_.error(problem, ErrorCode::unsupported);
        }
        to_.append(1, '\\').append(1, kind);
    }
  }

  void set(std::string_view members, bool negated) {
    if (!in_brackets_) {
      to_.append(negated ? "[^" : "[").append(members).append("]");
    } else if (!negated) {
      to_ += members;
    } else {
      throw pattern_.error("is a pattern with a negated set in brackets", ErrorCode::unsupported);
    }
  }

  const JsonEntry& pattern_;
  const std::string& from_;
  std::string to_;
  std::size_t at_ = 0;
  bool in_brackets_ = false;
  std::size_t atom_ = 0;             // where in `to_` the last atom begins
  std::vector<std::size_t> groups_;  // where open groups begin
};

}  // namespace

std::string from_oniguruma(const JsonEntry& pattern) { return Translation(pattern).run(); }

}  // namespace sotto::engine
