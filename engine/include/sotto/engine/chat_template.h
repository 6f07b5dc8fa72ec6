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

enum class Role { system, user, assistant };

struct ChatMessage {
  Role role = Role::user;
  std::string content;  // UTF-8
  // An assistant's reply as this model wrote it. When not empty the prompt takes these ids instead of tokenising
  // `content` again, so that the next turn finds its prefix in the KV cache.
  std::vector<Token> tokens;
};

enum class TemplateFamily { plain, llama2, llama3, chatml, alpaca, zephyr, mistral, gemma, phi3 };

// Recognises the family of a template text; nullopt when none fits.
[[nodiscard]] std::optional<TemplateFamily> recognise_template(std::string_view template_text);

// "Llama 3", "ChatML", ... for the user.
[[nodiscard]] std::string_view family_name(TemplateFamily family);

// The prompt for `messages`, which begin with at most one system message and then alternate user and assistant;
// families without a system role get its text before the first user message. When the last message is the user's, the
// prompt ends where the reply begins; when it is the assistant's, the prompt ends inside that reply (no end token), so
// that it can be continued. BOS is left to Tokenizer::encode. Throws invalid_argument for an empty list.
[[nodiscard]] std::vector<Fragment> render_chat(TemplateFamily family, std::span<const ChatMessage> messages);

// Strings that end a reply of this family beside the model's end tokens ("### Instruction:" for Alpaca).
[[nodiscard]] std::vector<std::string> stop_strings(TemplateFamily family);

}  // namespace sotto::engine
