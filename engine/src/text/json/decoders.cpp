#include "text/json/decoders.h"

#include <memory>

#include "text/byte_alphabet.h"
#include "text/json/pre_tokenizers.h"
#include "text/json/split.h"
#include "text/utf8.h"
#include "text/vocabulary.h"

namespace sotto::engine {
namespace {

using Pieces = std::vector<std::string>;

constexpr std::size_t longest_piece = std::size_t{1} << 20;  // that a decoder may make, bytes

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, done)) {
    result.append(text, done, at - done).append(to);
    done = at + from.size();
  }
  if (done == 0) return;
  text = result.append(text, done);
}

// A piece of byte-level BPE as bytes; one with other letters is itself.
std::string from_alphabet(const std::string& piece) { return alphabet_to_bytes(piece).value_or(piece); }

void byte_level(Pieces& pieces) {
  std::string bytes;
  for (const std::string& piece : pieces) bytes += from_alphabet(piece);
  pieces.assign(1, repaired(bytes));
}

// Runs of "<0xE9>" that make characters become them; others become U+FFFD, one for each byte.
void byte_fallback(Pieces& pieces) {
  Pieces result;
  std::string run;
  const auto flush = [&] {
    if (run.empty()) return;
    if (is_valid_utf8(run)) {
      result.push_back(run);
    } else {
      result.insert(result.end(), run.size(), std::string(replacement_character));
    }
    run.clear();
  };
  for (std::string& piece : pieces) {
    if (const auto byte = named_byte(piece)) {
      run += static_cast<char>(*byte);
    } else {
      flush();
      result.push_back(std::move(piece));
    }
  }
  flush();
  pieces = std::move(result);
}

void fuse(Pieces& pieces) {
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  pieces.assign(1, all);
}

// English as it is written, from words and signs with blanks between.
void clean_up(std::string& text) {
  static constexpr std::string_view pairs[][2] = {{" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
                                                  {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
                                                  {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : pairs) replace_all(text, from, to);
}

}  // namespace

JsonDecoder::Step JsonDecoder::step(const JsonEntry& entry) {
  const std::string& type = entry.type();
  if (type == "ByteLevel") return {byte_level, [](std::string& piece) { piece = from_alphabet(piece); }};
  if (type == "ByteFallback") {
    return {byte_fallback, [](std::string& piece) {
              if (const auto byte = named_byte(piece)) piece.assign(1, static_cast<char>(*byte));
            }};
  }
  if (type == "Fuse") return {fuse, [](std::string&) {}};
  if (type == "Metaspace") {
    const Metaspace how(entry);
    return {[how](Pieces& pieces) {
              for (std::size_t i = 0; i < pieces.size(); ++i) {
                replace_all(pieces[i], how.mark, i == 0 && how.prepend != Metaspace::Prepend::never ? "" : " ");
              }
            },
            [how](std::string& piece) { replace_all(piece, how.mark, " "); }};
  }
  if (type == "Replace") {
    const auto pattern = std::make_shared<const JsonPattern>(entry.at("pattern"));
    const std::string content = entry.at("content").string();
    const auto replaced = [pattern, content](std::string& piece) {
      if (!is_valid_utf8(piece)) return;  // a byte, on its way to a character
      const std::size_t most = piece.size() * 64 + 1024;
      std::string result;
      for (const Stretch& each : pattern->find(piece)) {
        result += each.matched ? content : piece.substr(each.begin, each.end - each.begin);
        if (result.size() > most || result.size() > longest_piece) {
          throw Error(ErrorCode::unsupported, "The tokenizer's decoder makes the text too long.");
        }
      }
      piece = std::move(result);
    };
    return {[replaced](Pieces& pieces) {
              for (std::string& piece : pieces) replaced(piece);
            },
            replaced};
  }
  if (type == "Strip") {
    const std::string content = entry.at("content").string();
    const std::int64_t start = entry.at("start").integer_or(0);
    const std::int64_t stop = entry.at("stop").integer_or(0);
    if (content.empty()) throw entry.at("content").error("is empty");
    return {[=](Pieces& pieces) {
              for (std::string& piece : pieces) {
                std::size_t begin = 0;
                std::size_t end = piece.size();
                for (std::int64_t i = 0; i < start && piece.compare(begin, content.size(), content) == 0; ++i) {
                  begin += content.size();
                }
                for (std::int64_t i = 0; i < stop && end >= begin + content.size() &&
                                         piece.compare(end - content.size(), content.size(), content) == 0;
                     ++i) {
                  end -= content.size();
                }
                piece = piece.substr(begin, end - begin);
              }
            },
            [](std::string&) {}};
  }
  if (type == "WordPiece") {
    const std::string prefix = entry.at("prefix").string_or("##");
    const bool cleans = entry.at("cleanup").boolean_or(true);
    const auto joined = [prefix](std::string& piece) {
      if (piece.starts_with(prefix)) {
        piece.erase(0, prefix.size());
      } else {
        piece.insert(piece.begin(), ' ');
      }
    };
    return {[=](Pieces& pieces) {
              for (std::size_t i = 0; i < pieces.size(); ++i) {
                if (i > 0) joined(pieces[i]);
                if (cleans) clean_up(pieces[i]);
              }
            },
            [=](std::string& piece) {
              joined(piece);
              if (cleans) clean_up(piece);
            }};
  }
  if (type == "BPEDecoder") {
    const std::string suffix = entry.at("suffix").string_or("</w>");
    return {[=](Pieces& pieces) {
              for (std::size_t i = 0; i < pieces.size(); ++i) {
                replace_all(pieces[i], suffix, i + 1 < pieces.size() ? " " : "");
              }
            },
            [=](std::string& piece) { replace_all(piece, suffix, " "); }};
  }
  throw entry.unknown_type();
}

JsonDecoder::JsonDecoder(const JsonEntry& entry) : joins_with_blanks_(!entry.is_there()) {
  for (const JsonEntry& each : components(entry, "decoders")) steps_.push_back(step(each));
}

std::string JsonDecoder::text(std::vector<std::string> pieces) const {
  for (const Step& step : steps_) step.whole(pieces);
  std::string result;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (joins_with_blanks_ && i > 0) result += ' ';
    result += pieces[i];
  }
  return result;
}

std::string JsonDecoder::bytes(const std::string& piece) const {
  std::string result = joins_with_blanks_ ? " " + piece : piece;
  for (const Step& step : steps_) step.middle(result);
  return result;
}

}  // namespace sotto::engine
