#include "reply.h"

#include <chrono>

namespace sotto::cli {

Reply write_reply(Environment& environment, engine::Session& session, const engine::Request& request,
                  const engine::LiveSampling& sampling) {
  using Clock = std::chrono::steady_clock;
  std::stop_source stop;
  const std::stop_callback on_interrupt(environment.interrupt.token(), [&stop] { stop.request_stop(); });

  Reply reply;
  Status status;
  const auto start = Clock::now();
  engine::GenerationObserver observer;
  observer.prefill = [&](int done, int total, int reused) {
    if (done == total) return status.clear();
    if (Clock::now() - start < std::chrono::milliseconds(300)) return;
    status.show("Reading " + std::to_string(done - reused) + " of " + std::to_string(total - reused) + " tokens");
  };
  observer.token = [&](const engine::GeneratedToken& token) { reply.tokens.push_back(token.id); };
  observer.text = [&](std::string_view text) {
    status.clear();
    reply.text += text;
    if (!environment.out.write(text)) stop.request_stop();
  };
  reply.result = session.generate(request, sampling, observer, stop.get_token());
  return reply;
}

std::string describe(const engine::GenerationResult& result) {
  std::string text = "Prompt " + std::to_string(result.prompt_tokens) + " tokens (" +
                     std::to_string(result.reused_tokens) + " reused) in " + fixed(result.prefill_seconds, 2) +
                     " s, reply " + std::to_string(result.generated_tokens) + " tokens in " +
                     fixed(result.decode_seconds, 2) + " s";
  if (result.decode_seconds > 0) {
    text += " (" + fixed(result.generated_tokens / result.decode_seconds, 1) + " tokens/s)";
  }
  return text + ".";
}

}  // namespace sotto::cli
