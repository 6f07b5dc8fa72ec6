#include "text/jinja/python_text.h"

#include <algorithm>
#include <cstring>

#include "text/jinja/value.h"
#include "text/utf8.h"

namespace sotto::engine::jinja {

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    points += step.state == Utf8State::complete ? code_point(text, step.length) : U'\uFFFD';
    text.remove_prefix(step.length);
  }
  return points;
}

std::string utf8(std::u32string_view text) {
  std::string result;
  for (const char32_t c : text) append_utf8(result, c);
  return result;
}

std::string character(std::int64_t point) {
  if (point < 0 || point > 0x10FFFF) throw TemplateError{"%c arg not in range(0x110000)"};
  if (point >= 0xD800 && point <= 0xDFFF) throw TemplateError{"surrogates are no characters"};
  std::string text;
  append_utf8(text, static_cast<char32_t>(point));
  return text;
}

std::size_t find_first(std::string_view text, std::string_view what, std::size_t from) {
  if (from > text.size()) return std::string_view::npos;
  const void* found = memmem(text.data() + from, text.size() - from, what.data(), what.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t find_last(std::string_view text, std::string_view what) {
  const std::string backwards(text.rbegin(), text.rend());
  const std::size_t at = find_first(backwards, std::string(what.rbegin(), what.rend()));
  return at == std::string_view::npos ? at : text.size() - at - what.size();
}

std::int64_t length(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string stripped(std::string_view text, Side side, std::string_view set) {
  const std::u32string points = code_points(text);
  const std::u32string chosen = code_points(set);
  const auto goes = [&](char32_t c) { return set.empty() ? is_space(c) : chosen.find(c) != std::u32string::npos; };
  std::size_t begin = 0;
  std::size_t end = points.size();
  if (side != Side::right) {
    while (begin < end && goes(points[begin])) ++begin;
  }
  if (side != Side::left) {
    while (end > begin && goes(points[end - 1])) --end;
  }
  return utf8(std::u32string_view(points).substr(begin, end - begin));
}

namespace {

std::vector<std::string> split_at_space(std::string_view text, std::int64_t most, bool from_right) {
  std::u32string points = code_points(text);
  if (from_right) std::reverse(points.begin(), points.end());
  std::vector<std::string> parts;
  std::size_t at = 0;
  const auto put = [&](std::size_t begin, std::size_t end) {
    std::u32string part = points.substr(begin, end - begin);
    if (from_right) std::reverse(part.begin(), part.end());
    parts.push_back(utf8(part));
  };
  while (true) {
    while (at < points.size() && is_space(points[at])) ++at;
    if (at == points.size()) break;
    if (most >= 0 && parts.size() == static_cast<std::size_t>(most)) {
      put(at, points.size());
      break;
    }
    const std::size_t begin = at;
    while (at < points.size() && !is_space(points[at])) ++at;
    put(begin, at);
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace

std::vector<std::string> split(std::string_view text, std::string_view separator, std::int64_t most) {
  if (separator.empty()) return split_at_space(text, most, false);
  std::vector<std::string> parts;
  while (most < 0 || parts.size() < static_cast<std::size_t>(most)) {
    const std::size_t at = find_first(text, separator);
    if (at == std::string_view::npos) break;
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

std::vector<std::string> split_from_right(std::string_view text, std::string_view separator, std::int64_t most) {
  if (separator.empty()) return split_at_space(text, most, true);
  const std::string backwards(text.rbegin(), text.rend());
  std::vector<std::string> parts = split(backwards, std::string(separator.rbegin(), separator.rend()), most);
  for (std::string& part : parts) std::reverse(part.begin(), part.end());
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string> split_lines(std::string_view text, bool keep_ends) {
  const std::u32string points = code_points(text);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < points.size(); ++at) {
    const char32_t c = points[at];
    const bool ends = (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!ends) continue;
    const std::size_t end = at;
    if (c == '\r' && at + 1 < points.size() && points[at + 1] == '\n') ++at;
    lines.push_back(utf8(std::u32string_view(points).substr(begin, (keep_ends ? at + 1 : end) - begin)));
    begin = at + 1;
  }
  if (begin < points.size()) lines.push_back(utf8(std::u32string_view(points).substr(begin)));
  return lines;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t most,
                     std::size_t longest) {
  std::string result;
  const auto put = [&](std::string_view part) {
    if (result.size() + part.size() > longest) throw TemplateError{"a text grows too long"};
    result += part;
  };
  if (from.empty()) {  // before every character and at the end
    while (most != 0) {
      put(to);
      --most;
      if (text.empty()) return result;
      const std::size_t step = next_utf8(text).length;
      put(text.substr(0, step));
      text.remove_prefix(step);
    }
    put(text);
    return result;
  }
  while (most != 0) {
    const std::size_t at = find_first(text, from);
    if (at == std::string_view::npos) break;
    put(text.substr(0, at));
    put(to);
    text.remove_prefix(at + from.size());
    --most;
  }
  put(text);
  return result;
}

}  // namespace sotto::engine::jinja
