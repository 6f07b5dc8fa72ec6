#include "text/vocabulary_tokenizer.h"

#include <algorithm>
#include <limits>

#include "sotto/engine/chat_template.h"
#include "text/special_tokens.h"

namespace sotto::engine {
namespace {

// More than any real vocabulary by far; it bounds the memory of the automaton.
constexpr std::size_t most_special_bytes = std::size_t{4} << 20;

std::vector<Token> end_tokens(const Vocabulary& vocabulary) {
  std::vector<Token> ends;
  for (const Token id : {vocabulary.eos, vocabulary.eot, vocabulary.eom}) {
    if (id >= 0) ends.push_back(id);
  }
  // In OpenAI's Harmony format, and Solar's, "<|end|>" ends a part of a reply and others end the reply.
  bool call = false;
  bool hands_over = false;
  Token end = -1;
  for (Token id = 0; id < static_cast<Token>(vocabulary.pieces.size()); ++id) {
    if (vocabulary.type(id) != PieceType::control) continue;
    const std::string& piece = vocabulary.piece(id);
    if (!is_end_marker(piece)) continue;
    call |= piece == "<|call|>" || piece == "<|calls|>";
    hands_over |= piece == "<|return|>" || piece == "<|flush|>";
    if (piece == "<|end|>") end = id;
    ends.push_back(id);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  if (call && hands_over) ends.erase(std::remove(ends.begin(), ends.end(), end), ends.end());
  return ends;
}

std::vector<Token> shown_tokens(const Vocabulary& vocabulary) {
  std::vector<Token> shown;
  for (Token id = 0; id < static_cast<Token>(vocabulary.pieces.size()); ++id) {
    if (vocabulary.type(id) != PieceType::control) continue;
    const std::string& piece = vocabulary.piece(id);
    const auto is_it = [&](const ThoughtTags& tags) { return piece == tags.open || piece == tags.close; };
    if (std::ranges::any_of(thought_tags(), is_it)) shown.push_back(id);
  }
  return shown;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

struct VocabularyTokenizer::Match {
  std::size_t begin = 0;
  std::size_t length = 0;
  Token token = 0;
};

VocabularyTokenizer::Specials VocabularyTokenizer::specials(const Vocabulary& vocabulary, bool in_markup) {
  std::vector<Token> tokens;
  std::vector<std::string> pieces;
  std::size_t total = 0;
  for (Token id = 0; id < static_cast<Token>(vocabulary.pieces.size()); ++id) {
    const PieceType type = vocabulary.type(id);
    const bool found_in_markup = type == PieceType::control || type == PieceType::unknown;
    if (type != PieceType::user_defined && !(in_markup && found_in_markup)) continue;
    total += vocabulary.piece(id).size();
    if (total > most_special_bytes) {
      throw vocabulary_error(vocabulary, vocabulary_keys::types,
                             "the special tokens of tokenizer.ggml.token_type, up to index " + std::to_string(id) +
                                 ", have more than 4 MiB of text");
    }
    tokens.push_back(id);
    pieces.push_back(vocabulary.piece(id));
  }
  return {std::move(tokens), PatternAutomaton(pieces, PatternAutomaton::Direction::backward)};
}

VocabularyTokenizer::VocabularyTokenizer(const Vocabulary& vocabulary, std::vector<std::string> bytes,
                                         bool default_add_bos)
    : types_(vocabulary.types),
      bytes_(std::move(bytes)),
      ends_(end_tokens(vocabulary)),
      shown_(shown_tokens(vocabulary)),
      in_text_(specials(vocabulary, false)),
      in_markup_(specials(vocabulary, true)),
      bos_(vocabulary.bos),
      eos_(vocabulary.eos),
      adds_bos_(vocabulary.add_bos.value_or(default_add_bos) && vocabulary.bos >= 0),
      strip_after_special_(vocabulary.strip_after_special) {}

void VocabularyTokenizer::check_length(std::string_view text) {
  if (text.size() < static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) return;
  throw Error(ErrorCode::invalid_argument, "A text of 2 GiB or more cannot be tokenised at once.");
}

Error VocabularyTokenizer::no_token() {
  return {ErrorCode::unsupported,
          "This model's vocabulary has no token for a character of the text, nor one for unknown characters."};
}

bool VocabularyTokenizer::is_end(Token token) const noexcept {
  return std::binary_search(ends_.begin(), ends_.end(), token);
}

bool VocabularyTokenizer::is_control(Token token) const noexcept {
  return in_range(token) && type(token) == PieceType::control;
}

bool VocabularyTokenizer::is_special(Token token) const noexcept {
  if (!in_range(token)) return false;
  return type(token) == PieceType::control || type(token) == PieceType::unknown ||
         type(token) == PieceType::user_defined;
}

// Appends the longest match that begins at each byte of [begin, end), in order.
void VocabularyTokenizer::find(const Specials& specials, std::string_view text, std::size_t begin, std::size_t end,
                               std::vector<Match>& found) const {
  if (specials.automaton.empty()) return;
  const std::size_t first = found.size();
  int state = 0;
  for (std::size_t i = end; i > begin; --i) {
    state = specials.automaton.step(state, static_cast<unsigned char>(text[i - 1]));
    const int match = specials.automaton.match(state);
    if (match < 0) continue;
    const Token token = specials.tokens[static_cast<std::size_t>(match)];
    found.push_back({i - 1, bytes(token).size(), token});
  }
  std::reverse(found.begin() + static_cast<std::ptrdiff_t>(first), found.end());
}

void VocabularyTokenizer::encode_run(const PromptRun& run, bool& after_special, std::vector<Token>& out) const {
  const std::string_view text = run.text;
  check_length(text);
  std::vector<Match> found;
  find(in_text_, text, 0, text.size(), found);
  const auto middle = static_cast<std::ptrdiff_t>(found.size());
  for (const TextRange& range : run.markup) find(in_markup_, text, range.begin, range.end, found);
  std::inplace_merge(found.begin(), found.begin() + middle, found.end(), [](const Match& a, const Match& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.length > b.length;
  });

  std::size_t done = 0;
  const auto plain_until = [&](std::size_t end) {
    if (end <= done) return;
    encode_text(text.substr(done, end - done), after_special, out);
    after_special = false;
  };
  for (const Match& match : found) {
    if (match.begin < done) continue;
    plain_until(match.begin);
    out.push_back(match.token);
    after_special = true;
    done = match.begin + match.length;
    if (strip_after_special_ && is_control(match.token) && match.token != bos_) {
      while (done < text.size() && is_space(text[done])) ++done;
    }
  }
  plain_until(text.size());
}

std::vector<Token> VocabularyTokenizer::encode(std::span<const Fragment> fragments, bool add_bos) const {
  std::vector<Token> out;
  bool after_special = true;
  PromptRun run;
  const auto flush = [&] {
    if (!run.text.empty()) encode_run(run, after_special, out);
    run = {};
  };
  for (const Fragment& fragment : fragments) {
    if (fragment.kind != Fragment::Kind::tokens) {
      run.append(fragment);
    } else if (!fragment.tokens.empty()) {
      flush();
      for (const Token token : fragment.tokens) {
        if (!in_range(token)) {
          throw Error(ErrorCode::invalid_argument, "There is no token " + std::to_string(token) +
                                                       "; the vocabulary has " + std::to_string(size()) + ".");
        }
      }
      out.insert(out.end(), fragment.tokens.begin(), fragment.tokens.end());
      after_special = is_special(out.back());
    }
  }
  flush();
  if (add_bos && adds_bos_ && (out.empty() || out.front() != bos_)) out.insert(out.begin(), bos_);
  return out;
}

std::string VocabularyTokenizer::piece(Token token, bool special) const {
  if (!in_range(token)) {
    throw Error(ErrorCode::invalid_argument,
                "There is no token " + std::to_string(token) + "; the vocabulary has " + std::to_string(size()) + ".");
  }
  switch (type(token)) {
    case PieceType::control:
    case PieceType::unknown:
    case PieceType::unused:
      if (!special && std::ranges::find(shown_, token) == shown_.end()) return {};
      return bytes(token);
    case PieceType::undefined:
    case PieceType::normal:
    case PieceType::user_defined:
    case PieceType::byte:
      break;
  }
  return bytes(token);
}

std::string VocabularyTokenizer::decode(std::span<const Token> tokens, bool special) const {
  std::string text;
  bool after_special = true;
  for (const Token token : tokens) {
    const std::string part = piece(token, special);
    const bool is_text = !is_special(token);
    const bool strip = is_text && after_special && puts_space() && !part.empty() && part[0] == ' ';
    text.append(part, strip ? 1 : 0);
    after_special = !is_text;
  }
  return text;
}

}  // namespace sotto::engine
