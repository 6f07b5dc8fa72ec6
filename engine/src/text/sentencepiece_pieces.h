// What the SentencePiece tokenizers share: their pieces write spaces as U+2581 and bytes as "<0xE9>".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/vocabulary.h"

namespace sotto::engine {

inline constexpr std::string_view sentencepiece_space = "\xE2\x96\x81";  // U+2581

// complete(), and byte pieces by their names where the file has no types.
[[nodiscard]] Vocabulary completed_sentencepiece(Vocabulary vocabulary);

// What each token stands for.
[[nodiscard]] std::vector<std::string> sentencepiece_bytes(const Vocabulary& vocabulary);

}  // namespace sotto::engine
