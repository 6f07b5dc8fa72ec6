// Chat templates: from a list of messages to the prompt that a model was trained on. The template is chosen by
// recognising the model's own template text (GGUF tokenizer.chat_template).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

enum class Role {
  system,
  user,
  assistant
};

struct ChatMessage {
  Role role = Role::user;
  std::string content;  // UTF-8
  // An assistant's reply as this model wrote it. When not empty the prompt takes these ids instead of tokenising
  // `content` again, so that the next turn finds its prefix in the KV cache.
  std::vector<Token> tokens;
};

enum class TemplateFamily {
  plain,
  llama2,
  llama3,
  chatml,
  alpaca,
  zephyr,
  mistral,
  gemma,
  phi3,
  dialogue  // "User: " and "Assistant: ", for chat models of no family that is known
};

// Every family that writes more than the contents, in the order of their age.
[[nodiscard]] std::span<const TemplateFamily> template_families() noexcept;

// A family and what differs between its models, as data: the markup around each message.
struct ChatTemplate {
  // The family as its best known model has it. plain: the contents one after the other, without any markup.
  ChatTemplate(TemplateFamily family = TemplateFamily::plain);  // NOLINT(google-explicit-constructor)

  struct Turn {
    std::string before;  // markup
    std::string after;
    bool trim = false;  // the content loses the white space at its ends
    friend bool operator==(const Turn&, const Turn&) = default;
  };
  enum class SystemPlace {
    own_turn,
    first_user,  // within the first user turn, before the content
    last_user    // within the last user turn
  };

  TemplateFamily family = TemplateFamily::plain;
  Turn system;
  Turn user;
  Turn assistant;            // a reply given as text
  std::string reply;         // after the last user turn: where the model begins to write
  std::string before_later;  // before every user turn but the first, BOS in some
  SystemPlace system_place = SystemPlace::own_turn;
  bool trim_joined = false;  // system text and content of a user turn are trimmed as one text
  // What the template says where there is no system message; nullopt: nothing.
  std::optional<std::string> default_system;

  friend bool operator==(const ChatTemplate&, const ChatTemplate&) = default;
};

// Recognises a template text; nullopt when it is of no known family. bos and eos: the texts of the model's tokens,
// which some templates write.
[[nodiscard]] std::optional<ChatTemplate> recognise_template(std::string_view template_text,
                                                             std::string_view bos = "<s>",
                                                             std::string_view eos = "</s>");

// "Llama 3", "ChatML", ... for the user.
[[nodiscard]] std::string_view family_name(TemplateFamily family);

// A family's template in Jinja, as its best known model has it; empty for plain. recognise_template knows it again.
[[nodiscard]] std::string_view family_template(TemplateFamily family);

// The family of a model that brings no template: by its name (general.name, the file's) and the control tokens that it
// has. nullopt: nothing says that it was trained to chat.
[[nodiscard]] std::optional<TemplateFamily> recognise_family(std::string_view name, const Tokenizer& tokenizer);

// The prompt for `messages`, which begin with at most one system message and then alternate user and assistant;
// templates without a system role get its text before the user's. When the last message is the user's, the
// prompt ends where the reply begins; when it is the assistant's, the prompt ends inside that reply (no end token), so
// that it can be continued. BOS at the beginning is left to Tokenizer::encode. Throws invalid_argument for an empty
// list.
[[nodiscard]] std::vector<Fragment> render_chat(const ChatTemplate& chat_template,
                                                std::span<const ChatMessage> messages);

// Around what a reasoning model thinks before it answers. They stand in a reply's text, even where they are control
// tokens and where the template wrote the opening one at the prompt's end.
struct ThoughtTags {
  std::string_view open;
  std::string_view close;
};
[[nodiscard]] std::span<const ThoughtTags> thought_tags() noexcept;

// What a reply's text holds: what the model thought, where the text begins with that, and what it answers.
struct SplitReply {
  std::string_view thought = {};  // without tags and the white space around; empty: none
  std::string_view answer = {};
  bool thinks = false;  // the text begins with a thought
  bool open = false;    // and it has not come to its end: there is no answer yet
};
[[nodiscard]] SplitReply split_thought(std::string_view reply) noexcept;

// Strings that end a reply of this family beside the model's end tokens ("### Instruction:" for Alpaca).
[[nodiscard]] std::vector<std::string> stop_strings(TemplateFamily family);

}  // namespace sotto::engine
