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

// Matching in one text: limits, and memory that grows only when it is needed. Not for several threads.
class RegexSearch {
 public:
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  enum class Patterns {
    ours,   // linear; a limit could only lose text
    theirs  // of a file: one that would take for ever is Error unsupported
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
