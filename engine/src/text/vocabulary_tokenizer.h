// What both tokenizers share: special tokens, fragments, BOS and end tokens, pieces. What is left to a subclass is
// plain text between special tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/pattern_automaton.h"
#include "text/prompt_run.h"
#include "text/vocabulary.h"

namespace sotto::engine {

// Thread guarantee: as Tokenizer.
//
// Special tokens are found from left to right, the longest first. User-defined ones are found in any text, control and
// unknown ones only where the whole token lies in markup.
class VocabularyTokenizer : public Tokenizer {
 public:
  VocabularyTokenizer(const VocabularyTokenizer&) = delete;  // subclasses keep views into it
  VocabularyTokenizer& operator=(const VocabularyTokenizer&) = delete;

  using Tokenizer::encode;
  [[nodiscard]] std::vector<Token> encode(std::span<const Fragment> fragments, bool add_bos) const override;
  [[nodiscard]] std::string piece(Token token, bool special = false) const override;
  [[nodiscard]] std::string decode(std::span<const Token> tokens, bool special = false) const override;
  [[nodiscard]] int size() const noexcept override { return static_cast<int>(types_.size()); }
  [[nodiscard]] Token bos() const noexcept override { return bos_; }
  [[nodiscard]] Token eos() const noexcept override { return eos_; }
  [[nodiscard]] bool adds_bos() const noexcept override { return adds_bos_; }
  [[nodiscard]] bool is_end(Token token) const noexcept override;
  [[nodiscard]] bool is_control(Token token) const noexcept override;

 protected:
  // `vocabulary` is complete; `bytes` holds what each token stands for, control tokens their own text.
  // `default_add_bos` holds where the file does not say.
  VocabularyTokenizer(const Vocabulary& vocabulary, std::vector<std::string> bytes, bool default_add_bos);

  // Appends the ids of `text`, not empty. `after_special`: it stands at the beginning or after a special token.
  virtual void encode_text(std::string_view text, bool after_special, std::vector<Token>& out) const = 0;

  // Whether encode_text puts a space before a text that stands after a special token.
  [[nodiscard]] virtual bool puts_space() const noexcept { return false; }

  [[nodiscard]] PieceType type(Token token) const noexcept { return types_[static_cast<std::size_t>(token)]; }
  [[nodiscard]] const std::string& bytes(Token token) const noexcept { return bytes_[static_cast<std::size_t>(token)]; }
  // A text too long to index with 32 bits is invalid_argument.
  static void check_length(std::string_view text);
  // For a character that neither has a token nor may become the unknown one.
  [[nodiscard]] static Error no_token();

 private:
  // Special pieces and their tokens, found backwards.
  struct Specials {
    std::vector<Token> tokens;
    PatternAutomaton automaton;
  };
  struct Match;

  [[nodiscard]] static Specials specials(const Vocabulary& vocabulary, bool in_markup);
  void find(const Specials& specials, std::string_view text, std::size_t begin, std::size_t end,
            std::vector<Match>& found) const;
  void encode_run(const PromptRun& run, bool& after_special, std::vector<Token>& out) const;
  [[nodiscard]] bool is_special(Token token) const noexcept;
  [[nodiscard]] bool in_range(Token token) const noexcept { return token >= 0 && token < size(); }

  std::vector<PieceType> types_;
  std::vector<std::string> bytes_;
  std::vector<Token> ends_;   // sorted
  std::vector<Token> shown_;  // control tokens that are part of a reply's text: thought tags
  Specials in_text_;          // user-defined
  Specials in_markup_;        // all
  Token bos_ = -1;
  Token eos_ = -1;
  bool adds_bos_ = false;
  bool strip_after_special_ = false;
};

}  // namespace sotto::engine
