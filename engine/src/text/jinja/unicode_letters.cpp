// Unicode's letters, by PCRE2's tables.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>

#include "text/jinja/python_text.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
using Code = std::unique_ptr<pcre2_code, Free>;

Code compiled(const char* pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  return Code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error,
                            &offset, nullptr));
}

bool matches(const Code& code, char32_t c) {
  std::string letter;
  append_utf8(letter, c);
  const std::unique_ptr<pcre2_match_data, Free> data(pcre2_match_data_create(1, nullptr));
  return code && data &&
         pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(letter.data()), letter.size(), 0, 0, data.get(),
                     nullptr) >= 0;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string with_letters(std::string_view text, Letters letters) {
  std::string result(text);
  for (char& c : result) {
    if (letters == Letters::upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (letters == Letters::lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (is_ascii(result)) return result;
  static const Code code = compiled("[^\\x00-\\x7F]+");
  const char* change = letters == Letters::upper ? "\\U$0" : "\\L$0";
  std::string changed(2 * result.size() + 16, '\0');
  PCRE2_SIZE size = changed.size();
  const int count = code ? pcre2_substitute(code.get(), reinterpret_cast<PCRE2_SPTR>(result.data()), result.size(), 0,
                                            PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_EXTENDED, nullptr, nullptr,
                                            reinterpret_cast<PCRE2_SPTR>(change), PCRE2_ZERO_TERMINATED,
                                            reinterpret_cast<PCRE2_UCHAR*>(changed.data()), &size)
                         : -1;
  if (count < 0) return result;  // not UTF-8
  changed.resize(size);
  return changed;
}

bool is_alpha(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  static const Code code = compiled("\\p{L}");
  return matches(code, c);
}

bool is_digit(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  static const Code code = compiled("\\p{Nd}");
  return matches(code, c);
}

}  // namespace sotto::engine::jinja
