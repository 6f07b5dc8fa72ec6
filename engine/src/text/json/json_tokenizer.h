// A tokenizer as Hugging Face's tokenizer.json describes it: added tokens, normalizer, pre-tokenizer, model,
// post-processor and decoder. Source: the documentation of the tokenizers library, and what its version 0.23 does.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "text/json/added_tokens.h"
#include "text/json/decoders.h"
#include "text/json/models.h"
#include "text/json/normalizers.h"
#include "text/json/pre_tokenizers.h"

namespace sotto::engine {

// Thread guarantee: as Tokenizer.
//
// Bytes that are no UTF-8 become U+FFFD, and what normalisation takes away does not come back. Truncation, padding and
// what the post-processor puts behind a sequence are left out: a model goes on where the text ends.
//
// Known to differ from the library: added tokens that the model does not have keep the ids that the file gives them;
// "first" of Metaspace is the first word that is left, not the one at the original text's beginning; POSIX brackets,
// (?i:ss) for U+00DF, and characters younger than Unicode 14. Refused: \X, sets in sets, \p{Letter} and other long
// names, UnicodeScripts, CTC.
class JsonTokenizer final : public Tokenizer {
 public:
  // `json`: the file's content; `config`: of the tokenizer_config.json beside it, or empty. `source`: the file, for
  // messages. Throws Error format or unsupported, naming file and place.
  JsonTokenizer(std::string_view json, std::string_view config, const std::string& source);
  // A GGUF file knows BOS and EOS itself; -1: none.
  JsonTokenizer(std::string_view json, Token bos, Token eos, const std::string& source);

  using Tokenizer::encode;
  [[nodiscard]] std::vector<Token> encode(std::span<const Fragment> fragments, bool add_bos) const override;
  [[nodiscard]] std::string piece(Token token, bool special = false) const override;
  [[nodiscard]] std::string decode(std::span<const Token> tokens, bool special = false) const override;
  [[nodiscard]] int size() const noexcept override { return static_cast<int>(pieces_.size()); }
  [[nodiscard]] Token bos() const noexcept override { return bos_; }
  [[nodiscard]] Token eos() const noexcept override { return eos_; }
  [[nodiscard]] bool adds_bos() const noexcept override { return !prefix_.empty(); }
  [[nodiscard]] bool is_end(Token token) const noexcept override;
  [[nodiscard]] bool is_control(Token token) const noexcept override;

 private:
  struct Parsed;
  explicit JsonTokenizer(const Parsed& parsed);
  void find_ends();
  void encode_run(const PromptRun& run, bool at_start, std::vector<Token>& out) const;
  void encode_text(std::string_view text, bool in_markup, bool at_start, std::vector<Token>& out) const;
  void encode_plain(std::string text, bool at_start, std::vector<Token>& out) const;
  void check(Token token) const;

  JsonNormalizer normalizer_;
  JsonPreTokenizer pre_tokenizer_;
  std::unique_ptr<const JsonModel> model_;
  JsonDecoder decoder_;
  std::vector<AddedToken> added_;
  AddedTokens raw_, normalised_;
  std::vector<std::string> pieces_;  // by id
  std::vector<bool> special_;        // by id
  std::vector<Token> prefix_;        // what the post-processor puts before a sequence
  std::vector<Token> ends_;          // sorted
  Token bos_ = -1;
  Token eos_ = -1;
};

// Reads a tokenizer.json, and the tokenizer_config.json beside it where there is one. Throws Error io, too.
[[nodiscard]] std::unique_ptr<const Tokenizer> load_json_tokenizer(const std::filesystem::path& file);

}  // namespace sotto::engine
