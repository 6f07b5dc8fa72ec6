// What the models of tokenizer.json share: "vocab", and pieces named after bytes.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/json/entry.h"
#include "text/piece_index.h"

namespace sotto::engine {

// {"piece": id, ...} by id. Throws Error format for ids that are negative, far too large or there twice.
[[nodiscard]] std::vector<std::string> read_vocab(const JsonEntry& vocab);

// The tokens of "<0x00>" to "<0xFF>"; -1: none.
[[nodiscard]] std::array<Token, 256> byte_tokens_of(const PieceIndex& index);

// Appends the ids of the bytes; false, and nothing is appended, where one has none.
[[nodiscard]] bool append_bytes(const std::array<Token, 256>& byte_tokens, std::string_view bytes,
                                std::vector<Token>& out);

// The id of "unk_token"; -1 where there is none. Throws Error format for one that is not in the vocabulary.
[[nodiscard]] Token unknown_of(const JsonEntry& model, const PieceIndex& index);

[[nodiscard]] Error no_json_token();

}  // namespace sotto::engine
