#include "text/jinja_prompt.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sotto/engine/error.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

std::vector<std::string> control_texts(const Tokenizer& tokenizer) {
  std::vector<std::string> texts;
  for (Token token = 0; token < tokenizer.size(); ++token) {
    if (tokenizer.is_control(token)) texts.push_back(tokenizer.piece(token, true));
  }
  return texts;
}

std::string token_text(const Tokenizer& tokenizer, Token token) {
  return token < 0 ? std::string() : tokenizer.piece(token, true);
}

std::size_t last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

std::string_view trimmed_right(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The end of `prompt` from an opening thought tag on that only white space follows; empty: there is none.
std::string_view open_thought(std::string_view prompt) {
  const std::string_view text = trimmed_right(prompt);
  for (const ThoughtTags& tags : thought_tags()) {
    if (text.ends_with(tags.open)) return prompt.substr(text.size() - tags.open.size());
  }
  return {};
}

class Prompt {
 public:
  void markup(std::string_view text) { add(Fragment::Kind::markup, text); }
  void tokens(const std::vector<Token>& ids) { fragments_.push_back({Fragment::Kind::tokens, {}, ids}); }
  void text(std::string_view text) { add(Fragment::Kind::text, text); }

  // The last character becomes text, which is never part of a control token.
  void last_is_text() {
    if (fragments_.empty() || fragments_.back().kind != Fragment::Kind::markup) return;
    std::string& markup = fragments_.back().text;
    const std::string character = markup.substr(last_character(markup));
    markup.resize(markup.size() - character.size());
    if (markup.empty()) fragments_.pop_back();
    text(character);
  }

  void drop_end(std::string_view end) {
    if (fragments_.empty() || fragments_.back().kind != Fragment::Kind::markup) return;
    std::string& markup = fragments_.back().text;
    if (!markup.ends_with(end)) return;
    markup.resize(markup.size() - end.size());
    if (markup.empty()) fragments_.pop_back();
  }

  std::vector<Fragment> take() { return std::move(fragments_); }

 private:
  void add(Fragment::Kind kind, std::string_view text) {
    if (text.empty()) return;
    if (!fragments_.empty() && fragments_.back().kind == kind) {
      fragments_.back().text += text;
    } else {
      fragments_.push_back({kind, std::string(text), {}});
    }
  }

  std::vector<Fragment> fragments_;
};

}  // namespace

// Marks go through the template within the contents and are taken out of what it wrote. Each begins with a text that
// no message and no template contains: noncharacters of Unicode around a number.
class JinjaPrompt::Marks {
 public:
  Marks(std::string_view source, std::span<const ChatMessage> messages) {
    for (int number = 0;; ++number) {
      key_ = "\uFDD0";
      key_ += std::to_string(number);
      key_ += "\uFDD1";
      const auto has = [&](std::string_view text) { return text.find(key_) != std::string_view::npos; };
      if (!has(source) && std::ranges::none_of(messages, [&](const ChatMessage& m) { return has(m.content); })) return;
    }
  }

  struct Mark {
    enum class Kind {
      text,   // the character before it is a person's
      open,   // of the reply with this number
      close,  // of it
    };
    Kind kind = Kind::text;
    std::size_t number = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  [[nodiscard]] std::string text() const { return key_ + '!'; }
  [[nodiscard]] std::string open(std::size_t number) const { return key_ + '(' + std::to_string(number) + ';'; }
  [[nodiscard]] std::string close(std::size_t number) const { return key_ + ')' + std::to_string(number) + ';'; }

  // The next mark from `from` on; what a template left of a broken one counts as text before the next.
  [[nodiscard]] std::optional<Mark> find(std::string_view written, std::size_t from) const {
    for (std::size_t at = from; (at = written.find(key_, at)) != std::string_view::npos; at += key_.size()) {
      std::size_t next = at + key_.size();
      if (next == written.size()) break;
      const char kind = written[next++];
      if (kind == '!') return Mark{Mark::Kind::text, 0, at, next};
      if (kind != '(' && kind != ')') continue;
      Mark mark{kind == '(' ? Mark::Kind::open : Mark::Kind::close, 0, at, 0};
      const char* end = written.data() + written.size();
      const auto read = std::from_chars(written.data() + next, end, mark.number);
      if (read.ec != std::errc() || read.ptr == end || *read.ptr != ';') continue;
      mark.end = static_cast<std::size_t>(read.ptr - written.data()) + 1;
      return mark;
    }
    return std::nullopt;
  }

