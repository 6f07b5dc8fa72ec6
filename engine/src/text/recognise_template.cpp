// Which family a template text belongs to, and which variant: by the markers in it and the expressions around the
// messages' contents.
#include "sotto/engine/chat_template.h"
#include "text/template_expressions.h"

namespace sotto::engine {
namespace {

class Recogniser {
 public:
  Recogniser(std::string_view text, std::string_view bos, std::string_view eos) : text_(text), bos_(bos), eos_(eos) {}

  std::optional<ChatTemplate> recognise() {
    if (has("<|im_start|>")) {
      // Phi-4 and SmolVLM use ChatML's tokens in other ways.
      if (has("<|im_sep|>") || has("<end_of_utterance>")) return std::nullopt;
      return chatml();
    }
    if (has("[INST]")) return instructions();
    if (has("<|start_header_id|>") && has("<|end_header_id|>")) return llama3();
    if (has("<start_of_turn>")) return gemma();
    if (has("<|end|>") && has("<|assistant|>")) return phi3();
    if (has("### Instruction:") && has("### Response:") && !has("<|EOT|>")) return alpaca();
    return zephyr();
  }

 private:
  [[nodiscard]] bool has(std::string_view part) const { return text_.find(part) != std::string_view::npos; }

  const std::vector<TemplateExpression>& expressions() {
    if (!expressions_) expressions_ = template_expressions(text_);
    return *expressions_;
  }

  static bool trims(const TemplateTerm& term) {
    return term.text.ends_with("trim") || term.text.find(".strip()") != std::string::npos;
  }

  // The texts around `variable` in the last expression that has it, with `open` before it and `close` after it.
  std::optional<ChatTemplate::Turn> turn(std::string_view open, std::string_view close,
                                         std::string_view variable = "content") {
    std::optional<ChatTemplate::Turn> found;
    for (const TemplateExpression& expression : expressions()) {
      const int content = expression.find_variable(variable);
      if (content < 0) continue;
      const auto at = static_cast<std::size_t>(content);
      ChatTemplate::Turn turn{expression.text(0, at, {}, {}),
                              expression.text(at + 1, expression.terms.size(), bos_, eos_),
                              trims(expression.terms[at])};
      if (turn.before.find(open) != std::string::npos && turn.after.find(close) != std::string::npos) found = turn;
    }
    return found;
  }

  ChatTemplate chatml() {
    ChatTemplate chat(TemplateFamily::chatml);
    // Qwen 2 and SmolLM 2 write a system turn of their own where the conversation has none.
    for (const TemplateExpression& expression : expressions()) {
      if (expression.terms.size() != 1 || !expression.terms[0].literal) continue;
      std::string_view literal = expression.terms[0].text;
      if (!literal.starts_with(chat.system.before) || !literal.ends_with(chat.system.after)) continue;
      if (literal.size() <= chat.system.before.size() + chat.system.after.size()) continue;
      literal.remove_prefix(chat.system.before.size());
      literal.remove_suffix(chat.system.after.size());
      chat.default_system = literal;
    }
    return chat;
  }

  // Llama 2 and Mistral: the same markers, and a dozen ways to put blanks around them.
  ChatTemplate instructions() {
    const bool llama2 = has("<<SYS>>");
    ChatTemplate chat(llama2 ? TemplateFamily::llama2 : TemplateFamily::mistral);
    chat.before_later.clear();
    chat.user.trim = chat.assistant.trim = false;
    if (const auto user = turn("[INST]", "[/INST]")) chat.user = *user;
    if (const auto assistant = turn("", eos_)) chat.assistant = *assistant;
    for (const TemplateExpression& expression : expressions()) {
      const bool opens = expression.literals().find("[INST]") != std::string::npos;
      if (opens && expression.find_variable("content") >= 0 && expression.find_variable("bos_token") >= 0) {
        chat.before_later = bos_;
      }
    }
    if (llama2) {
      if (has("true == true")) chat.default_system = literal_after("set system_message = '");
    } else if (has("[SYSTEM_PROMPT]")) {
      chat.system_place = ChatTemplate::SystemPlace::own_turn;
      chat.system = {"[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"};
      for (const std::string_view variable : {"system_message", "content"}) {
        if (const auto system = turn("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", variable)) chat.system = *system;
      }
    } else if (has("loop.last and system_message")) {
      chat.system_place = ChatTemplate::SystemPlace::last_user;
    } else if (!has("system_message")) {
      chat.system.after = std::string(1, '\n');
    }
    return chat;
  }

