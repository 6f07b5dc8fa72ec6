// Penalties on tokens that were there already, on the raw logits.
// Repetition: Keskar, McCann, Varshney, Xiong and Socher 2019, "CTRL", with negative logits multiplied instead of
// divided, so that the penalty never turns into a reward. Frequency and presence: as the OpenAI API defines them, logit
// - count * frequency - (count > 0) * presence.
#pragma once

#include <span>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// Each changes the logits [vocabulary] of the tokens in `history`; ids outside the vocabulary are passed over.
void repetition_penalty(std::span<float> logits, std::span<const Token> history, float penalty);  // 1: off
void frequency_penalty(std::span<float> logits, std::span<const Token> history, float penalty);   // 0: off
void presence_penalty(std::span<float> logits, std::span<const Token> history, float penalty);    // 0: off

}  // namespace sotto::engine
