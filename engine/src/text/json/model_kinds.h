// The kinds of tokenizer.json's "model".
#pragma once

#include <memory>

#include "text/json/models.h"

namespace sotto::engine {

[[nodiscard]] std::unique_ptr<const JsonModel> make_json_bpe(const JsonEntry& entry);
[[nodiscard]] std::unique_ptr<const JsonModel> make_json_unigram(const JsonEntry& entry);
[[nodiscard]] std::unique_ptr<const JsonModel> make_word_piece(const JsonEntry& entry);
[[nodiscard]] std::unique_ptr<const JsonModel> make_word_level(const JsonEntry& entry);

}  // namespace sotto::engine