  ChatTemplate llama3() {
    ChatTemplate chat(TemplateFamily::llama3);
    // Llama 3.1 and later tell the model two dates in a system turn that is always there. Today's date would make every
    // day's prompts differ; the template's own date is what the model was tested with.
    constexpr std::string_view knowledge = "Cutting Knowledge Date: ";
    const std::size_t at = text_.find(knowledge);
    const std::string today = literal_after("set date_string = \"");
    if (at != std::string_view::npos && !today.empty()) {
      const std::string_view date = text_.substr(at, text_.find_first_of("\\\n\"'", at) - at);
      chat.system.before += std::string(date) + "\nToday Date: " + today + "\n\n";
      chat.default_system = "";
    }
    return chat;
  }

  ChatTemplate gemma() {
    ChatTemplate chat(TemplateFamily::gemma);
    if (has("first_user_prefix")) {  // Gemma 3
      chat.system.after = literal_after("first_user_prefix = messages[0]['content'] + ");
      chat.trim_joined = false;
    }
    return chat;
  }

  ChatTemplate phi3() {
    ChatTemplate chat(TemplateFamily::phi3);
    if (!has("<|system|>") && !has("'<|' + message['role']")) {
      chat.system_place = ChatTemplate::SystemPlace::first_user;
      chat.system = {"", "\n"};
    }
    return chat;
  }

  ChatTemplate alpaca() {
    ChatTemplate chat(TemplateFamily::alpaca);
    if (const auto user = turn("### Instruction:", "")) chat.user = *user;
    if (const auto assistant = turn("### Response:", "")) chat.assistant = *assistant;
    chat.reply = chat.assistant.before;
    chat.default_system.reset();
    for (const TemplateExpression& expression : expressions()) {
      std::string preamble = expression.literals();
      if (!preamble.starts_with("Below ") || expression.find_variable("content") >= 0) continue;
      while (preamble.ends_with('\n')) preamble.pop_back();
      chat.default_system = preamble;
    }
    return chat;
  }

  // Zephyr, TinyLlama, StableLM Zephyr: a role's name in marks, and the end token after each content. GLM-Edge and
  // Falcon 3 have the marks without the end token.
  std::optional<ChatTemplate> zephyr() {
    std::string end;
    for (const TemplateExpression& expression : expressions()) {
      const std::string literals = expression.literals();
      const bool user = literals.find("<|user|>") != std::string::npos ||
                        (literals.starts_with("<|") && expression.find_variable("role") >= 0);
      const int content = expression.find_variable("content");
      if (!user || content < 0) continue;
      const std::string after =
          expression.text(static_cast<std::size_t>(content) + 1, expression.terms.size(), bos_, eos_);
      for (const std::string_view mark : {eos_, std::string_view("</s>"), std::string_view("<|endoftext|>")}) {
        if (!mark.empty() && after.starts_with(mark)) end = mark;
      }
    }
    if (end.empty() || !has("<|")) return std::nullopt;
    if (!has("<|assistant|>")) return std::nullopt;
    ChatTemplate chat(TemplateFamily::zephyr);
    for (ChatTemplate::Turn* turn : {&chat.system, &chat.user, &chat.assistant}) turn->after = end + "\n";
    return chat;
  }

  // The literal that follows `before`, which may hold its opening quote.
  std::string literal_after(std::string_view before) const {
    const std::size_t at = text_.find(before);
    if (at == std::string_view::npos) return {};
    const std::size_t end = at + before.size();
    const bool quoted = before.back() == '"' || before.back() == '\'';
    return template_literal(text_, quoted ? end - 1 : text_.find_first_of("'\"", end));
  }

  std::string_view text_;
  std::string_view bos_;
  std::string_view eos_;
  std::optional<std::vector<TemplateExpression>> expressions_;
};

}  // namespace

std::optional<ChatTemplate> recognise_template(std::string_view template_text, std::string_view bos,
                                               std::string_view eos) {
  for (const TemplateFamily family : template_families()) {
    if (template_text == family_template(family)) return ChatTemplate(family);
  }
  return Recogniser(template_text, bos, eos).recognise();
}

}  // namespace sotto::engine