  // Whether the reply came through whole and once, and where to put it.
  [[nodiscard]] std::vector<bool> whole(std::string_view written, std::span<const ChatMessage> messages) const {
    std::vector<int> opened(messages.size(), 0);
    std::vector<int> kept(messages.size(), 0);
    std::vector<int> closed(messages.size(), 0);
    std::string between;
    std::size_t last = 0;
    std::size_t inside = messages.size();
    while (const auto mark = find(written, last)) {
      between += written.substr(last, mark->begin - last);
      last = mark->end;
      if (mark->kind == Mark::Kind::text || mark->number >= messages.size()) continue;
      if (mark->kind == Mark::Kind::open) {
        ++opened[mark->number];
        inside = mark->number;
      } else {
        ++closed[mark->number];
        if (inside == mark->number && between == messages[inside].content) ++kept[inside];
        inside = messages.size();
      }
      between.clear();
    }
    std::vector<bool> result(messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) result[i] = opened[i] == 1 && kept[i] == 1 && closed[i] == 1;
    return result;
  }

 private:
  std::string key_;
};

JinjaPrompt::JinjaPrompt(std::string_view source, const Tokenizer& tokenizer)
    : tokenizer_(&tokenizer),
      source_(source),
      bos_(token_text(tokenizer, tokenizer.bos())),
      eos_(token_text(tokenizer, tokenizer.eos())),
      template_(source),
      begins_(control_texts(tokenizer)),
      ends_(control_texts(tokenizer), PatternAutomaton::Direction::backward) {
  probe();
}

// Empty where the template fails.
std::string JinjaPrompt::try_write(const std::vector<Turn>& turns, bool generation_prompt,
                                   std::optional<bool> thinking) const {
  try {
    return write(turns, generation_prompt, {.thinking = thinking},
                 {.steps = 200'000, .bytes = 16 << 20, .compared = 100'000'000});
  } catch (const Error&) {
    return {};
  }
}

// What the template does with a conversation is found out by giving it some.
void JinjaPrompt::probe() {
  const Turn system{"system", "Quinquireme"};
  const Turn user{"user", "Nineveh"};
  const Turn reply{"assistant", "Ophir"};
  const auto has = [](const std::string& text, const Turn& turn) {
    return text.find(turn.content) != std::string::npos;
  };
  if (!has(try_write({user}, true), user)) {
    takes_parts_ = true;
    if (!has(try_write({user}, true), user)) takes_parts_ = false;
  }
  takes_system_ = has(try_write({system, user}, true), system);
  const std::string asked = try_write({user}, true);
  const std::string thinking = try_write({user}, true, true);
  has_thinking_switch_ = !thinking.empty() && thinking != try_write({user}, true, false);
  thinks_ = has_thinking_switch_ && asked == thinking;
  const std::string answered = try_write({user, reply}, false);
  const std::size_t at = answered.find(reply.content);
  if (asked.empty() || at == std::string::npos) return;
  const std::string_view before = std::string_view(answered).substr(0, at);
  if (!before.starts_with(asked)) return;
  const std::string_view blank = before.substr(asked.size());
  if (blank.find_first_not_of(" \n") == std::string_view::npos) before_reply_ = blank;
}

std::vector<JinjaPrompt::Turn> JinjaPrompt::turns(std::span<const ChatMessage> messages) const {
  std::vector<Turn> turns;
  turns.reserve(messages.size());
  std::optional<std::string> system;  // waits for the first user's message
  for (const ChatMessage& message : messages) {
    switch (message.role) {
      case Role::system:
        if (takes_system_) {
          turns.push_back({"system", message.content});
        } else if (!message.content.empty()) {
          system = message.content;
        }
        break;
      case Role::user:
        turns.push_back({"user", system ? *system + '\n' + message.content : message.content});
        system.reset();
        break;
      case Role::assistant:
        turns.push_back({"assistant", message.content});
        break;
    }
  }
  if (system) turns.push_back({"user", *system});
  return turns;
}

// With a mark behind each character at which a control token begins, and at the edges where one could reach across.
std::string JinjaPrompt::guarded(std::string_view content, const Marks& marks) const {
  if (content.empty() || begins_.empty()) return std::string(content);
  std::vector<std::size_t> places;  // of characters, from the end
  int state = 0;
  for (const char byte : content) state = begins_.step(state, static_cast<unsigned char>(byte));
  if (begins_.depth(state) > 0) places.push_back(last_character(content));
  state = 0;
  for (std::size_t at = content.size(); at-- > 0;) {
    state = ends_.step(state, static_cast<unsigned char>(content[at]));
    const bool reaches_out = at == 0 && ends_.depth(state) > 0;
    if ((ends_.match(state) >= 0 || reaches_out) && (places.empty() || places.back() != at)) places.push_back(at);
  }
  std::string result;
  std::size_t last = 0;
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    const std::size_t end = *place + next_utf8(content.substr(*place)).length;
    if (end <= last) continue;
    result += content.substr(last, end - last);
    result += marks.text();
    last = end;
  }
  return result += content.substr(last);
}

std::string JinjaPrompt::write(const std::vector<Turn>& turns, bool generation_prompt, const JinjaOptions& options,
                               jinja::Limits limits) const {
  using Json = nlohmann::ordered_json;
  Json messages = Json::array();
  for (const Turn& turn : turns) {
    Json content = turn.content;
    if (takes_parts_) content = Json::array({{{"type", "text"}, {"text", turn.content}}});
    messages.push_back({{"role", turn.role}, {"content", std::move(content)}});
  }
  Json variables = {{"messages", std::move(messages)},
                    {"tools", nullptr},
                    {"documents", nullptr},
                    {"add_generation_prompt", generation_prompt},
                    {"bos_token", bos_},
                    {"eos_token", eos_}};
  if (options.thinking) {
    variables["enable_thinking"] = *options.thinking;  // Qwen 3, GLM 4.5, SmolLM 3
    variables["thinking"] = *options.thinking;         // Granite 3.2, DeepSeek V3.1
  }
  limits.stop = options.stop;
  return template_.render(variables, options.now, std::move(limits));
}

WrittenPrompt JinjaPrompt::render(std::span<const ChatMessage> messages, const JinjaOptions& options) const {
  if (messages.empty()) throw Error(ErrorCode::invalid_argument, "There is no message to make a prompt of.");
  const ChatMessage& last = messages.back();
  const bool goes_on = last.role == Role::assistant;
  const std::span<const ChatMessage> before = goes_on ? messages.first(messages.size() - 1) : messages;
  const Marks marks(source_, messages);
  std::vector<bool> marked(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    marked[i] = before[i].role == Role::assistant && !before[i].tokens.empty();
  }
  const auto attempt = [&] {
    std::vector<ChatMessage> guarded_messages(before.begin(), before.end());
    for (std::size_t i = 0; i < before.size(); ++i) {
      std::string& content = guarded_messages[i].content;
      content = guarded(content, marks);
      if (marked[i]) content = marks.open(i) + content + marks.close(i);
    }
    return write(turns(guarded_messages), true, options);
  };
  std::string written;
  bool failed = false;
  try {
    written = attempt();
  } catch (const Error&) {
    failed = true;  // maybe of the marks: once more without those of replies
  }
  std::vector<bool> whole = failed ? std::vector<bool>(before.size()) : marks.whole(written, before);
  if (failed || whole != marked) {
    marked = std::move(whole);
    written = attempt();
    whole = marks.whole(written, before);
  }
  const std::string thought(open_thought(written));
  const std::string_view tag = trimmed_right(thought);
  // A reply's text has the tag that the prompt opened, its own tokens do not; those that were made of the text do.
  const auto lacks_tag = [&](const ChatMessage& reply) {
    if (tag.empty() || !reply.content.starts_with(thought)) return false;
    const std::size_t few = std::min<std::size_t>(16, reply.tokens.size());
    return !tokenizer_->decode(std::span(reply.tokens).first(few)).starts_with(tag);
  };
  Prompt prompt;
  std::size_t at = 0;
  while (const auto mark = marks.find(written, at)) {
    prompt.markup(std::string_view(written).substr(at, mark->begin - at));
    at = mark->end;
    if (mark->kind == Marks::Mark::Kind::text) {
      prompt.last_is_text();
    } else if (mark->kind == Marks::Mark::Kind::open && mark->number < before.size() && whole[mark->number]) {
      const ChatMessage& reply = before[mark->number];
      prompt.drop_end(before_reply_);
      if (lacks_tag(reply)) prompt.markup(thought);
      prompt.tokens(reply.tokens);
      while (const auto inner = marks.find(written, at)) {
        at = inner->end;
        if (inner->kind == Marks::Mark::Kind::close) break;
      }
    }
  }
  prompt.markup(std::string_view(written).substr(at));
  if (!goes_on) return {prompt.take(), thought};
  const bool has_tag = !tag.empty() && last.content.starts_with(tag);
  if (!last.tokens.empty()) {
    if (has_tag && !lacks_tag(last)) prompt.drop_end(thought);
    prompt.tokens(last.tokens);
  } else if (!last.content.empty()) {
    if (has_tag) prompt.drop_end(thought);
    if (tag.empty()) prompt.markup(before_reply_);
    prompt.text(last.content);
  }
  return {prompt.take(), {}};
}

}  // namespace sotto::engine
