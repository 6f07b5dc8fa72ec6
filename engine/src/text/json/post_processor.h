// tokenizer.json's "post_processor", as far as a language model's prompt is concerned: what stands before it.
#pragma once

#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/json/entry.h"

namespace sotto::engine {

// The ids that it puts before a single sequence: BOS, mostly. Throws Error format or unsupported, naming the place.
[[nodiscard]] std::vector<Token> prefix_tokens(const JsonEntry& entry);

}  // namespace sotto::engine
