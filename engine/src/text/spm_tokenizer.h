// SentencePiece BPE (Kudo and Richardson 2018) with byte fallback: GGUF's tokenizer.ggml.model "llama". Spaces are
// written U+2581, and neighbours merge in the order of the merged piece's score.
#pragma once

#include "text/flat_map.h"
#include "text/piece_index.h"
#include "text/vocabulary_tokenizer.h"

namespace sotto::engine {

// A character that is no piece becomes its bytes' tokens; where a vocabulary has none, the unknown token, and where
// there is none of that either, encode throws Error unsupported. Invalid UTF-8 is kept byte by byte. U+2581 in a text
// cannot be told from a space: that is in the nature of the format.
class SpmTokenizer final : public VocabularyTokenizer {
 public:
  // Throws Error format as complete() does.
  explicit SpmTokenizer(Vocabulary vocabulary);

 protected:
  void encode_text(std::string_view text, bool after_special, std::vector<Token>& out) const override;
  [[nodiscard]] bool puts_space() const noexcept override { return space_prefix_; }

 private:
  struct Work;
  // For the completed vocabulary.
  struct Completed {
    Vocabulary vocabulary;
  };
  explicit SpmTokenizer(Completed completed);

  void encode_word(std::string_view word, Work& work, std::vector<Token>& out) const;
  void append(std::string_view text, Token id, const Work& work, std::vector<Token>& out) const;

  std::vector<std::string> pieces_;  // as in the file; the index points into them
  PieceIndex index_;                 // of pieces that text may become
  std::vector<std::int32_t> ranks_;  // by token: the order of its score, the best 0
  std::vector<Token> byte_tokens_;   // by byte; -1: none
  Token unknown_ = -1;
  bool space_prefix_ = true;
  bool splits_at_spaces_ = true;  // no piece has a space after another character, so words are independent
  bool has_unused_ = false;
};

}  // namespace sotto::engine
