// tokenizer.json's "added_tokens": texts that are one token wherever they stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/json/entry.h"
#include "text/json/normalizers.h"
#include "text/pattern_automaton.h"
#include "text/prompt_run.h"

namespace sotto::engine {

struct AddedToken {
  Token id = -1;
  std::string content;
  bool single_word = false;  // not inside a word
  bool strip_left = false;   // takes the white space before it along
  bool strip_right = false;
  bool normalized = false;  // looked for in the normalised text, itself normalised
  bool special = false;     // only in markup
};

// Throws Error format, naming the place.
[[nodiscard]] std::vector<AddedToken> read_added_tokens(const JsonEntry& entry);

// Those that are looked for in the text as it is, or those that are looked for in the normalised one.
// Thread guarantee: immutable after construction.
class AddedTokens {
 public:
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
    Token token = -1;  // none: text between tokens
  };

  // `normalizer`: of the tokens, null for those in the text as it is.
  AddedTokens(const std::vector<AddedToken>& tokens, const JsonNormalizer* normalizer);

  // All of `text`, in order; the longest token of those that begin first. Special ones are found only within `markup`.
  [[nodiscard]] std::vector<Part> split(std::string_view text, const std::vector<TextRange>& markup) const;

 private:
  struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t which = 0;
  };
  struct Search {
    std::vector<std::size_t> which;  // by the automaton's index: of tokens_
    PatternAutomaton automaton;
  };
  [[nodiscard]] static std::vector<AddedToken> chosen(const std::vector<AddedToken>& tokens,
                                                      const JsonNormalizer* normalizer);
  [[nodiscard]] Search search(bool with_special) const;
  void find(const Search& search, std::string_view text, std::size_t begin, std::size_t end,
            std::vector<Found>& found) const;

  std::vector<AddedToken> tokens_;
  Search in_text_, in_markup_;
};

}  // namespace sotto::engine
