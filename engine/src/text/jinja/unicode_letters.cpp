#include "text/jinja/unicode_letters.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>

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
  thread_local const std::unique_ptr<pcre2_match_data, Free> data(pcre2_match_data_create(1, nullptr));
  std::string letter;
  append_utf8(letter, c);
  return code && data &&
         pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(letter.data()), letter.size(), 0, 0, data.get(),
                     nullptr) >= 0;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_any(const Code& code, char32_t c, std::string_view ascii) {
  if (c < 0x80) return ascii.find(static_cast<char>(c)) != std::string_view::npos;
  return matches(code, c);
}

constexpr std::string_view figures = "0123456789";
constexpr std::string_view small_letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view capital_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

}  // namespace

std::string with_simple_letters(std::string_view text, bool upper) {
  std::string result(text);
  for (char& c : result) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (is_ascii(result)) return result;
  static const Code code = compiled("[^\\x00-\\x7F]+");
  const char* change = upper ? "\\U$0" : "\\L$0";
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
  static const Code code = compiled("\\p{L}");
  return is_any(code, c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

bool is_decimal(char32_t c) {
  static const Code code = compiled("\\p{Nd}");
  return is_any(code, c, figures);
}

bool is_digit(char32_t c) {
  struct Run {
    char32_t first, last;
  };
  static constexpr Run others[] = {{0xB2, 0xB3},       {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},
                                   {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
                                   {0x2474, 0x247C},   {0x2488, 0x2490},   {0x24EA, 0x24EA},   {0x24F5, 0x24FD},
                                   {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},   {0x278A, 0x2792},
                                   {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}};
  return is_decimal(c) || std::any_of(std::begin(others), std::end(others),
                                      [&](const Run& run) { return c >= run.first && c <= run.last; });
}

bool is_numeric(char32_t c) {
  static constexpr std::u32string_view ideographs =
      U"㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆"
      U"陌陸零\uF96B\uF973\uF978\uF9B2\uF9D1\uF9D3\uF9FD\U00020001\U00020064\U000200E2\U00020121\U0002092A\U00020983"
      U"\U0002098C\U0002099C\U00020AEA\U00020AFD\U00020B19\U00022390\U00022998\U00023B1B\U0002626D\U0002F890";
  static const Code code = compiled("\\p{N}");
  return is_any(code, c, figures) || ideographs.find(c) != std::u32string_view::npos;
}

bool is_alnum(char32_t c) { return is_alpha(c) || is_numeric(c); }

bool is_upper(char32_t c) {
  static const Code code = compiled("\\p{Uppercase}");
  return is_any(code, c, capital_letters);
}

bool is_lower(char32_t c) {
  static const Code code = compiled("\\p{Lowercase}");
  return is_any(code, c, small_letters);
}

bool is_title(char32_t c) {
  static const Code code = compiled("\\p{Lt}");
  return is_any(code, c, {});
}

bool is_cased(char32_t c) { return is_lower(c) || is_upper(c) || is_title(c); }

bool is_case_ignorable(char32_t c) {
  static const Code code = compiled("\\p{Case_Ignorable}");
  return is_any(code, c, "'.:^`");
}

bool is_printable(char32_t c) {
  if (c < 0x80) return c >= 0x20 && c < 0x7F;
  if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)) return true;  // quickly, where there are many
  static const Code code = compiled("[\\p{C}\\p{Z}]");
  return !matches(code, c);
}

bool begins_identifier(char32_t c) {
  static const Code code = compiled("\\p{XID_Start}");
  return is_any(code, c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
}

bool is_in_identifier(char32_t c) {
  static const Code code = compiled("\\p{XID_Continue}");
  return begins_identifier(c) || is_any(code, c, figures);
}

}  // namespace sotto::engine::jinja
