// Text between two fragments of ids, and where in it there is markup.
#pragma once

#include <string>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct PromptRun {
  std::string text;
  std::vector<TextRange> markup;  // neighbours joined, in order

  void append(const Fragment& fragment) {
    if (fragment.text.empty()) return;
    const std::size_t begin = text.size();
    text += fragment.text;
    if (fragment.kind != Fragment::Kind::markup) return;
    if (!markup.empty() && markup.back().end == begin) {
      markup.back().end = text.size();
    } else {
      markup.push_back({begin, text.size()});
    }
  }
};

}  // namespace sotto::engine
