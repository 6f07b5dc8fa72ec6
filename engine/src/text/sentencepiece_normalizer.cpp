#include "text/sentencepiece_normalizer.h"

#include "sotto/engine/error.h"
#include "text/sentencepiece_pieces.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

// A unit of the double array.
constexpr std::uint32_t offset_of(std::uint32_t unit) { return (unit >> 10U) << ((unit & (1U << 9U)) >> 6U); }
constexpr std::uint32_t label_of(std::uint32_t unit) { return unit & ((1U << 31U) | 0xFFU); }
constexpr bool has_value(std::uint32_t unit) { return (unit >> 8U & 1U) != 0; }
constexpr std::uint32_t value_of(std::uint32_t unit) { return unit & ((1U << 31U) - 1); }

std::uint32_t little_endian(const std::uint8_t* bytes) {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U | static_cast<std::uint32_t>(bytes[2]) << 16U |
         static_cast<std::uint32_t>(bytes[3]) << 24U;
}

}  // namespace

SentencePieceNormalizer::SentencePieceNormalizer(std::vector<std::uint8_t> charsmap, Spaces spaces) : spaces_(spaces) {
  if (charsmap.size() < 4) return;
  const std::size_t size = little_endian(charsmap.data());  // of the trie, bytes
  if (size % 4 != 0 || size > charsmap.size() - 4) return;
  for (std::size_t at = 4; at < 4 + size; at += 4) units_.push_back(little_endian(charsmap.data() + at));
  replacements_.assign(charsmap.begin() + static_cast<std::ptrdiff_t>(4 + size), charsmap.end());
}

template <typename Found>
void SentencePieceNormalizer::prefixes(std::string_view rest, const Found& found) const {
  if (units_.empty()) return;
  std::uint32_t node = offset_of(units_[0]);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(rest[i]);
    node ^= byte;
    if (byte == 0 || node >= units_.size() || label_of(units_[node]) != byte) return;
    const std::uint32_t unit = units_[node];
    node ^= offset_of(unit);
    if (node >= units_.size()) return;
    if (has_value(unit) && !found(i + 1, value_of(units_[node]))) return;
  }
}

std::optional<std::string_view> SentencePieceNormalizer::text_at(std::uint32_t value) const {
  if (value >= replacements_.size()) return std::nullopt;
  const std::size_t end = replacements_.find('\0', value);
  if (end == std::string::npos) return std::nullopt;
  return std::string_view(replacements_).substr(value, end - value);
}

std::optional<std::string_view> SentencePieceNormalizer::replacement(std::string_view cluster) const {
  std::optional<std::string_view> result;
  prefixes(cluster, [&](std::size_t, std::uint32_t value) {
    result = text_at(value);
    return false;
  });
  return result;
}

SentencePieceNormalizer::Step SentencePieceNormalizer::step(std::string_view rest) const {
  std::size_t longest = 0;
  std::uint32_t value = 0;
  prefixes(rest, [&](std::size_t length, std::uint32_t found) {
    longest = length;
    value = found;
    return true;
  });
  if (longest > 0) {
    if (const auto text = text_at(value)) return {*text, longest};
  }
  const Utf8Step character = next_utf8(rest);
  if (character.state == Utf8State::complete) return {rest.substr(0, character.length), character.length};
  return {replacement_character, 1};
}

std::string SentencePieceNormalizer::normalized(std::string_view text) const {
  std::string result;
  result.reserve(text.size() + text.size() / 2 + sentencepiece_space.size());
  if (spaces_.prefix && !spaces_.merge && !text.empty()) result += sentencepiece_space;
  // NFKC makes eighteen characters of one; a table that makes far more means harm.
  const std::size_t most = text.size() * 64 + (std::size_t{1} << 20);
  bool in_word = false;
  bool begun = false;
  while (!text.empty()) {
    const Step next = step(text);
    if (result.size() + next.text.size() * 3 > most) {
      throw Error(ErrorCode::unsupported, "The tokenizer's table of replacements makes the text too long.");
    }
    for (const char c : next.text) {
      if (c == ' ') {
        in_word = false;
        if (!spaces_.merge) result += sentencepiece_space;
        continue;
      }
      if (spaces_.merge && !in_word && (begun || spaces_.prefix)) result += sentencepiece_space;
      in_word = begun = true;
      result += c;
    }
    text.remove_prefix(next.consumed);
  }
  return result;
}

}  // namespace sotto::engine
