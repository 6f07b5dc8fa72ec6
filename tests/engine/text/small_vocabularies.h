// Vocabularies of a few hundred tokens, made by hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/vocabulary.h"

namespace sotto::test {

// <unk> 0, <s> 1, </s> 2, the bytes 3 to 258, then "▁", the ASCII letters, a few words in the order of their scores,
// the user-defined "<box>" and "\n\n", the control tokens "[INST]" and "[/INST]", and an unused piece "tion".
[[nodiscard]] engine::Vocabulary small_spm();

// The bytes 0 to 255 in the order of their values, a few merged words, then "<|begin_of_text|>", "<|eot_id|>" and the
// user-defined "<box>".
[[nodiscard]] engine::Vocabulary small_bpe(std::string_view pre = "llama-bpe");

// The id of a piece as it is written in the vocabulary; -1: none.
[[nodiscard]] engine::Token id_of(const engine::Vocabulary& vocabulary, std::string_view piece);
[[nodiscard]] std::vector<engine::Token> ids_of(const engine::Vocabulary& vocabulary,
                                                const std::vector<std::string>& pieces);

// Bytes of every kind, valid and invalid UTF-8 mixed; the same for the same seed.
[[nodiscard]] std::string random_text(unsigned seed, std::size_t length);

}  // namespace sotto::test
