#include "text/spm_tokenizer.h"

#include <algorithm>
#include <numeric>

#include "text/merge_symbols.h"
#include "text/sentencepiece_pieces.h"
#include "text/stop_point.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace sotto::engine {
namespace {

// The best score gets 0, equal scores the same.
std::vector<std::int32_t> ranks_of(const std::vector<float>& scores, std::size_t count) {
  std::vector<std::int32_t> ranks(count, 0);
  if (scores.empty()) return ranks;
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::int32_t rank = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (scores[order[i]] < scores[order[i - 1]]) ++rank;
    ranks[order[i]] = rank;
  }
  return ranks;
}

bool has_inner_space(std::string_view piece) {
  for (std::size_t at = piece.find(sentencepiece_space); at != std::string_view::npos;
       at = piece.find(sentencepiece_space, at + sentencepiece_space.size())) {
    if (at != 0 && (at < sentencepiece_space.size() ||
                    piece.substr(at - sentencepiece_space.size(), sentencepiece_space.size()) != sentencepiece_space))
      return true;
  }
  return false;
}

}  // namespace

// What encoding a text needs besides the vocabulary.
struct SpmTokenizer::Work {
  std::vector<Symbol> symbols;
  std::vector<Merge> pairs;
  // Of unused pieces that were merged: the bytes of the left part.
  FlatMap<std::int32_t> splits;
};

SpmTokenizer::SpmTokenizer(Vocabulary vocabulary)
    : SpmTokenizer(Completed{completed_sentencepiece(std::move(vocabulary))}) {}

SpmTokenizer::SpmTokenizer(Completed completed)
    : VocabularyTokenizer(completed.vocabulary, sentencepiece_bytes(completed.vocabulary), true),
      pieces_(std::move(completed.vocabulary.pieces)),
      index_(pieces_.size()),
      ranks_(ranks_of(completed.vocabulary.scores, pieces_.size())),
      byte_tokens_(256, -1),
      unknown_(completed.vocabulary.unknown),
      space_prefix_(completed.vocabulary.add_space_prefix.value_or(true)) {
  StopPoint point(completed.vocabulary.stop);
  for (Token id = 0; id < size(); ++id) {
    point.pass();
    const std::string& piece = pieces_[static_cast<std::size_t>(id)];
    switch (type(id)) {
      case PieceType::byte: {
        Token& token = byte_tokens_[*named_byte(piece)];
        if (token < 0) token = id;
        break;
      }
      case PieceType::unused:
        has_unused_ = true;
        [[fallthrough]];
      case PieceType::undefined:
      case PieceType::normal:
      case PieceType::user_defined:
        if (piece.empty()) break;
        index_.insert(piece, id);
        if (has_inner_space(piece)) splits_at_spaces_ = false;
        break;
      case PieceType::control:
      case PieceType::unknown:
        break;
    }
  }
  for (int byte = 0; byte < 256; ++byte) {
    Token& token = byte_tokens_[static_cast<std::size_t>(byte)];
    const char text = static_cast<char>(byte);
    if (token < 0) token = index_.find({&text, 1});
  }
}

void SpmTokenizer::append(std::string_view text, Token id, const Work& work, std::vector<Token>& out) const {
  // An unused piece is taken apart into what it was merged from.
  std::vector<std::pair<std::string_view, Token>> rest{{text, id}};
  while (!rest.empty()) {
    const auto [part, token] = rest.back();
    rest.pop_back();
    if (token >= 0 && type(token) == PieceType::unused) {
      if (const std::int32_t* left = work.splits.find(static_cast<std::uint64_t>(token))) {
        const auto length = static_cast<std::size_t>(*left);
        rest.emplace_back(part.substr(length), index_.find(part.substr(length)));
        rest.emplace_back(part.substr(0, length), index_.find(part.substr(0, length)));
        continue;
      }
    } else if (token >= 0) {
      out.push_back(token);
      continue;
    }
    const auto byte_token = [&](char c) { return byte_tokens_[static_cast<unsigned char>(c)]; };
    if (std::all_of(part.begin(), part.end(), [&](char c) { return byte_token(c) >= 0; })) {
      for (const char c : part) out.push_back(byte_token(c));
    } else if (unknown_ >= 0) {
      out.push_back(unknown_);
    } else {
      throw no_token();
    }
  }
}

void SpmTokenizer::encode_word(std::string_view word, Work& work, std::vector<Token>& out) const {
  work.symbols.clear();
  for (std::size_t at = 0; at < word.size();) {
    const Utf8Step step = next_utf8(word.substr(at));
    const std::size_t length = step.state == Utf8State::complete ? step.length : 1;
    work.symbols.push_back({static_cast<std::int32_t>(at), static_cast<std::int32_t>(length),
                            step.state == Utf8State::complete ? index_.find(word.substr(at, length)) : -1});
    at += length;
  }
  const auto find = [&](const Symbol& left, const Symbol& right) -> Merge {
    const std::size_t length = static_cast<std::size_t>(left.length) + static_cast<std::size_t>(right.length);
    const Token token = index_.find(word.substr(static_cast<std::size_t>(left.begin), length));
    if (token < 0) return {};
    if (has_unused_ && type(token) == PieceType::unused) {
      work.splits.insert(static_cast<std::uint64_t>(token), left.length);
    }
    return {ranks_[static_cast<std::size_t>(token)], token};
  };
  merge_symbols(work.symbols, find, work.pairs);
  for (const Symbol& symbol : work.symbols) {
    if (symbol.id >= 0 && type(symbol.id) != PieceType::unused) {
      out.push_back(symbol.id);
    } else {
      append(word.substr(static_cast<std::size_t>(symbol.begin), static_cast<std::size_t>(symbol.length)), symbol.id,
             work, out);
    }
  }
}

void SpmTokenizer::encode_text(std::string_view text, bool after_special, std::vector<Token>& out) const {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 2 + sentencepiece_space.size());
  if (after_special && space_prefix_) escaped += sentencepiece_space;
  for (const char c : text) {
    if (c == ' ') {
      escaped += sentencepiece_space;
    } else {
      escaped += c;
    }
  }
  check_length(escaped);
  Work work;
  const std::string_view all = escaped;
  if (!splits_at_spaces_) return encode_word(all, work, out);
  WordCache cache(all.size());
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (all.substr(end, sentencepiece_space.size()) == sentencepiece_space) end += sentencepiece_space.size();
    end = std::min(all.find(sentencepiece_space, end), all.size());
    const std::string_view word = all.substr(begin, end - begin);
    cache.append(word, out, [&] { encode_word(word, work, out); });
    begin = end;
  }
}

}  // namespace sotto::engine
