// The family of a model without a template. Names and tokens as the families' model cards have them.
#include <algorithm>
#include <string>

#include "sotto/engine/chat_template.h"

namespace sotto::engine {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

// The words of a name: "Llama-2-7B-chat.Q4_K_M" has "llama", "2", "7b", "chat", ...
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : lower(name)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

}  // namespace

std::optional<TemplateFamily> recognise_family(std::string_view name, const Tokenizer& tokenizer) {
  const std::vector<std::string> words = words_of(name);
  const auto says = [&](std::initializer_list<std::string_view> some) {
    return std::ranges::any_of(words, [&](const std::string& word) {
      return std::ranges::any_of(some, [&](std::string_view each) { return word == each; });
    });
  };
  const auto begins = [&](std::string_view start) {
    return std::ranges::any_of(words, [&](const std::string& word) { return word.starts_with(start); });
  };
  const auto has = [&](std::string_view text) { return tokenizer.encode(text, true).size() == 1; };
  if (begins("alpaca")) return TemplateFamily::alpaca;
  if (begins("zephyr")) return TemplateFamily::zephyr;
  // A base model's vocabulary has the control tokens, too: only the name tells.
  if (!says({"instruct", "chat", "it", "assistant", "sft", "dpo", "inst"}) && !begins("vicuna") && !begins("hermes") &&
      !begins("openhermes") && !begins("dolphin"))
    return std::nullopt;
  if (has("<|start_header_id|>") && has("<|eot_id|>")) return TemplateFamily::llama3;
  if (has("<|im_start|>") && has("<|im_end|>")) return TemplateFamily::chatml;
  if (has("<start_of_turn>") && has("<end_of_turn>")) return TemplateFamily::gemma;
  if (has("<|user|>") && has("<|assistant|>") && has("<|end|>")) return TemplateFamily::phi3;
  if (begins("tinyllama")) return TemplateFamily::zephyr;
  if (has("[INST]") || begins("mistral") || begins("mixtral")) return TemplateFamily::mistral;
  if (begins("llama2") || begins("codellama") || (begins("llama") && says({"2"}))) return TemplateFamily::llama2;
  return TemplateFamily::dialogue;
}

}  // namespace sotto::engine
