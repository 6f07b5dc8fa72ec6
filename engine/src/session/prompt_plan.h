// From a request to token ids.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/parts.h"
#include "sotto/engine/session.h"

namespace sotto::engine {

struct PromptPlan {
  std::vector<Token> tokens;     // the whole prompt, a continued reply's tokens included
  std::vector<Token> continued;  // the reply that goes on: the end of `tokens`; empty: a new reply
  std::string thought;           // what a new reply's text begins with, see WrittenPrompt
  bool templated = false;
  std::vector<std::string> stop_strings;
};

// A request's own chat template, compiled. A session keeps the last one: conversations go on with the same.
class GivenTemplate {
 public:
  GivenTemplate(const std::string& text, const Tokenizer& tokenizer);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const JinjaPrompt& prompt() const noexcept { return prompt_; }
  // The stop strings of the family that it is recognised as.
  [[nodiscard]] const std::vector<std::string>& stops() const noexcept { return stops_; }

 private:
  std::string text_;
  JinjaPrompt prompt_;
  std::vector<std::string> stops_;
};

// nullopt: stopped. `given`: of the request's chat_template, null where that is empty. Throws invalid_argument for an
// empty prompt or ids that are not in the vocabulary, format where the model's template fails.
[[nodiscard]] std::optional<PromptPlan> plan_prompt(const Model::Parts& model, const Request& request,
                                                    const GivenTemplate* given, const std::stop_token& stop = {});

// The tokens that very likely every prompt begins with whose last message begins as the request's does: what two of
// them have in common. Empty: stopped, or the last message is nobody's to go on with. Throws as plan_prompt.
[[nodiscard]] std::vector<Token> lasting_tokens(const Model::Parts& model, const Request& request,
                                                const GivenTemplate* given, const std::stop_token& stop = {});

}  // namespace sotto::engine
