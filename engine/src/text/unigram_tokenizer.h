// SentencePiece's unigram model (Kudo 2018): of all ways to cut a text into pieces the one of the highest probability,
// found by Viterbi's algorithm. GGUF's tokenizer.ggml.model "t5".
#pragma once

#include "text/sentencepiece_normalizer.h"
#include "text/unigram_lattice.h"
#include "text/vocabulary_tokenizer.h"

namespace sotto::engine {

// A character that is no piece becomes its bytes' tokens where the vocabulary has them, else the unknown token,
// neighbours one; where there is none, encode throws Error unsupported. What normalisation takes away does not come
// back.
class UnigramTokenizer final : public VocabularyTokenizer {
 public:
  // Throws Error format as complete() does, and where the pieces have no scores.
  UnigramTokenizer(Vocabulary vocabulary, SentencePieceNormalizer normalizer);

 protected:
  void encode_text(std::string_view text, bool after_special, std::vector<Token>& out) const override;
  [[nodiscard]] bool puts_space() const noexcept override { return space_prefix_; }

 private:
  struct Completed {
    Vocabulary vocabulary;
  };
  UnigramTokenizer(Completed completed, SentencePieceNormalizer normalizer);
  void append_unknown(std::string_view characters, std::vector<Token>& out) const;

  UnigramLattice lattice_;
  std::vector<Token> byte_tokens_;  // by byte; -1: none
  SentencePieceNormalizer normalizer_;
  Token unknown_ = -1;
  bool has_bytes_ = false;
  bool space_prefix_ = true;
};

}  // namespace sotto::engine
