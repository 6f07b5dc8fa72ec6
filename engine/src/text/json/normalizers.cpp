#include "text/json/normalizers.h"

#include <memory>

#include "text/byte_alphabet.h"
#include "text/json/base64.h"
#include "text/json/split.h"
#include "text/json/unicode.h"
#include "text/sentencepiece_normalizer.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

using Step = std::function<std::string(std::string_view, std::size_t)>;

void check_size(const std::string& text, std::size_t most) {
  if (text.size() > most) throw Error(ErrorCode::unsupported, "The tokenizer's normalizer makes the text too long.");
}

// For every character, in order.
template <typename Visit>
void each(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t length = next_utf8(text).length;
    visit(code_point(text, length), text.substr(0, length));
    text.remove_prefix(length);
  }
}

template <typename Keep>
std::string filtered(std::string_view text, const Keep& keep) {
  std::string result;
  result.reserve(text.size());
  each(text, [&](char32_t c, std::string_view bytes) {
    if (keep(c)) result += bytes;
  });
  return result;
}

std::string stripped(std::string_view text, bool left, bool right) {
  std::size_t begin = text.size();
  std::size_t end = 0;
  std::size_t at = 0;
  each(text, [&](char32_t c, std::string_view bytes) {
    if (!unicode::is_white_space(c)) {
      begin = std::min(begin, at);
      end = at + bytes.size();
    }
    at += bytes.size();
  });
  if (begin == text.size() && !text.empty() && end == 0) return left || right ? "" : std::string(text);
  if (!left) begin = 0;
  if (!right) end = text.size();
  return std::string(text.substr(begin, end - begin));
}

std::string without_accents(std::string_view text) {
  return filtered(unicode::normalised(text, unicode::Form::nfd),
                  [](char32_t c) { return !unicode::is_nonspacing_mark(c); });
}

// The ideographs that BERT takes for words of their own.
bool is_cjk(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

bool is_line_white(char32_t c) { return c == '\t' || c == '\n' || c == '\r'; }

// Devlin et al. 2018, the released tokenizer.
Step bert(const JsonEntry& entry) {
  const bool clean = entry.at("clean_text").boolean_or(true);
  const bool cjk = entry.at("handle_chinese_chars").boolean_or(true);
  const bool lower = entry.at("lowercase").boolean_or(true);
  const bool strip = entry.at("strip_accents").boolean_or(lower);
  return [=](std::string_view text, std::size_t) {
    std::string result;
    each(text, [&](char32_t c, std::string_view bytes) {
      if (clean && (c == 0 || c == 0xFFFD || (!is_line_white(c) && unicode::is_other(c)))) return;
      if (clean && (is_line_white(c) || unicode::is_white_space(c))) {
        result += ' ';
      } else if (cjk && is_cjk(c)) {
        result.append(" ").append(bytes).append(" ");
      } else {
        result += bytes;
      }
    });
    if (strip) result = without_accents(result);
    return lower ? unicode::lowercase(result) : result;
  };
}

// SentencePiece's rules for machine translation.
std::string nmt(std::string_view text) {
  std::string result;
  each(text, [&](char32_t c, std::string_view bytes) {
    const bool removed =
        (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
    const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                       (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF ||
                       c == 0xFFFD;
    if (space) {
      result += ' ';
    } else if (!removed) {
      result += bytes;
    }
  });
  return result;
}

Step precompiled(const JsonEntry& entry) {
  const JsonEntry map = entry.at("precompiled_charsmap");
  auto bytes = decode_base64(map.string_or(""));
  if (!bytes) throw map.error("is not Base64");
  const auto table =
      std::make_shared<const SentencePieceNormalizer>(std::move(*bytes), SentencePieceNormalizer::Spaces());
  return [table](std::string_view text, std::size_t most) {
    std::string result;
    while (!text.empty()) {
      const std::string_view cluster = text.substr(0, unicode::grapheme(text));
      text.remove_prefix(cluster.size());
      constexpr std::size_t longest = 5;  // bytes; longer clusters are looked up character by character
      if (cluster.size() <= longest) {
        if (const auto replacement = table->replacement(cluster)) {
          result += *replacement;
          check_size(result, most);
          continue;
        }
      }
      each(cluster,
           [&](char32_t, std::string_view character) { result += table->replacement(character).value_or(character); });
    }
    return result;
  };
}

Step replace(const JsonEntry& entry) {
  const auto pattern = std::make_shared<const JsonPattern>(entry.at("pattern"));
  return [pattern, content = entry.at("content").string()](std::string_view text, std::size_t most) {
    std::string result;
    for (const Stretch& stretch : pattern->find(text)) {
      result += stretch.matched ? std::string_view(content) : text.substr(stretch.begin, stretch.end - stretch.begin);
      check_size(result, most);
    }
    return result;
  };
}

std::string to_alphabet(std::string_view text) {
  std::string result;
  for (const char c : text) append_utf8(result, byte_alphabet()[static_cast<unsigned char>(c)]);
  return result;
}

Step step(const JsonEntry& entry) {
  const std::string& type = entry.type();
  const auto form = [](unicode::Form which) {
    return [which](std::string_view text, std::size_t) { return unicode::normalised(text, which); };
  };
  if (type == "NFC") return form(unicode::Form::nfc);
  if (type == "NFD") return form(unicode::Form::nfd);
  if (type == "NFKC") return form(unicode::Form::nfkc);
  if (type == "NFKD") return form(unicode::Form::nfkd);
  if (type == "Lowercase") return [](std::string_view text, std::size_t) { return unicode::lowercase(text); };
  if (type == "StripAccents") {
    return [](std::string_view text, std::size_t) {
      return filtered(text, [](char32_t c) { return !unicode::is_mark(c); });
    };
  }
  if (type == "Strip") {
    const bool left = entry.at("strip_left").boolean_or(true);
    const bool right = entry.at("strip_right").boolean_or(true);
    return [left, right](std::string_view text, std::size_t) { return stripped(text, left, right); };
  }
  if (type == "Prepend") {
    return [prefix = entry.at("prepend").string()](std::string_view text, std::size_t) {
      return text.empty() ? std::string() : std::string(prefix).append(text);
    };
  }
  if (type == "Replace") return replace(entry);
  if (type == "BertNormalizer") return bert(entry);
  if (type == "Nmt") return [](std::string_view text, std::size_t) { return nmt(text); };
  if (type == "Precompiled") return precompiled(entry);
  if (type == "ByteLevel") return [](std::string_view text, std::size_t) { return to_alphabet(text); };
  throw entry.unknown_type();
}

}  // namespace

JsonNormalizer::JsonNormalizer(const JsonEntry& entry) {
  for (const JsonEntry& each : components(entry, "normalizers")) steps_.push_back(step(each));
}

std::string JsonNormalizer::normalised(std::string_view text) const {
  // NFKD makes eighteen characters of one; nobody's replacements make more.
  const std::size_t most = text.size() * 64 + (std::size_t{1} << 20);
  std::string result(text);
  for (const Step& step : steps_) {
    result = step(result, most);
    check_size(result, most);
  }
  return result;
}

}  // namespace sotto::engine
