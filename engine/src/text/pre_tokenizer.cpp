#include "text/pre_tokenizer.h"

#include <string>

#include "sotto/engine/error.h"
#include "text/regex.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

// A text whose invalid bytes were replaced, and the way back.
struct Repaired {
  std::string text;
  std::vector<std::int32_t> replaced;  // where in `text` there stands a replacement, in order

  explicit Repaired(std::string_view original) {
    while (!original.empty()) {
      const Utf8Step step = next_utf8(original);
      const bool valid = step.state == Utf8State::complete;
      if (!valid) replaced.push_back(static_cast<std::int32_t>(text.size()));
      text.append(valid ? original.substr(0, step.length) : replacement_character);
      original.remove_prefix(valid ? step.length : 1);
    }
  }

  void to_original(std::vector<std::int32_t>& ends) const {
    std::size_t before = 0;
    const auto growth = static_cast<std::int32_t>(replacement_character.size()) - 1;
    for (std::int32_t& end : ends) {
      while (before < replaced.size() && replaced[before] < end) ++before;
      end -= static_cast<std::int32_t>(before) * growth;
    }
  }
};

}  // namespace

struct PreTokenizer::Impl {
  std::vector<Regex> patterns;
  std::vector<bool> threes;  // [patterns]

  // The ends of groups of three characters, counted from the end of `run`, which begins at `offset`.
  static void cut_in_threes(std::string_view run, std::size_t offset, std::vector<std::int32_t>& ends) {
    std::vector<std::size_t> characters;  // where they begin
    for (std::size_t at = 0; at < run.size(); at += next_utf8(run.substr(at)).length) characters.push_back(at);
    for (std::size_t first = characters.size() % 3 == 0 ? 3 : characters.size() % 3; first < characters.size();
         first += 3) {
      ends.push_back(static_cast<std::int32_t>(offset + characters[first]));
    }
  }

  [[nodiscard]] std::vector<std::int32_t> split(std::string_view text) const {
    RegexSearch search(RegexSearch::Patterns::ours);
    std::vector<std::int32_t> ends{static_cast<std::int32_t>(text.size())};
    if (text.empty()) ends.clear();
    std::vector<std::int32_t> finer;
    for (std::size_t which = 0; which < patterns.size(); ++which) {
      finer.clear();
      std::size_t word_begin = 0;
      for (const std::int32_t word_end : ends) {
        const std::string_view word = text.substr(word_begin, static_cast<std::size_t>(word_end) - word_begin);
        std::size_t at = 0;
        while (at < word.size()) {
          const auto match = search.next(patterns[which], word, at);
          if (!match || match->end == match->begin) break;
          if (match->begin > at) finer.push_back(static_cast<std::int32_t>(word_begin + match->begin));
          if (threes[which]) {
            cut_in_threes(word.substr(match->begin, match->end - match->begin), word_begin + match->begin, finer);
          }
          finer.push_back(static_cast<std::int32_t>(word_begin + match->end));
          at = match->end;
        }
        if (at < word.size()) finer.push_back(word_end);
        word_begin = static_cast<std::size_t>(word_end);
      }
      ends.swap(finer);
    }
    return ends;
  }
};

PreTokenizer::PreTokenizer(const PreTokenizerKind& kind) : impl_(std::make_unique<Impl>()) {
  for (const PreTokenizerPattern& pattern : kind.patterns) {
    impl_->patterns.emplace_back(pattern.expression);
    impl_->threes.push_back(pattern.threes);
  }
}

PreTokenizer::~PreTokenizer() = default;

std::vector<std::int32_t> PreTokenizer::split(std::string_view text) const {
  if (is_valid_utf8(text)) return impl_->split(text);
  const Repaired repaired(text);
  std::vector<std::int32_t> ends = impl_->split(repaired.text);
  repaired.to_original(ends);
  return ends;
}

}  // namespace sotto::engine
