#include "text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <ctime>
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

// Of one attempt at one place with a file's pattern.
constexpr std::uint32_t most_steps = 2'000'000;
// A file's pattern is tried at so many places before the time is looked at,
constexpr std::size_t places_at_once = 8;
// and may find so many matches, each of them cheaper than the look.
constexpr unsigned matches_at_once = 16;

// Seconds of the thread's processor time: a machine that pauses takes none.
double thread_seconds() noexcept {
  std::timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Of this thread's RegexTime.
struct Deadline {
  double at = std::numeric_limits<double>::infinity();
  unsigned matches = 0;
};
thread_local Deadline deadline;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

std::string message_of(int error) {
  PCRE2_UCHAR buffer[160] = {};
  pcre2_get_error_message(error, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

RegexTime::RegexTime(std::size_t bytes) noexcept : outermost_(deadline.at == Deadline().at) {
  if (outermost_) deadline.at = thread_seconds() + 1 + static_cast<double>(bytes) * 1e-5;
}

RegexTime::~RegexTime() {
  if (outermost_) deadline = {};
}

struct Regex::Impl {
  Code code;
  bool anywhere = true;  // a search may begin again at any place: nothing in the pattern says where it began
};

Regex::Regex(const std::string& pattern) : impl_(std::make_unique<Impl>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  impl_->code.reset(pcre2_compile(units(pattern), pattern.size(),
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT, &error,
                                  &offset, nullptr));
  if (!impl_->code) {
    throw Error(ErrorCode::unsupported, "PCRE2 does not understand the pre-tokenizer's pattern at " +
                                            std::to_string(offset) + ": " + message_of(error) + ".");
  }
  impl_->anywhere = pattern.find("\\G") == std::string::npos;
  pcre2_jit_compile(impl_->code.get(), PCRE2_JIT_COMPLETE);  // where this fails matching is slower, not different
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

struct RegexSearch::Impl {
  MatchContext context{pcre2_match_context_create(nullptr)};
  MatchData data{pcre2_match_data_create(1, nullptr)};  // the whole match is all that is asked for
  JitStack stack;
  bool ours = true;

  int match(const pcre2_code* code, std::string_view text, std::size_t start, std::uint32_t options) {
    return pcre2_match(code, units(text), text.size(), start, PCRE2_NO_UTF_CHECK | options, data.get(), context.get());
  }

  // With a larger stack where the first does not do.
  int match(const pcre2_code* code, std::string_view text, std::size_t start) {
    int result = match(code, text, start, 0);
    if (result != PCRE2_ERROR_JIT_STACKLIMIT) return result;
    if (!stack) {
      constexpr std::size_t first = std::size_t{256} << 10;
      constexpr std::size_t most = std::size_t{64} << 20;
      stack.reset(pcre2_jit_stack_create(first, most, nullptr));
      if (stack) pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    }
    result = match(code, text, start, 0);
    return result == PCRE2_ERROR_JIT_STACKLIMIT ? match(code, text, start, PCRE2_NO_JIT) : result;
  }

  // As match, with a file's pattern: in steps, between which the time is looked at.
  int match_patiently(const Regex::Impl& regex, std::string_view text, std::size_t start) {
    for (;;) {
      const std::size_t last = start + places_at_once;
      const bool whole = !regex.anywhere || last >= text.size();
      pcre2_set_offset_limit(context.get(), whole ? PCRE2_UNSET : last);
      const int result = match(regex.code.get(), text, start);
      const bool nothing = result == PCRE2_ERROR_NOMATCH && !whole;
      if ((nothing || ++deadline.matches % matches_at_once == 0) && thread_seconds() > deadline.at) {
        return PCRE2_ERROR_MATCHLIMIT;
      }
      if (!nothing) return result;
      start = last + 1;
      while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) ++start;
    }
  }
};

RegexSearch::RegexSearch(Patterns patterns) : impl_(std::make_unique<Impl>()) {
  if (!impl_->context || !impl_->data) {
    throw Error(ErrorCode::memory, "There is no memory left to split the text.");
  }
  impl_->ours = patterns == Patterns::ours;
  pcre2_set_match_limit(impl_->context.get(), impl_->ours ? std::numeric_limits<std::uint32_t>::max() : most_steps);
}

RegexSearch::~RegexSearch() = default;

std::optional<RegexSearch::Match> RegexSearch::next(const Regex& regex, std::string_view text, std::size_t start) {
  const int result = impl_->ours ? impl_->match(regex.impl_->code.get(), text, start)
                                 : impl_->match_patiently(*regex.impl_, text, start);
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
