#include "text/json/split.h"

#include "text/utf8.h"

namespace sotto::engine {
namespace {

std::vector<Stretch> find_literal(const std::string& literal, std::string_view text) {
  std::vector<Stretch> found;
  std::size_t done = 0;
  for (std::size_t at = text.find(literal); at != std::string_view::npos; at = text.find(literal, done)) {
    if (at > done) found.push_back({done, at, false});
    done = at + literal.size();
    found.push_back({at, done, true});
  }
  if (done < text.size()) found.push_back({done, text.size(), false});
  return found;
}

std::vector<Stretch> find_regex(const Regex& regex, std::string_view text) {
  RegexSearch search(RegexSearch::Patterns::theirs);
  std::vector<Stretch> found;
  std::size_t done = 0;
  std::size_t from = 0;
  std::optional<std::size_t> last_end;
  while (from <= text.size()) {
    const auto match = search.next(regex, text, from);
    if (!match) break;
    const bool empty = match->begin == match->end;
    from = match->end;
    if (empty) from += match->end < text.size() ? next_utf8(text.substr(match->end)).length : 1;
    // An empty match right behind another is none.
    if (empty && last_end == match->end) continue;
    last_end = match->end;
    if (match->begin > done) found.push_back({done, match->begin, false});
    found.push_back({match->begin, match->end, true});
    done = match->end;
  }
  if (done < text.size()) found.push_back({done, text.size(), false});
  return found;
}

}  // namespace

JsonPattern::JsonPattern(const std::string& literal) {
  if (literal.empty()) {
    pattern_ = Regex("");
  } else {
    pattern_ = literal;
  }
}

JsonPattern::JsonPattern(const JsonEntry& entry) {
  if (entry.is_string()) {
    *this = JsonPattern(entry.string());
  } else if (const JsonEntry literal = entry.at("String"); literal.is_there()) {
    *this = JsonPattern(literal.string());
  } else {
    const JsonEntry regex = entry.at("Regex");
    try {
      pattern_ = Regex(from_oniguruma(regex));
    } catch (const Error& error) {
      if (!error.where().empty()) throw;
      throw regex.error("is a pattern that is not understood", ErrorCode::unsupported);
    }
  }
}

std::vector<Stretch> JsonPattern::find(std::string_view text) const {
  if (const auto* literal = std::get_if<std::string>(&pattern_)) return find_literal(*literal, text);
  return find_regex(std::get<Regex>(pattern_), text);
}

std::vector<Stretch> find_characters(std::string_view text, const std::function<bool(char32_t)>& matches) {
  std::vector<Stretch> found;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = next_utf8(text.substr(at)).length;
    if (matches(code_point(text.substr(at), length))) {
      if (at > done) found.push_back({done, at, false});
      done = at + length;
      found.push_back({at, done, true});
    }
    at += length;
  }
  if (done < text.size()) found.push_back({done, text.size(), false});
  return found;
}

SplitBehavior split_behavior(const JsonEntry& entry) {
  const std::string& name = entry.string();
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  throw entry.error("is none of the five behaviours");
}

std::vector<Stretch> split(const std::vector<Stretch>& stretches, SplitBehavior behavior) {
  std::vector<Stretch> result;
  const std::size_t count = stretches.size();
  switch (behavior) {
    case SplitBehavior::removed:
      for (const Stretch& each : stretches) {
        if (!each.matched) result.push_back(each);
      }
      break;
    case SplitBehavior::isolated:
      result = stretches;
      break;
    case SplitBehavior::merged_with_previous:
      for (std::size_t i = 0; i < count; ++i) {
        const bool joins = stretches[i].matched && i > 0 && !stretches[i - 1].matched;
        if (joins) {
          result.back().end = stretches[i].end;
        } else {
          result.push_back(stretches[i]);
        }
      }
      break;
    case SplitBehavior::merged_with_next:
      for (std::size_t i = 0; i < count; ++i) {
        const bool joins = i > 0 && stretches[i - 1].matched && !stretches[i].matched;
        if (joins) {
          result.back().end = stretches[i].end;
        } else {
          result.push_back(stretches[i]);
        }
      }
      break;
    case SplitBehavior::contiguous:
      for (std::size_t i = 0; i < count; ++i) {
        if (i > 0 && stretches[i - 1].matched == stretches[i].matched) {
          result.back().end = stretches[i].end;
        } else {
          result.push_back(stretches[i]);
        }
      }
      break;
  }
  std::erase_if(result, [](const Stretch& stretch) { return stretch.begin == stretch.end; });
  return result;
}

}  // namespace sotto::engine
