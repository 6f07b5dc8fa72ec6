#include "text/jinja/word_wrap.h"

#include <algorithm>
#include <string>

#include "text/jinja/python_text.h"
#include "text/jinja/unicode_letters.h"

namespace sotto::engine::jinja {

namespace {

bool is_blank(char32_t c) { return c == U' ' || (c >= U'\t' && c <= U'\r'); }
bool is_word(char32_t c) { return c == U'_' || is_alnum(c); }
bool is_letter(char32_t c) { return is_word(c) && !is_decimal(c); }
bool is_word_or_mark(char32_t c) {
  return is_word(c) || std::u32string_view(U"!\"'&.,?").find(c) != std::u32string_view::npos;
}

bool is_all_space(std::u32string_view text) { return std::all_of(text.begin(), text.end(), is_space); }

// What a line may end behind: blanks, words, parts of words with hyphens, dashes between words.
class Chunks {
 public:
  Chunks(std::u32string_view text, bool at_hyphens) : text_(text), at_hyphens_(at_hyphens) {}

  // The end of the one that begins there.
  [[nodiscard]] std::size_t end_of(std::size_t begin) const {
    std::size_t end = begin;
    if (is_blank(text_[begin])) {
      while (end < text_.size() && is_blank(text_[end])) ++end;
      return end;
    }
    if (at_hyphens_ && begin > 0 && is_word_or_mark(text_[begin - 1])) {
      if (const std::size_t dash = dash_end(begin); dash > begin) return dash;
    }
    for (end = begin + 1; end < text_.size() && !is_blank(text_[end]); ++end) {
      if (!at_hyphens_ || text_[end] != U'-') continue;
      if (is_within_word(end)) return end + 1;
      if (is_word_or_mark(text_[end - 1]) && dash_end(end) > end) return end;
    }
    return end;
  }

 private:
  [[nodiscard]] bool letter_at(std::size_t at) const { return at < text_.size() && is_letter(text_[at]); }

  // Behind two or more hyphens that a word follows.
  [[nodiscard]] std::size_t dash_end(std::size_t begin) const {
    std::size_t end = begin;
    while (end < text_.size() && text_[end] == U'-') ++end;
    return end >= begin + 2 && end < text_.size() && is_word(text_[end]) ? end : begin;
  }

  // A hyphen behind two letters, or a letter, a hyphen and one more, and before two letters.
  [[nodiscard]] bool is_within_word(std::size_t hyphen) const {
    const bool two = hyphen >= 2 && letter_at(hyphen - 1) && letter_at(hyphen - 2);
    const bool hyphened = hyphen >= 3 && letter_at(hyphen - 1) && text_[hyphen - 2] == U'-' && letter_at(hyphen - 3);
    if ((!two && !hyphened) || !letter_at(hyphen + 1)) return false;
    const bool another = hyphen + 2 < text_.size() && text_[hyphen + 2] == U'-';
    return letter_at(hyphen + (another ? 3 : 2));
  }

  std::u32string_view text_;
  bool at_hyphens_;
};

}  // namespace

bool wrap_words(std::u32string_view text, const WrapForm& form,
                const std::function<void(std::u32string_view)>& take_line) {
  const Chunks chunks(text, form.breaks_at_hyphens);
  const auto width = static_cast<std::size_t>(form.width);
  bool any = false;
  std::size_t at = 0;
  std::size_t chunk_end = text.empty() ? 0 : chunks.end_of(0);
  const auto next = [&] {
    at = chunk_end;
    if (at < text.size()) chunk_end = chunks.end_of(at);
  };
  while (at < text.size()) {
    if (any && is_all_space(text.substr(at, chunk_end - at))) {
      next();
      if (at == text.size()) break;
    }
    const std::size_t begin = at;
    std::size_t last = at;  // where the line's last chunk begins
    while (at < text.size() && chunk_end - begin <= width) {
      last = at;
      next();
    }
    if (at < text.size() && chunk_end - at > width) {  // too long for any line
      std::size_t left = width - (at - begin);
      if (form.breaks_words) {
        if (form.breaks_at_hyphens && left > 0 && chunk_end - at > left) {
          const std::u32string_view piece = text.substr(at, left);
          const std::size_t hyphen = piece.rfind(U'-');
          if (hyphen != std::u32string_view::npos &&
              piece.substr(0, hyphen).find_first_not_of(U'-') != std::u32string_view::npos)
            left = hyphen + 1;
        }
        last = at;
        at += left;
      } else if (at == begin) {
        last = at;
        next();
      }
    }
    std::size_t end = at;
    if (is_all_space(text.substr(last, end - last))) end = last;  // an empty piece, too
    if (end == begin) continue;
    take_line(text.substr(begin, end - begin));
    any = true;
  }
  return any;
}

}  // namespace sotto::engine::jinja
