#include "text/json/added_tokens.h"

#include <algorithm>

#include "text/json/unicode.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

// More than any real file has; it bounds the memory of the automata.
constexpr std::size_t most_bytes = std::size_t{4} << 20;

// Where the character before `at` begins.
std::size_t before(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
  return at;
}

char32_t character_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  return code_point(rest, next_utf8(rest).length);
}

bool is_inside_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && unicode::is_word(character_at(text, before(text, begin)))) ||
         (end < text.size() && unicode::is_word(character_at(text, end)));
}

}  // namespace

std::vector<AddedToken> read_added_tokens(const JsonEntry& entry) {
  std::vector<AddedToken> tokens;
  std::size_t bytes = 0;
  const std::size_t count = entry.is_there() ? entry.size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const JsonEntry each = entry.at(i);
    const std::int64_t id = each.at("id").integer();
    constexpr std::int64_t most_ids = std::int64_t{1} << 24;
    if (id < 0 || id >= most_ids) throw each.at("id").error("is no id");
    AddedToken token{.id = static_cast<Token>(id),
                     .content = each.at("content").string(),
                     .single_word = each.at("single_word").boolean_or(false),
                     .strip_left = each.at("lstrip").boolean_or(false),
                     .strip_right = each.at("rstrip").boolean_or(false),
                     .normalized = each.at("normalized").boolean_or(true),
                     .special = each.at("special").boolean_or(false)};
    bytes += token.content.size();
    if (bytes > most_bytes) throw entry.error("has more than 4 MiB of text");
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::vector<AddedToken> AddedTokens::chosen(const std::vector<AddedToken>& tokens, const JsonNormalizer* normalizer) {
  std::vector<AddedToken> result;
  for (const AddedToken& token : tokens) {
    if (token.content.empty() || token.normalized != (normalizer != nullptr)) continue;
    result.push_back(token);
    if (normalizer != nullptr) result.back().content = normalizer->normalised(token.content);
  }
  return result;
}

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const JsonNormalizer* normalizer)
    : tokens_(chosen(tokens, normalizer)), in_text_(search(false)), in_markup_(search(true)) {}

AddedTokens::Search AddedTokens::search(bool with_special) const {
  std::vector<std::size_t> which;
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].special && !with_special) continue;
    which.push_back(i);
    contents.push_back(tokens_[i].content);
  }
  return {std::move(which), PatternAutomaton(contents, PatternAutomaton::Direction::backward)};
}

void AddedTokens::find(const Search& search, std::string_view text, std::size_t begin, std::size_t end,
                       std::vector<Found>& found) const {
  if (search.automaton.empty()) return;
  int state = 0;
  for (std::size_t at = end; at > begin; --at) {
    state = search.automaton.step(state, static_cast<unsigned char>(text[at - 1]));
    const int match = search.automaton.match(state);
    if (match < 0) continue;
    const std::size_t which = search.which[static_cast<std::size_t>(match)];
    found.push_back({at - 1, at - 1 + tokens_[which].content.size(), which});
  }
}

std::vector<AddedTokens::Part> AddedTokens::split(std::string_view text, const std::vector<TextRange>& markup) const {
  std::vector<Found> found;
  find(in_text_, text, 0, text.size(), found);
  for (const TextRange& range : markup) find(in_markup_, text, range.begin, range.end, found);
  std::ranges::sort(
      found, [](const Found& a, const Found& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  std::vector<Part> parts;
  std::size_t done = 0;
  std::size_t looked = 0;  // where the last match ended, taken or not
  for (const Found& each : found) {
    if (each.begin < looked || each.begin < done) continue;
    const AddedToken& token = tokens_[each.which];
    std::size_t begin = each.begin;
    std::size_t end = looked = each.end;
    if (token.single_word && is_inside_word(text, begin, end)) continue;
    if (token.strip_left) {
      while (begin > done && unicode::is_white_space(character_at(text, before(text, begin))))
        begin = before(text, begin);
    }
    if (token.strip_right) {
      while (end < text.size() && unicode::is_white_space(character_at(text, end))) {
        end += next_utf8(text.substr(end)).length;
      }
    }
    if (begin > done) parts.push_back({done, begin, -1});
    parts.push_back({begin, end, token.id});
    done = end;
  }
  if (done < text.size()) parts.push_back({done, text.size(), -1});
  return parts;
}

}  // namespace sotto::engine
