// SentencePiece's normalisation: a table of replacements (tokenizer.ggml.precompiled_charsmap, mostly NFKC with a few
// rules of its own), and what becomes of spaces. Source: sentencepiece's normalizer; the table is a trie in a double
// array (Yata et al. 2007, as Darts-clone has it), behind it the replacements, each ended by a zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::engine {

// Thread guarantee: immutable.
class SentencePieceNormalizer {
 public:
  struct Spaces {
    bool prefix = true;  // one comes before the text
    bool merge = true;   // several become one, and those at the ends go
  };
  // `charsmap` may be empty: nothing is replaced. Never throws for its contents: what makes no sense replaces nothing.
  SentencePieceNormalizer(std::vector<std::uint8_t> charsmap, Spaces spaces);

  // With U+2581 for spaces. Invalid UTF-8 becomes U+FFFD. Throws Error unsupported where the table makes the text
  // grow without measure.
  [[nodiscard]] std::string normalized(std::string_view text) const;

  // What Hugging Face's "Precompiled" makes of a character or cluster: what the *shortest* prefix that the table has is
  // replaced by. nullopt: it has none.
  [[nodiscard]] std::optional<std::string_view> replacement(std::string_view cluster) const;

 private:
  struct Step {
    std::string_view text;     // what the prefix becomes
    std::size_t consumed = 0;  // bytes of it
  };
  [[nodiscard]] Step step(std::string_view rest) const;
  // Calls `found` with the length and the value of every prefix of `rest` in the table, until it returns false.
  template <typename Found>
  void prefixes(std::string_view rest, const Found& found) const;
  [[nodiscard]] std::optional<std::string_view> text_at(std::uint32_t value) const;

  std::vector<std::uint32_t> units_;
  std::string replacements_;
  Spaces spaces_;
};

}  // namespace sotto::engine
