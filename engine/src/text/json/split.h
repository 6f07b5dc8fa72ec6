// Cutting a text at what a pattern or a kind of character matches, as tokenizer.json's components do it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "text/json/entry.h"
#include "text/regex.h"

namespace sotto::engine {

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool matched = false;
};

// {"String": ...} or {"Regex": ...}, the latter in Oniguruma's language. Thread guarantee: immutable.
class JsonPattern {
 public:
  // Throws Error format or unsupported, naming the place.
  explicit JsonPattern(const JsonEntry& entry);
  // An empty one matches before every character.
  explicit JsonPattern(const std::string& literal);

  // All of `text`, valid UTF-8, in order: what matches and what lies between. An empty match is an empty stretch.
  // Throws as RegexSearch.
  [[nodiscard]] std::vector<Stretch> find(std::string_view text) const;

 private:
  std::variant<std::string, Regex> pattern_;
};

// The same for characters; each that `matches` is a match of its own.
[[nodiscard]] std::vector<Stretch> find_characters(std::string_view text, const std::function<bool(char32_t)>& matches);

enum class SplitBehavior {
  removed,
  isolated,
  merged_with_previous,
  merged_with_next,
  contiguous
};

// "Isolated" and so on.
[[nodiscard]] SplitBehavior split_behavior(const JsonEntry& entry);

// What remains of the stretches, none of them empty; `matched` means nothing any more.
[[nodiscard]] std::vector<Stretch> split(const std::vector<Stretch>& stretches, SplitBehavior behavior);

// PCRE2's words for a pattern of Oniguruma: \s, \d, \w and \h mean other sets there.
[[nodiscard]] std::string from_oniguruma(const JsonEntry& pattern);

}  // namespace sotto::engine
