#include "sotto/engine/chat_template.h"

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
  }
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

std::vector<std::string> stop_strings(TemplateFamily family) {
  // The longer one takes the blank line before it away too.
  if (family == TemplateFamily::alpaca) return {"\n\n### Instruction:", "### Instruction:"};
  return {};
}

}  // namespace sotto::engine
