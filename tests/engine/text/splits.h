// Every way to cut a short text into pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::test {

// Calls `use` with the pieces of each of the 2^(n-1) cuttings of `text`.
template <typename Use>
void for_every_split(std::string_view text, const Use& use) {
  const std::size_t gaps = text.empty() ? 0 : text.size() - 1;
  for (std::uint64_t cuts = 0; cuts < std::uint64_t{1} << gaps; ++cuts) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    for (std::size_t gap = 0; gap < gaps; ++gap) {
      if ((cuts >> gap & 1) == 0) continue;
      pieces.push_back(text.substr(begin, gap + 1 - begin));
      begin = gap + 1;
    }
    pieces.push_back(text.substr(begin));
    use(pieces);
  }
}

// Calls `use` with every string of `length` characters of `alphabet`.
template <typename Use>
void for_every_string(std::string_view alphabet, std::size_t length, const Use& use) {
  std::vector<std::size_t> digits(length, 0);
  std::string text(length, alphabet.front());
  while (true) {
    use(std::string_view(text));
    std::size_t at = 0;
    while (at < length && ++digits[at] == alphabet.size()) digits[at++] = 0;
    if (at == length) return;
    for (std::size_t i = 0; i <= at; ++i) text[i] = alphabet[digits[i]];
  }
}

}  // namespace sotto::test
