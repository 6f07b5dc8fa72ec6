#include "sotto/engine/chat_template.h"

#include <algorithm>

namespace sotto::engine {
namespace {

// "<|user|>\n" and the like for the three roles.
void role_turns(ChatTemplate& chat, const std::string& open, const std::string& close, const std::string& after) {
  chat.system = {open + "system" + close, after};
  chat.user = {open + "user" + close, after};
  chat.assistant = {open + "assistant" + close, after};
  chat.reply = chat.assistant.before;
}

}  // namespace

ChatTemplate::ChatTemplate(TemplateFamily of) : family(of) {
  switch (family) {
    case TemplateFamily::plain:
      break;
    case TemplateFamily::llama2:  // Touvron et al. 2023
      system = {"<<SYS>>\n", "\n<</SYS>>\n\n"};
      user = {"[INST] ", " [/INST]", true};
      assistant = {" ", " </s>", true};
      before_later = "<s>";
      system_place = SystemPlace::first_user;
      trim_joined = true;
      break;
    case TemplateFamily::llama3:
      role_turns(*this, "<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>");
      system.trim = user.trim = assistant.trim = true;
      break;
    case TemplateFamily::chatml:
      role_turns(*this, "<|im_start|>", "\n", "<|im_end|>\n");
      break;
    case TemplateFamily::alpaca:  // Taori et al. 2023
      system = {"", "\n\n"};
      user = {"### Instruction:\n", "\n\n"};
      assistant = {"### Response:\n", "</s>\n\n"};
      reply = assistant.before;
      default_system =
          "Below is an instruction that describes a task. Write a response that appropriately completes the request.";
      break;
    case TemplateFamily::zephyr:  // Tunstall et al. 2023
      role_turns(*this, "<|", "|>\n", "</s>\n");
      break;
    case TemplateFamily::mistral:  // the first one
      system = {"", "\n\n"};
      user = {"[INST] ", " [/INST]"};
      assistant = {" ", "</s>"};
      system_place = SystemPlace::first_user;
      break;
    case TemplateFamily::gemma:
      system = {"", "\n"};
      user = {"<start_of_turn>user\n", "<end_of_turn>\n", true};
      assistant = {"<start_of_turn>model\n", "<end_of_turn>\n", true};
      reply = assistant.before;
      system_place = SystemPlace::first_user;
      trim_joined = true;
      break;
    case TemplateFamily::phi3:
      role_turns(*this, "<|", "|>\n", "<|end|>\n");
      break;
    case TemplateFamily::dialogue:
      system = {"", "\n\n"};
      user = {"User: ", "\n"};
      assistant = {"Assistant: ", "\n"};
      reply = "Assistant:";
      break;
  }
}

std::span<const TemplateFamily> template_families() noexcept {
  static constexpr TemplateFamily families[] = {
      TemplateFamily::alpaca,  TemplateFamily::llama2, TemplateFamily::chatml,
      TemplateFamily::mistral, TemplateFamily::zephyr, TemplateFamily::gemma,
      TemplateFamily::llama3,  TemplateFamily::phi3,   TemplateFamily::dialogue};
  return families;
}

std::string_view family_name(TemplateFamily family) {
  switch (family) {
    case TemplateFamily::plain:
      return "Plain text";
    case TemplateFamily::llama2:
      return "Llama 2";
    case TemplateFamily::llama3:
      return "Llama 3";
    case TemplateFamily::chatml:
      return "ChatML";
    case TemplateFamily::alpaca:
      return "Alpaca";
    case TemplateFamily::zephyr:
      return "Zephyr";
    case TemplateFamily::mistral:
      return "Mistral";
    case TemplateFamily::gemma:
      return "Gemma";
    case TemplateFamily::phi3:
      return "Phi-3";
    case TemplateFamily::dialogue:
      return "Plain dialogue";
  }
  return "unknown";
}

std::span<const ThoughtTags> thought_tags() noexcept {
  // Collected from the chat templates of the models named.
  static constexpr ThoughtTags tags[] = {
      {"<think>", "</think>"},                     // DeepSeek R1, Qwen 3, QwQ, SmolLM 3, GLM 4.5
      {"[THINK]", "[/THINK]"},                     // Magistral
      {"<seed:think>", "</seed:think>"},           // Seed-OSS
      {"<|START_THINKING|>", "<|END_THINKING|>"},  // Command A Reasoning
      {"<thinking>", "</thinking>"},               // Phi-4-mini-reasoning's relatives, merges
      {"<reasoning>", "</reasoning>"},
  };
  return tags;
}

SplitReply split_thought(std::string_view reply) noexcept {
  constexpr std::string_view white = " \t\r\n";
  const auto trimmed = [&](std::string_view text) {
    const std::size_t first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return std::string_view();
    return text.substr(first, text.find_last_not_of(white) - first + 1);
  };
  const std::size_t start = reply.find_first_not_of(white);
  if (start == std::string_view::npos) return {.answer = reply};
  const std::string_view text = reply.substr(start);
  for (const ThoughtTags& tags : thought_tags()) {
    if (!text.starts_with(tags.open)) continue;
    const std::string_view inner = text.substr(tags.open.size());
    const std::size_t end = inner.find(tags.close);
    if (end == std::string_view::npos) return {trimmed(inner), {}, true, true};
    const std::string_view after = inner.substr(end + tags.close.size());
    const std::size_t answer = std::min(after.find_first_not_of(white), after.size());
    return {trimmed(inner.substr(0, end)), after.substr(answer), true, false};
  }
  return {.answer = reply};
}

std::vector<std::string> stop_strings(TemplateFamily family) {
  if (family == TemplateFamily::dialogue) return {"\nUser:"};
  // The longer one takes the blank line before it away too.
  if (family == TemplateFamily::alpaca) return {"\n\n### Instruction:", "### Instruction:"};
  return {};
}

}  // namespace sotto::engine
