#include "text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits>

#include "sotto/engine/error.h"

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

constexpr std::uint32_t most_steps = 2'000'000;  // of one match with a file's pattern

std::string message_of(int error) {
  PCRE2_UCHAR buffer[160] = {};
  pcre2_get_error_message(error, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

struct Regex::Impl {
  Code code;
};

Regex::Regex(const std::string& pattern) : impl_(std::make_unique<Impl>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  impl_->code.reset(pcre2_compile(units(pattern), pattern.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C,
                                  &error, &offset, nullptr));
  if (!impl_->code) {
    throw Error(ErrorCode::unsupported, "PCRE2 does not understand the pre-tokenizer's pattern at " +
                                            std::to_string(offset) + ": " + message_of(error) + ".");
  }
  pcre2_jit_compile(impl_->code.get(), PCRE2_JIT_COMPLETE);  // where this fails matching is slower, not different
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

struct RegexSearch::Impl {
  MatchContext context{pcre2_match_context_create(nullptr)};
  MatchData data{pcre2_match_data_create(1, nullptr)};  // the whole match is all that is asked for
  JitStack stack;

  int match(const pcre2_code* code, std::string_view text, std::size_t start, std::uint32_t options) {
    return pcre2_match(code, units(text), text.size(), start, PCRE2_NO_UTF_CHECK | options, data.get(), context.get());
  }
};

RegexSearch::RegexSearch(Patterns patterns) : impl_(std::make_unique<Impl>()) {
  if (!impl_->context || !impl_->data) {
    throw Error(ErrorCode::memory, "There is no memory left to split the text.");
  }
  const bool ours = patterns == Patterns::ours;
  pcre2_set_match_limit(impl_->context.get(), ours ? std::numeric_limits<std::uint32_t>::max() : most_steps);
}

RegexSearch::~RegexSearch() = default;

std::optional<RegexSearch::Match> RegexSearch::next(const Regex& regex, std::string_view text, std::size_t start) {
  const pcre2_code* code = regex.impl_->code.get();
  int result = impl_->match(code, text, start, 0);
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
    if (!impl_->stack) {
      constexpr std::size_t first = std::size_t{256} << 10;
      constexpr std::size_t most = std::size_t{64} << 20;
      impl_->stack.reset(pcre2_jit_stack_create(first, most, nullptr));
      if (impl_->stack) pcre2_jit_stack_assign(impl_->context.get(), nullptr, impl_->stack.get());
    }
    result = impl_->match(code, text, start, 0);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = impl_->match(code, text, start, PCRE2_NO_JIT);
  }
  if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (result == PCRE2_ERROR_MATCHLIMIT) {
    throw Error(ErrorCode::unsupported, "A pattern of the tokenizer would take too long on this text.");
  }
  if (result < 0) {
    throw Error(ErrorCode::memory, "The text could not be split into words: " + message_of(result) + ".");
  }
  const PCRE2_SIZE* found = pcre2_get_ovector_pointer(impl_->data.get());
  return Match{found[0], found[1]};
}

}  // namespace sotto::engine
