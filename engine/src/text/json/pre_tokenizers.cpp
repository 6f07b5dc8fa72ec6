#include "text/json/pre_tokenizers.h"

#include <memory>

#include "text/byte_alphabet.h"
#include "text/json/split.h"
#include "text/json/unicode.h"
#include "text/pre_tokenizer.h"
#include "text/sentencepiece_pieces.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

using Step = std::function<void(Words&)>;
using Find = std::function<std::vector<Stretch>(std::string_view)>;

// Cuts every word further.
Step cut(Find find, SplitBehavior behavior, bool inverted = false) {
  return [find = std::move(find), behavior, inverted](Words& words) {
    std::vector<Words::Range> finer;
    for (const Words::Range& range : words.ranges) {
      std::vector<Stretch> stretches = find(words.word(range));
      if (inverted) {
        for (Stretch& each : stretches) each.matched = !each.matched;
      }
      for (const Stretch& each : engine::split(stretches, behavior)) {
        finer.push_back({range.begin + each.begin, range.begin + each.end});
      }
    }
    words.ranges = std::move(finer);
  };
}

Step cut_characters(bool (*matches)(char32_t), SplitBehavior behavior) {
  return cut([matches](std::string_view text) { return find_characters(text, matches); }, behavior);
}

// Writes every word anew: append(word, first) to the text it is given; an empty one is dropped.
template <typename Append>
void rewrite(Words& words, const Append& append) {
  std::string text;
  text.reserve(words.text.size() * 2);
  std::vector<Words::Range> ranges;
  for (const Words::Range& range : words.ranges) {
    const std::size_t begin = text.size();
    append(words.word(range), words.at_start && range.begin == 0, text);
    if (text.size() > begin) ranges.push_back({begin, text.size()});
  }
  words.text = std::move(text);
  words.ranges = std::move(ranges);
}

// Radford et al. 2019: words, then their bytes as letters.
Step byte_level(const JsonEntry& entry) {
  const bool prefix = entry.at("add_prefix_space").boolean_or(true);
  const bool regex = entry.at("use_regex").boolean_or(true);
  const auto pattern = regex ? std::make_shared<const PreTokenizer>(*find_pre_tokenizer("gpt-2")) : nullptr;
  return [=](Words& words) {
    if (prefix) {
      rewrite(words, [](std::string_view word, bool, std::string& text) {
        if (!word.starts_with(' ')) text += ' ';
        text += word;
      });
    }
    if (pattern) {
      std::vector<Words::Range> finer;
      for (const Words::Range& range : words.ranges) {
        std::size_t begin = range.begin;
        for (const std::int32_t end : pattern->split(words.word(range))) {
          finer.push_back({begin, range.begin + static_cast<std::size_t>(end)});
          begin = finer.back().end;
        }
      }
      words.ranges = std::move(finer);
    }
    rewrite(words, [](std::string_view word, bool, std::string& text) {
      for (const char c : word) append_utf8(text, byte_alphabet()[static_cast<unsigned char>(c)]);
    });
  };
}

Step metaspace(const JsonEntry& entry) {
  const Metaspace how(entry);
  Step marked = [how](Words& words) {
    rewrite(words, [&](std::string_view word, bool first, std::string& text) {
      const bool prepends =
          how.prepend == Metaspace::Prepend::always || (how.prepend == Metaspace::Prepend::first && first);
      if (prepends && !word.starts_with(' ') && !word.starts_with(how.mark)) text += how.mark;
      for (const char c : word) {
        if (c == ' ') {
          text += how.mark;
        } else {
          text += c;
        }
      }
    });
  };
  if (!how.split) return marked;
  const Step split = cut(
      [pattern = std::make_shared<const JsonPattern>(how.mark)](std::string_view text) { return pattern->find(text); },
      SplitBehavior::merged_with_next);
  return [marked, split](Words& words) {
    marked(words);
    split(words);
  };
}

