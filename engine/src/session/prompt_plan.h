// From a request to token ids.
#pragma once

#include <string>
#include <vector>

#include "model/parts.h"
#include "sotto/engine/session.h"

namespace sotto::engine {

struct PromptPlan {
  std::vector<Token> tokens;     // the whole prompt, a continued reply's tokens included
  std::vector<Token> continued;  // the reply that goes on: the end of `tokens`; empty: a new reply
  bool templated = false;
  std::vector<std::string> stop_strings;
};

// Throws invalid_argument for an empty prompt or ids that are not in the vocabulary.
[[nodiscard]] PromptPlan plan_prompt(const Model::Parts& model, const Request& request);

}  // namespace sotto::engine
