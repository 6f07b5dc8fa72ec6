#include "text/pre_tokenizer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits>
#include <string>

#include "sotto/engine/error.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

template <auto free_function>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const noexcept {
    free_function(pointer);
  }
};
using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>>;

std::string message_of(int error) {
  PCRE2_UCHAR buffer[160] = {};
  pcre2_get_error_message(error, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

Code compile(const char* pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error,
                          &offset, nullptr));
  if (!code) {
    throw Error(ErrorCode::unsupported, "PCRE2 does not understand the pre-tokenizer's pattern at " +
                                            std::to_string(offset) + ": " + message_of(error) + ".");
  }
  pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // where this fails matching is slower, not different
  return code;
}

PCRE2_SPTR subject(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

// One text's matching: limits and memory that grow only when they are needed.
class Matcher {
 public:
  explicit Matcher(const std::vector<Code>& codes) : context_(pcre2_match_context_create(nullptr)) {
    for (const Code& code : codes) {
      data_.emplace_back(pcre2_match_data_create_from_pattern(code.get(), nullptr));
      if (!data_.back() || !context_) throw Error(ErrorCode::memory, "There is no memory left to split the text.");
    }
    // The patterns are ours and linear; a limit could only lose text.
    pcre2_set_match_limit(context_.get(), std::numeric_limits<std::uint32_t>::max());
  }

  // The next match from `start` on; false: none. An empty match is none.
  bool next(const Code& code, std::size_t which, std::string_view text, std::size_t start, std::size_t& begin,
            std::size_t& end) {
    pcre2_match_data* data = data_[which].get();
    int result = match(code, data, text, start, 0);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
      if (!stack_) {
        constexpr std::size_t first = std::size_t{256} << 10;
        constexpr std::size_t most = std::size_t{64} << 20;
        stack_.reset(pcre2_jit_stack_create(first, most, nullptr));
        if (stack_) pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
      }
      result = match(code, data, text, start, 0);
      if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(code, data, text, start, PCRE2_NO_JIT);
    }
    if (result == PCRE2_ERROR_NOMATCH) return false;
    if (result < 0) {
      throw Error(ErrorCode::memory, "The text could not be split into words: " + message_of(result) + ".");
    }
    const PCRE2_SIZE* found = pcre2_get_ovector_pointer(data);
    begin = found[0];
    end = found[1];
    return end > begin;
  }

 private:
  int match(const Code& code, pcre2_match_data* data, std::string_view text, std::size_t start, std::uint32_t options) {
    return pcre2_match(code.get(), subject(text), text.size(), start, PCRE2_NO_UTF_CHECK | options, data,
                       context_.get());
  }

  MatchContext context_;
  JitStack stack_;
  std::vector<MatchData> data_;
};

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
  std::vector<Code> codes;
  std::vector<bool> threes;  // [codes]

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
    Matcher matcher(codes);
    std::vector<std::int32_t> ends{static_cast<std::int32_t>(text.size())};
    if (text.empty()) ends.clear();
    std::vector<std::int32_t> finer;
    for (std::size_t which = 0; which < codes.size(); ++which) {
      finer.clear();
      std::size_t word_begin = 0;
      for (const std::int32_t word_end : ends) {
        const std::string_view word = text.substr(word_begin, static_cast<std::size_t>(word_end) - word_begin);
        std::size_t at = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
        while (at < word.size() && matcher.next(codes[which], which, word, at, begin, end)) {
          if (begin > at) finer.push_back(static_cast<std::int32_t>(word_begin + begin));
          if (threes[which]) cut_in_threes(word.substr(begin, end - begin), word_begin + begin, finer);
          finer.push_back(static_cast<std::int32_t>(word_begin + end));
          at = end;
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
    impl_->codes.push_back(compile(pattern.expression));
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
