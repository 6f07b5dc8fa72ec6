// Regular expressions over UTF-8, by PCRE2 with Unicode properties.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sotto::engine {

// Thread guarantee: immutable after construction.
class Regex {
 public:
  // Throws Error unsupported for a pattern that PCRE2 does not understand.
  explicit Regex(const std::string& pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

 private:
  friend class RegexSearch;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// While one lives on a thread, all that searches with a file's patterns take there together, and what is done between
// them, is bounded: a second and ten microseconds for each of `bytes` of processor time, fifty times what patterns that
// mean well take. Of several the first counts.
class RegexTime {
 public:
  explicit RegexTime(std::size_t bytes) noexcept;
  ~RegexTime();
  RegexTime(const RegexTime&) = delete;
  RegexTime& operator=(const RegexTime&) = delete;

 private:
  bool outermost_ = false;
};

// Matching in one text: limits, and memory that grows only when it is needed. Not for several threads.
class RegexSearch {
 public:
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  enum class Patterns {
    ours,   // linear; a limit could only lose text
    theirs  // of a file: one that would take too long, see RegexTime, is Error unsupported
  };

  // Throws Error memory.
  explicit RegexSearch(Patterns patterns);
  ~RegexSearch();
  RegexSearch(const RegexSearch&) = delete;
  RegexSearch& operator=(const RegexSearch&) = delete;

  // The next match from `start` on, perhaps an empty one. `text` is valid UTF-8. Throws Error memory when matching runs
  // out of it.
  [[nodiscard]] std::optional<Match> next(const Regex& regex, std::string_view text, std::size_t start);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
