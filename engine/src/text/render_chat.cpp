#include <algorithm>

#include "sotto/engine/chat_template.h"
#include "sotto/engine/error.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

// What Python's str.strip, which the templates call, takes for white space.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    if (step.state != Utf8State::complete || !is_space(code_point(text, step.length))) break;
    text.remove_prefix(step.length);
  }
  return text;
}

std::string_view trim_right(std::string_view text) {
  std::string_view kept;
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Step step = next_utf8(rest);
    const bool space = step.state == Utf8State::complete && is_space(code_point(rest, step.length));
    rest.remove_prefix(step.length);
    if (!space) kept = text.substr(0, text.size() - rest.size());
  }
  return kept;
}

class Prompt {
 public:
  void add(Fragment::Kind kind, std::string_view text) {
    if (text.empty()) return;
    if (!fragments_.empty() && fragments_.back().kind == kind) {
      fragments_.back().text += text;
    } else {
      fragments_.push_back({kind, std::string(text), {}});
    }
  }
  void markup(std::string_view text) { add(Fragment::Kind::markup, text); }
  void text(std::string_view text) { add(Fragment::Kind::text, text); }
  void tokens(const std::vector<Token>& ids) { fragments_.push_back({Fragment::Kind::tokens, {}, ids}); }
  std::vector<Fragment> take() { return std::move(fragments_); }

 private:
  std::vector<Fragment> fragments_;
};

class Renderer {
 public:
  Renderer(const ChatTemplate& chat, std::span<const ChatMessage> messages) : chat_(chat), messages_(messages) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].role == Role::user) last_user_ = i;
    }
  }

  std::vector<Fragment> render() {
    if (chat_.default_system && std::ranges::none_of(messages_, is_system)) {
      system_ = *chat_.default_system;
      system_kind_ = Fragment::Kind::markup;
      if (chat_.system_place == ChatTemplate::SystemPlace::own_turn) own_system_turn();
    }
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const ChatMessage& message = messages_[i];
      switch (message.role) {
        case Role::system:
          system_ = message.content;
          system_kind_ = Fragment::Kind::text;
          if (chat_.system_place == ChatTemplate::SystemPlace::own_turn) own_system_turn();
          break;
        case Role::user:
          user_turn(message.content, chat_.system_place != ChatTemplate::SystemPlace::last_user || i == last_user_);
          break;
        case Role::assistant:
          assistant_turn(message, i + 1 < messages_.size());
          break;
      }
    }
    if (messages_.back().role != Role::assistant) {
      if (system_) user_turn({}, true);  // there is no user's turn that could hold it
      prompt_.markup(chat_.reply);
    }
    return prompt_.take();
  }

 private:
  static bool is_system(const ChatMessage& message) { return message.role == Role::system; }

  void own_system_turn() {
    prompt_.markup(chat_.system.before);
    prompt_.add(system_kind_, chat_.system.trim ? trim_left(trim_right(*system_)) : std::string_view(*system_));
    prompt_.markup(chat_.system.after);
    system_.reset();
  }

  void user_turn(std::string_view content, bool with_system) {
    if (!first_user_) prompt_.markup(chat_.before_later);
    first_user_ = false;
    prompt_.markup(chat_.user.before);
    const bool has_system = with_system && system_;
    if (has_system) {
      prompt_.markup(chat_.system.before);
      // Only what stands at the turn's very beginning is trimmed with it.
      const bool trim = chat_.user.trim && chat_.trim_joined && chat_.system.before.empty();
      prompt_.add(system_kind_, trim ? trim_left(*system_) : std::string_view(*system_));
      prompt_.markup(chat_.system.after);
      system_.reset();
    }
    if (chat_.user.trim) content = trim_right(content);
    if (chat_.user.trim && !(has_system && chat_.trim_joined)) content = trim_left(content);
    prompt_.text(content);
    prompt_.markup(chat_.user.after);
  }

  void assistant_turn(const ChatMessage& message, bool finished) {
    std::string_view content = message.content;
    if (chat_.assistant.trim) content = finished ? trim_left(trim_right(content)) : trim_left(content);
    if (!message.tokens.empty()) {
      prompt_.markup(chat_.reply);
      prompt_.tokens(message.tokens);
    } else if (!finished && content.empty()) {
      prompt_.markup(chat_.reply);
    } else {
      prompt_.markup(chat_.assistant.before);
      prompt_.text(content);
    }
    if (finished) prompt_.markup(chat_.assistant.after);
  }

  const ChatTemplate& chat_;
  std::span<const ChatMessage> messages_;
  std::size_t last_user_ = 0;
  std::optional<std::string> system_;  // waits for its place
  Fragment::Kind system_kind_ = Fragment::Kind::text;
  bool first_user_ = true;
  Prompt prompt_;
};

}  // namespace

std::vector<Fragment> render_chat(const ChatTemplate& chat_template, std::span<const ChatMessage> messages) {
  if (messages.empty()) throw Error(ErrorCode::invalid_argument, "There is no message to make a prompt of.");
  return Renderer(chat_template, messages).render();
}

}  // namespace sotto::engine
