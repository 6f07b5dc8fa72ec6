// Splits a text into words before byte-level BPE, by the regular expressions that GGUF's tokenizer.ggml.pre names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sotto::engine {

struct PreTokenizerPattern {
  // What matches is a word, and so is what lies between matches. With `threes` a match is cut into groups of three
  // characters from its end on, as thousands are.
  constexpr PreTokenizerPattern(const char* regular_expression,
                                bool thousands = false)  // NOLINT(google-explicit-constructor)
      : expression(regular_expression), threes(thousands) {}
  const char* expression;
  bool threes;
};

// A row of the table of known pre-tokenizers.
struct PreTokenizerKind {
  std::span<const PreTokenizerPattern> patterns;  // one after the other, each splits further what the one before left
  bool ignore_merges = false;                     // a word that is a token is that token, whatever the merges say
  bool adds_bos = false;                          // where the file does not say
};

// nullopt: the engine does not know the name.
[[nodiscard]] std::optional<PreTokenizerKind> find_pre_tokenizer(std::string_view name);

// What is taken where a file names none.
inline constexpr std::string_view default_pre_tokenizer = "default";

// Thread guarantee: immutable after construction. Cost is linear in the text.
class PreTokenizer {
 public:
  explicit PreTokenizer(const PreTokenizerKind& kind);
  ~PreTokenizer();

  // The ends of the words of `text`, in order; together they are the whole text. Invalid UTF-8 counts as a symbol.
  // Throws Error memory when the regular expressions run out of it; no text is lost.
  [[nodiscard]] std::vector<std::int32_t> split(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
