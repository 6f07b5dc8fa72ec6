// tokenizer.json's "decoder": the pieces of tokens become a text again.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json/entry.h"

namespace sotto::engine {

// Thread guarantee: immutable after construction.
class JsonDecoder {
 public:
  // Throws Error format or unsupported, naming the place. Without an entry blanks stand between the pieces.
  explicit JsonDecoder(const JsonEntry& entry);

  // The text of a whole sequence, valid UTF-8: bytes that make no character are U+FFFD.
  [[nodiscard]] std::string text(std::vector<std::string> pieces) const;

  // The bytes of one piece in the middle of a sequence: what only happens at the beginning or the end is left out, and
  // a part of a character stays one.
  [[nodiscard]] std::string bytes(const std::string& piece) const;

 private:
  using Pieces = std::vector<std::string>;
  struct Step {
    std::function<void(Pieces&)> whole;
    std::function<void(std::string&)> middle;
  };
  static Step step(const JsonEntry& entry);
  std::vector<Step> steps_;
  bool joins_with_blanks_ = false;
};

}  // namespace sotto::engine
