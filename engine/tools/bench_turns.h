// sotto-cli bench --turns: how long a conversation's turns take to their first token.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "command.h"
#include "sotto/engine/session.h"

namespace sotto::cli {

// Tokens that a turn adds to the conversation beside the first message: the context needs room for both.
inline constexpr int turn_tokens = 128;

// [{turn, prompt_tokens, read_tokens, first_token_ms}], medians over `runs`; the first message has about
// `prompt_tokens` tokens. Throws Interrupted.
[[nodiscard]] nlohmann::ordered_json measure_turns(engine::Session& session, int prompt_tokens, int runs,
                                                   Environment& environment);
[[nodiscard]] std::string turns_table(const nlohmann::ordered_json& turns);

}  // namespace sotto::cli
