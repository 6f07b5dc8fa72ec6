// tokenizer.json's "normalizer": what becomes of a text before it is cut into words.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/json/entry.h"

namespace sotto::engine {

// Thread guarantee: immutable after construction.
class JsonNormalizer {
 public:
  // Throws Error format or unsupported, naming the place. Without an entry nothing changes.
  explicit JsonNormalizer(const JsonEntry& entry);

  // `text` is valid UTF-8, and so is the result. Throws Error unsupported where steps would make it grow without end,
  // and as RegexSearch.
  [[nodiscard]] std::string normalised(std::string_view text) const;
  [[nodiscard]] bool changes() const noexcept { return !steps_.empty(); }

 private:
  // A step throws when its text comes to more than `most` bytes.
  std::vector<std::function<std::string(std::string_view, std::size_t most)>> steps_;
};

}  // namespace sotto::engine
