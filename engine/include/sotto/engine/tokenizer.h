// Text to token ids and back.
// Sources: SentencePiece BPE (Kudo and Richardson 2018) with byte fallback, as GGUF's tokenizer.ggml.model "llama";
// byte-level BPE (Radford et al. 2019, section 2.2), as "gpt2", split first by the pattern that
// tokenizer.ggml.pre names; or what a tokenizer.json describes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::engine {

using Token = std::int32_t;

// A piece of a prompt. A prompt is a list of them so that a user's words are never taken for control tokens and a
// reply that is already tokens stays those tokens.
struct Fragment {
  enum class Kind {
    text,    // plain text: "<|eot_id|>" in it is just characters
    markup,  // template text: special tokens in it become their ids
    tokens   // token ids, taken over as they are
  };
  Kind kind = Kind::text;
  std::string text;
  std::vector<Token> tokens;
};

// Thread guarantee: immutable after construction; every member may be called from several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Ids of `text` (UTF-8; invalid bytes survive the round trip). No BOS or EOS is added. With `parse_special` special
  // tokens in the text become their ids, without it they are plain text.
  [[nodiscard]] std::vector<Token> encode(std::string_view text, bool parse_special = false) const;

  // Neighbouring text and markup fragments are tokenised as one text between special tokens, as a rendered template
  // would be. With `add_bos` BOS comes first where the model asks for it (adds_bos), never twice.
  [[nodiscard]] virtual std::vector<Token> encode(std::span<const Fragment> fragments, bool add_bos) const = 0;

  // The bytes that `token` stands for; control tokens give no bytes unless `special`. May be part of a UTF-8
  // character: put the pieces of a reply through utf8_stream. Throws invalid_argument for an id out of range.
  [[nodiscard]] virtual std::string piece(Token token, bool special = false) const = 0;

  // Bytes of a whole sequence; the space that SentencePiece puts before a text is taken away again.
  [[nodiscard]] virtual std::string decode(std::span<const Token> tokens, bool special = false) const = 0;

  [[nodiscard]] virtual int size() const noexcept = 0;       // vocabulary size
  [[nodiscard]] virtual Token bos() const noexcept = 0;      // -1: none
  [[nodiscard]] virtual Token eos() const noexcept = 0;      // -1: none
  [[nodiscard]] virtual bool adds_bos() const noexcept = 0;  // the model's inputs begin with BOS
  // Whether the token ends a reply: eos, eot, eom and their relatives.
  [[nodiscard]] virtual bool is_end(Token token) const noexcept = 0;
  [[nodiscard]] virtual bool is_control(Token token) const noexcept = 0;
};

// Reads the vocabulary of a GGUF file, which needs no tensors, or a Hugging Face tokenizer.json with the
// tokenizer_config.json beside it. Throws Error io, format or unsupported.
[[nodiscard]] std::unique_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& file);

}  // namespace sotto::engine
