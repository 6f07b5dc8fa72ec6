// Byte-level BPE (Radford et al. 2019, section 2.2): GGUF's tokenizer.ggml.model "gpt2". A text is split into words by
// the pre-tokenizer, and in each word bytes merge in the order of tokenizer.ggml.merges.
#pragma once

#include "text/flat_map.h"
#include "text/merge_symbols.h"
#include "text/piece_index.h"
#include "text/pre_tokenizer.h"
#include "text/vocabulary_tokenizer.h"

namespace sotto::engine {

// A byte that has no token becomes the unknown token; where a vocabulary has none, encode throws Error unsupported.
class BpeTokenizer final : public VocabularyTokenizer {
 public:
  // Throws Error format as complete() does, and for merges that are not two known pieces whose union is known (naming
  // the index); unsupported for a pre-tokenizer that the engine does not know (naming it).
  explicit BpeTokenizer(Vocabulary vocabulary);

 protected:
  void encode_text(std::string_view text, bool after_special, std::vector<Token>& out) const override;

 private:
  struct Completed {
    Vocabulary vocabulary;
    PieceIndex by_text;
    PreTokenizerKind pre;
  };
  struct Work;
  explicit BpeTokenizer(const Completed& completed);
  [[nodiscard]] static Completed completed(Vocabulary vocabulary);
  void read_merges(const Vocabulary& vocabulary, const PieceIndex& by_text);
  void encode_word(std::string_view word, Work& work, std::vector<Token>& out) const;

  PreTokenizer pre_tokenizer_;
  bool ignore_merges_ = false;
  PieceIndex words_;                // by the bytes they stand for; filled only with ignore_merges
  FlatMap<Merge> merges_;           // by left << 32 | right
  std::vector<Token> byte_tokens_;  // by byte; -1: none
  Token unknown_ = -1;
};

}  // namespace sotto::engine