// Words, and runs of signs; the rest goes.
std::vector<Stretch> words_and_signs(std::string_view text) {
  enum class Kind {
    none,
    space,
    word,
    sign
  };
  std::vector<Stretch> found;
  Kind last = Kind::none;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = next_utf8(text.substr(at)).length;
    const char32_t c = code_point(text.substr(at), length);
    const Kind kind = unicode::is_word(c) ? Kind::word : unicode::is_white_space(c) ? Kind::space : Kind::sign;
    if (kind == last) {
      found.back().end = at + length;
    } else {
      found.push_back({at, at + length, kind == Kind::space});
    }
    last = kind;
    at += length;
  }
  return found;
}

Step fixed_length(const JsonEntry& entry) {
  const std::int64_t length = entry.at("length").integer_or(5);
  if (length < 1) throw entry.at("length").error("is less than 1");
  return cut(
      [length](std::string_view text) {
        std::vector<Stretch> found;
        std::int64_t count = 0;
        for (std::size_t at = 0; at < text.size(); ++count) {
          const std::size_t bytes = next_utf8(text.substr(at)).length;
          if (count % length == 0) found.push_back({at, at, false});
          at += bytes;
          found.back().end = at;
        }
        return found;
      },
      SplitBehavior::isolated);
}

Step step(const JsonEntry& entry) {
  const std::string& type = entry.type();
  if (type == "ByteLevel") return byte_level(entry);
  if (type == "Metaspace") return metaspace(entry);
  if (type == "Split") {
    const auto pattern = std::make_shared<const JsonPattern>(entry.at("pattern"));
    return cut([pattern](std::string_view text) { return pattern->find(text); }, split_behavior(entry.at("behavior")),
               entry.at("invert").boolean_or(false));
  }
  if (type == "Digits") {
    const bool single = entry.at("individual_digits").boolean_or(false);
    return cut_characters(unicode::is_numeric, single ? SplitBehavior::isolated : SplitBehavior::contiguous);
  }
  if (type == "Punctuation") {
    const JsonEntry behavior = entry.at("behavior");
    return cut_characters(unicode::is_punctuation,
                          behavior.is_there() ? split_behavior(behavior) : SplitBehavior::isolated);
  }
  if (type == "Whitespace") return cut(words_and_signs, SplitBehavior::removed);
  if (type == "WhitespaceSplit") return cut_characters(unicode::is_white_space, SplitBehavior::removed);
  if (type == "BertPreTokenizer") {
    const Step spaces = cut_characters(unicode::is_white_space, SplitBehavior::removed);
    const Step signs = cut_characters(unicode::is_punctuation, SplitBehavior::isolated);
    return [spaces, signs](Words& words) {
      spaces(words);
      signs(words);
    };
  }
  if (type == "CharDelimiterSplit") {
    const auto pattern = std::make_shared<const JsonPattern>(entry.at("delimiter").string());
    return cut([pattern](std::string_view text) { return pattern->find(text); }, SplitBehavior::removed);
  }
  if (type == "FixedLength") return fixed_length(entry);
  throw entry.unknown_type();
}

}  // namespace

Metaspace::Metaspace(const JsonEntry& entry)
    : mark(entry.at("replacement").string_or(sentencepiece_space)), split(entry.at("split").boolean_or(true)) {
  const JsonEntry scheme = entry.at("prepend_scheme");
  const std::string name =
      scheme.string_or(entry.at("add_prefix_space").boolean_or(true) ? "always" : "never");  // older files
  if (name == "first") {
    prepend = Prepend::first;
  } else if (name == "never") {
    prepend = Prepend::never;
  } else if (name != "always") {
    throw scheme.error("is neither always, first nor never");
  }
}

JsonPreTokenizer::JsonPreTokenizer(const JsonEntry& entry) {
  for (const JsonEntry& each : components(entry, "pretokenizers")) steps_.push_back(step(each));
}

Words JsonPreTokenizer::split(std::string text, bool at_start) const {
  Words words{.text = std::move(text), .ranges = {}, .at_start = at_start};
  if (!words.text.empty()) words.ranges.push_back({0, words.text.size()});
  for (const Step& step : steps_) step(words);
  return words;
}

}  // namespace sotto::engine
