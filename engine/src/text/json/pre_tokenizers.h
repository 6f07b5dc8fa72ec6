// tokenizer.json's "pre_tokenizer": a text cut into words, and what becomes of their letters.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json/entry.h"

namespace sotto::engine {

// A text and the words in it, in order; what lies between words is gone.
struct Words {
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::string text;
  std::vector<Range> ranges;
  bool at_start = false;  // the text is the beginning of all that is encoded

  [[nodiscard]] std::string_view word(const Range& range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
};

// Thread guarantee: immutable after construction.
class JsonPreTokenizer {
 public:
  // Throws Error format or unsupported, naming the place. Without an entry a text is one word.
  explicit JsonPreTokenizer(const JsonEntry& entry);

  // `text` is valid UTF-8. Throws as RegexSearch.
  [[nodiscard]] Words split(std::string text, bool at_start) const;

 private:
  std::vector<std::function<void(Words&)>> steps_;
};

// How "Metaspace" marks the beginnings of words; its decoder has the same entries.
struct Metaspace {
  enum class Prepend {
    always,
    first,
    never
  };
  std::string mark;  // U+2581 mostly
  Prepend prepend = Prepend::always;
  bool split = true;
  explicit Metaspace(const JsonEntry& entry);
};

}  // namespace sotto::engine
