// Capital and small letters as Unicode's SpecialCasing and CaseFolding have them, where one letter may become several;
// PCRE2 knows those that become one.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "text/jinja/python_text.h"
#include "text/jinja/unicode_letters.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

namespace {

// A letter, and its capitals.
constexpr std::u32string_view irregular =
    U"\u00B5\u039C \u00DFSS \u0131I \u0149\u02BCN \u017FS \u01C5\u01C4 \u01C8\u01C7 \u01CB\u01CA \u01F0J\u030C "
    U"\u01F2\u01F1 \u0345\u0399 \u0390\u0399\u0308\u0301 \u03B0\u03A5\u0308\u0301 \u03B9\u0399 \u03BC\u039C "
    U"\u03C2\u03A3 \u03D0\u0392 \u03D1\u0398 \u03D5\u03A6 \u03D6\u03A0 \u03F0\u039A \u03F1\u03A1 \u03F5\u0395 "
    U"\u0587\u0535\u0552 \u1C80\u0412 \u1C81\u0414 \u1C82\u041E \u1C83\u0421 \u1C84\u0422 \u1C85\u0422 \u1C86\u042A "
    U"\u1C87\u0462 \u1C88\uA64A \u1E96H\u0331 \u1E97T\u0308 \u1E98W\u030A \u1E99Y\u030A \u1E9AA\u02BE \u1E9B\u1E60 "
    U"\u1F50\u03A5\u0313 \u1F52\u03A5\u0313\u0300 \u1F54\u03A5\u0313\u0301 \u1F56\u03A5\u0313\u0342 "
    U"\u1FB2\u1FBA\u0399 \u1FB3\u0391\u0399 \u1FB4\u0386\u0399 \u1FB6\u0391\u0342 \u1FB7\u0391\u0342\u0399 "
    U"\u1FBC\u0391\u0399 \u1FBE\u0399 \u1FC2\u1FCA\u0399 \u1FC3\u0397\u0399 \u1FC4\u0389\u0399 \u1FC6\u0397\u0342 "
    U"\u1FC7\u0397\u0342\u0399 \u1FCC\u0397\u0399 \u1FD2\u0399\u0308\u0300 \u1FD3\u0399\u0308\u0301 \u1FD6\u0399\u0342 "
    U"\u1FD7\u0399\u0308\u0342 \u1FE2\u03A5\u0308\u0300 \u1FE3\u03A5\u0308\u0301 \u1FE4\u03A1\u0313 \u1FE6\u03A5\u0342 "
    U"\u1FE7\u03A5\u0308\u0342 \u1FF2\u1FFA\u0399 \u1FF3\u03A9\u0399 \u1FF4\u038F\u0399 \u1FF6\u03A9\u0342 "
    U"\u1FF7\u03A9\u0342\u0399 \u1FFC\u03A9\u0399 \uA64B\uA64A \uFB00FF \uFB01FI \uFB02FL \uFB03FFI \uFB04FFL \uFB05ST "
    U"\uFB06ST \uFB13\u0544\u0546 \uFB14\u0544\u0535 \uFB15\u0544\u053B \uFB16\u054E\u0546 \uFB17\u0544\u053D ";

constexpr char32_t iota = 0x399;            // what stands in capitals for the iota below a vowel,
constexpr char32_t iota_subscript = 0x345;  // which is this
constexpr char32_t sigma = 0x3A3;

bool between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

const std::unordered_map<char32_t, std::u32string>& capitals() {
  static const auto all = [] {
    std::unordered_map<char32_t, std::u32string> made;
    std::u32string_view rest = irregular;
    while (!rest.empty()) {
      const std::size_t end = rest.find(U' ');
      made.emplace(rest[0], rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    }
    for (char32_t c = 0x1F80; c <= 0x1FAF; ++c) {  // Greek vowels with an iota below
      constexpr std::array<char32_t, 3> vowels = {0x1F08, 0x1F28, 0x1F68};
      made.emplace(c, std::u32string{vowels[(c - 0x1F80) / 16] + (c & 7), iota});
    }
    for (char32_t c = 0x2170; c <= 0x217F; ++c) made.emplace(c, std::u32string{c - 16});  // Roman numerals
    for (char32_t c = 0x24D0; c <= 0x24E9; ++c) made.emplace(c, std::u32string{c - 26});  // letters in circles
    return made;
  }();
  return all;
}

std::u32string one(char32_t c, bool upper) {
  std::string letter;
  append_utf8(letter, c);
  return code_points(with_simple_letters(letter, upper));
}

std::u32string small(char32_t c) {
  if (c == 0x130) return U"i\u0307";
  if (between(c, 0x2160, 0x216F)) return {c + 16};
  if (between(c, 0x24B6, 0x24CF)) return {c + 26};
  return one(c, false);
}

std::u32string capital(char32_t c) {
  const auto found = capitals().find(c);
  return found != capitals().end() ? found->second : one(c, true);
}

bool is_cherokee(char32_t c) { return between(c, 0x13A0, 0x13FD) || between(c, 0xAB70, 0xABBF); }

// What casefold() compares by.
std::u32string folded(char32_t c) {
  if (c == 0x131) return {c};
  if (c == 0x1E9E) return U"ss";
  if (is_cherokee(c)) return capital(c);
  std::u32string result;
  for (const char32_t part : capital(c)) result += small(part);
  return result;
}

std::u32string title(char32_t c) {
  if (between(c, 0x1C4, 0x1CC)) return {(c - 0x1C4) / 3 * 3 + 0x1C5};  // Ǆ ǅ ǆ and the like
  if (between(c, 0x1F1, 0x1F3)) return {0x1F2};
  if (between(c, 0x1F80, 0x1FAF)) return {c | 8};
  if (c == 0x1FB3 || c == 0x1FC3 || c == 0x1FF3) return {c + 9};
  if (c == 0x1FBC || c == 0x1FCC || c == 0x1FFC || between(c, 0x10D0, 0x10FF)) return {c};
  std::u32string result = capital(c);
  if (c == 0x149) return result;
  for (std::size_t i = 1; i < result.size(); ++i)
    result.replace(i, 1, result[i] == iota ? std::u32string{iota_subscript} : small(result[i]));
  return result;
}

// A sigma at a word's end is another letter.
char32_t small_sigma(std::u32string_view text, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && is_case_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return 0x3C3;
  std::size_t after = at + 1;
  while (after < text.size() && is_case_ignorable(text[after])) ++after;
  return after < text.size() && is_cased(text[after]) ? 0x3C3 : 0x3C2;
}

std::u32string small(std::u32string_view text, std::size_t at) {
  return text[at] == sigma ? std::u32string{small_sigma(text, at)} : small(text[at]);
}

// Those that are not simply what PCRE2 makes of them.
bool is_special(char32_t c, Letters letters) {
  if (letters == Letters::lower) return c == 0x130 || c == sigma || between(c, 0x2160, 0x24CF);
  return capitals().contains(c) || (letters == Letters::fold && (c == 0x130 || c == 0x1E9E || is_cherokee(c) ||
                                                                 c == sigma || between(c, 0x2160, 0x24CF)));
}

}  // namespace

std::string with_letters(std::string_view text, Letters letters) {
  const auto simple = [&](std::string_view part) { return with_simple_letters(part, letters == Letters::upper); };
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) return simple(text);
  const std::u32string points = code_points(text);
  std::string result;
  std::u32string run;
  const auto put_run = [&] {
    if (!run.empty()) result += simple(utf8(run));
    run.clear();
  };
  for (std::size_t at = 0; at < points.size(); ++at) {
    const char32_t c = points[at];
    if (c < 0x80 || !is_special(c, letters)) {
      run += c;
      continue;
    }
    put_run();
    result += utf8(letters == Letters::upper ? capital(c) : letters == Letters::lower ? small(points, at) : folded(c));
  }
  put_run();
  return result;
}

std::string capitalized(std::string_view text) {
  const std::u32string points = code_points(text);
  if (points.empty()) return {};
  const std::string whole = with_letters(text, Letters::lower);
  const std::size_t first = utf8(small(points, 0)).size();
  return utf8(title(points[0])) + whole.substr(first);
}

std::string titled(std::string_view text) {
  const std::u32string points = code_points(text);
  std::string result;
  bool inside = false;
  for (std::size_t at = 0; at < points.size(); ++at) {
    result += utf8(inside ? small(points, at) : title(points[at]));
    inside = is_cased(points[at]);
  }
  return result;
}

std::string swapped(std::string_view text) {
  const std::u32string points = code_points(text);
  std::string result;
  for (std::size_t at = 0; at < points.size(); ++at) {
    const char32_t c = points[at];
    result += utf8(is_upper(c) ? small(points, at) : is_lower(c) ? capital(c) : std::u32string{c});
  }
  return result;
}

}  // namespace sotto::engine::jinja
