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

// nullopt: stopped. Throws invalid_argument for an empty prompt or ids that are not in the vocabulary, format where the
// model's template fails.
[[nodiscard]] std::optional<PromptPlan> plan_prompt(const Model::Parts& model, const Request& request,
                                                    const std::stop_token& stop = {});

}  // namespace sotto::engine
