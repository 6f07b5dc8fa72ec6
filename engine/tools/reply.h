// Writing one reply to standard output as it comes.
#pragma once

#include <string>
#include <vector>

#include "command.h"
#include "sotto/engine/session.h"

namespace sotto::cli {

struct Reply {
  engine::GenerationResult result;
  std::vector<engine::Token> tokens;
  std::string text;
};

// Streams the reply, without a line feed at its end. Ctrl+C ends it with StopReason::stopped; so does a failed write,
// after which Output::check throws. Progress of a long prompt is shown on a terminal. Throws as Session::generate.
[[nodiscard]] Reply write_reply(Environment& environment, engine::Session& session, const engine::Request& request,
                                const engine::LiveSampling& sampling);

// "Prompt 12 tokens (0 reused) in 0.31 s, reply 64 tokens in 3.10 s (20.6 tokens/s)".
[[nodiscard]] std::string describe(const engine::GenerationResult& result);

}  // namespace sotto::cli
