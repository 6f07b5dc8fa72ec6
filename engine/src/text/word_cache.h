// Remembers where in the output the ids of a word are, so that a text's frequent words are merged once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// For one text and one output: words are views into the text, ids are copied from the output itself. A fixed number of
// slots, the newest word wins. Not for several threads.
class WordCache {
 public:
  explicit WordCache(std::size_t text_bytes) {
    std::size_t slots = 64;
    while (slots < text_bytes / 16 && slots < (std::size_t{1} << 14)) slots *= 2;
    slots_.resize(slots);
  }

  // Appends the word's ids to `out` when it has been seen; else calls `encode`, which appends them.
  template <typename Encode>
  void append(std::string_view word, std::vector<Token>& out, const Encode& encode) {
    if (word.size() > longest) return encode();
    Slot& slot = slots_[std::hash<std::string_view>{}(word) & (slots_.size() - 1)];
    const std::size_t begin = out.size();
    if (slot.word == word) {
      out.resize(begin + slot.count);
      for (std::size_t i = 0; i < slot.count; ++i) out[begin + i] = out[slot.begin + i];
      return;
    }
    encode();
    slot = {word, begin, out.size() - begin};
  }

 private:
  static constexpr std::size_t longest = 64;  // bytes
  struct Slot {
    std::string_view word;
    std::size_t begin = 0;
    std::size_t count = 0;
  };
  std::vector<Slot> slots_;
};

}  // namespace sotto::engine
