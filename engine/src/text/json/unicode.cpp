#include "text/json/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "sotto/engine/error.h"
#include "text/utf8.h"

namespace sotto::engine::unicode {
namespace {

utf8proc_category_t category(char32_t c) noexcept { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool within(char32_t c, utf8proc_category_t first, utf8proc_category_t last) noexcept {
  const utf8proc_category_t it = category(c);
  return it >= first && it <= last;
}

}  // namespace

namespace {

// With long runs of marks in their canonical order, which utf8proc would put them in pair by pair.
std::string with_marks_in_order(std::string_view text) {
  constexpr std::size_t few = 16;
  struct Mark {
    std::string_view bytes;
    int order;
  };
  std::vector<Mark> run;
  std::string result;
  result.reserve(text.size());
  const auto flush = [&] {
    if (run.size() > few) std::ranges::stable_sort(run, {}, &Mark::order);
    for (const Mark& mark : run) result += mark.bytes;
    run.clear();
  };
  while (!text.empty()) {
    const std::size_t length = next_utf8(text).length;
    const auto c = static_cast<utf8proc_int32_t>(code_point(text, length));
    const int order = utf8proc_get_property(c)->combining_class;
    if (order == 0) flush();
    run.push_back({text.substr(0, length), order});
    if (order == 0) flush();
    text.remove_prefix(length);
  }
  flush();
  return result;
}

}  // namespace

std::string normalised(std::string_view original, Form form) {
  const std::string text = with_marks_in_order(original);
  int options = UTF8PROC_STABLE;
  options |= form == Form::nfc || form == Form::nfkc ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  if (form == Form::nfkc || form == Form::nfkd) options |= UTF8PROC_COMPAT;
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &made, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(made, &std::free);
  if (length == UTF8PROC_ERROR_NOMEM) {
    throw Error(ErrorCode::memory, "There is no memory left to normalise the text.");
  }
  if (length < 0) throw Error(ErrorCode::invalid_argument, "A text that is not UTF-8 cannot be normalised.");
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(length)};
}

std::string lowercase(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = next_utf8(text).length;
    const char32_t c = code_point(text, length);
    if (c == 0x130) {
      result += "i\xCC\x87";  // the one character whose small letter is two
    } else {
      append_utf8(result, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
    }
    text.remove_prefix(length);
  }
  return result;
}

bool is_white_space(char32_t c) noexcept {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_numeric(char32_t c) noexcept { return within(c, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO); }

bool is_punctuation(char32_t c) noexcept {
  if (c < 0x80)
    return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
  return within(c, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

bool is_mark(char32_t c) noexcept { return within(c, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME); }
bool is_nonspacing_mark(char32_t c) noexcept { return category(c) == UTF8PROC_CATEGORY_MN; }

bool is_other(char32_t c) noexcept {
  const utf8proc_category_t it = category(c);
  return it == UTF8PROC_CATEGORY_CN || (it >= UTF8PROC_CATEGORY_CC && it <= UTF8PROC_CATEGORY_CO);
}

bool is_word(char32_t c) noexcept {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  const utf8proc_category_t it = category(c);
  return (it >= UTF8PROC_CATEGORY_LU && it <= UTF8PROC_CATEGORY_LO) || is_mark(c) || it == UTF8PROC_CATEGORY_ND ||
         it == UTF8PROC_CATEGORY_NL || it == UTF8PROC_CATEGORY_PC || c == 0x200C || c == 0x200D ||
         (c >= 0x24B6 && c <= 0x24E9) ||  // circled and squared letters are alphabetic
         (c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

std::size_t grapheme(std::string_view text) noexcept {
  std::size_t end = next_utf8(text).length;
  char32_t last = code_point(text, end);
  utf8proc_int32_t state = 0;
  while (end < text.size()) {
    const std::size_t length = next_utf8(text.substr(end)).length;
    const char32_t next = code_point(text.substr(end), length);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(last), static_cast<utf8proc_int32_t>(next),
                                         &state))
      break;
    end += length;
    last = next;
  }
  return end;
}

}  // namespace sotto::engine::unicode
