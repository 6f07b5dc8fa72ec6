// A chat prompt as the model's own Jinja template writes it, in fragments: what people wrote stays text, and replies
// that are tokens stay those tokens, although a template only knows one text.
#pragma once

#include <ctime>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/chat_template.h"
#include "text/jinja/template.h"
#include "text/pattern_automaton.h"

namespace sotto::engine {

struct WrittenPrompt {
  std::vector<Fragment> fragments;
  std::string thought;  // the opening thought tag, and what follows it, where the prompt ends with one: the reply's
                        // text begins with it
};

struct JinjaOptions {
  std::time_t now = 0;           // seconds since 1970, what the template's strftime_now tells
  std::optional<bool> thinking;  // for templates with a switch; nullopt: as the template has it
  std::stop_token stop = {};     // a template that runs when it is requested fails
};

// Thread guarantee: immutable, render may be called from any thread.
class JinjaPrompt {
 public:
  // Throws Error (format) with the line for a template that is not well formed. One that fails for every conversation
  // is only found out by render. The tokenizer must outlive the prompt.
  JinjaPrompt(std::string_view source, const Tokenizer& tokenizer);

  // As render_chat: when the last message is the assistant's the prompt ends inside that reply. A template that rejects
  // or drops the system role gets its text before the first user message's. Throws invalid_argument for an empty list,
  // format with the line and the cause where the template fails.
  [[nodiscard]] WrittenPrompt render(std::span<const ChatMessage> messages, const JinjaOptions& options) const;

  [[nodiscard]] bool takes_system() const noexcept { return takes_system_; }
  // Whether what it writes depends on JinjaOptions::thinking, and where it stands of itself.
  [[nodiscard]] bool has_thinking_switch() const noexcept { return has_thinking_switch_; }
  [[nodiscard]] bool thinks() const noexcept { return thinks_; }

 private:
  class Marks;
  struct Turn {
    std::string role;
    std::string content;
  };

  [[nodiscard]] std::vector<Turn> turns(std::span<const ChatMessage> messages) const;
  [[nodiscard]] std::string guarded(std::string_view content, const Marks& marks) const;
  [[nodiscard]] std::string write(const std::vector<Turn>& turns, bool generation_prompt, const JinjaOptions& options,
                                  jinja::Limits limits = {}) const;
  [[nodiscard]] std::string try_write(const std::vector<Turn>& turns, bool generation_prompt,
                                      std::optional<bool> thinking = {}) const;
  void probe();

  const Tokenizer* tokenizer_;
  std::string source_;
  std::string bos_;
  std::string eos_;
  jinja::Template template_;
  PatternAutomaton begins_;  // control tokens, forward
  PatternAutomaton ends_;    // backward
  bool takes_system_ = true;
  bool takes_parts_ = false;  // contents are lists of parts, not texts
  bool has_thinking_switch_ = false;
  bool thinks_ = false;
  std::string before_reply_;  // what stands between the generation prompt and a reply that was given: a blank
};

}  // namespace sotto::engine
