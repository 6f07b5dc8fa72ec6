#include "support/english.h"

#include <array>
#include <cmath>
#include <random>

namespace sotto::test {

namespace {

constexpr std::array kFrequent{"the",   "of",  "and",  "to",   "a",     "in",  "is",   "you",  "that",  "it",
                               "he",    "was", "for",  "on",   "are",   "as",  "with", "his",  "they",  "I",
                               "at",    "be",  "this", "have", "from",  "or",  "one",  "had",  "by",    "word",
                               "but",   "not", "what", "all",  "were",  "we",  "when", "your", "can",   "said",
                               "there", "use", "an",   "each", "which", "she", "do",   "how",  "their", "if"};
constexpr std::array kSyllables{"re",   "con",  "ter", "ing", "ment", "tion", "al",   "er",  "ver", "pro",
                                "per",  "sta",  "ble", "com", "de",   "in",   "un",   "ex",  "ly",  "man",
                                "land", "port", "ac",  "ri",  "sen",  "tor",  "ness", "mi",  "pa",  "lo",
                                "ca",   "na",   "est", "ous", "ward", "fi",   "ge",   "str", "th"};

std::string word(std::size_t number) {
  if (number < kFrequent.size()) return kFrequent[number];
  std::string result;
  for (std::size_t rest = number; rest > 0; rest /= kSyllables.size()) result += kSyllables[rest % kSyllables.size()];
  return result;
}

}  // namespace

std::string english(std::size_t bytes) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> part;
  std::string text;
  int left = 0;
  while (text.size() < bytes) {
    const bool begins = left == 0;
    if (begins) left = 5 + static_cast<int>(random() % 15);
    std::string next = word(static_cast<std::size_t>(std::exp(part(random) * std::log(100'000.0))) - 1);
    if (begins && next[0] >= 'a') next[0] = static_cast<char>(next[0] - 'a' + 'A');
    text += next;
    --left;
    if (left == 0) {
      text += random() % 6 == 0 ? ".\n\n" : ". ";
    } else {
      text += random() % 10 == 0 ? ", " : " ";
    }
  }
  return text;
}

}  // namespace sotto::test
