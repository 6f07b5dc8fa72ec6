// The tokenizer that a model file asks for.
#pragma once

#include <memory>
#include <stop_token>

#include "io/gguf.h"
#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// Throws Error format where the vocabulary is missing or damaged, unsupported for a kind of tokenizer that the engine
// does not know; the message names file and key.
// Null when `stop` was requested.
[[nodiscard]] std::unique_ptr<const Tokenizer> make_tokenizer(const GgufFile& file, const std::stop_token& stop = {});

}  // namespace sotto::engine
