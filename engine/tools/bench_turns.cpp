#include "bench_turns.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "errors.h"
#include "median.h"

namespace sotto::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Messages = std::vector<engine::ChatMessage>;

// For models that bring none.
constexpr const char* plain_template =
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:";

class Turns {
 public:
  Turns(engine::Session& session, Environment& environment) : session_(session), environment_(environment) {
    if (session.model().template_use().origin == engine::TemplateUse::Origin::none) template_ = plain_template;
  }

  // Words, so that a message whose last words change keeps the tokens of the others.
  [[nodiscard]] std::string words(int tokens, const char* word) const {
    std::string text;
    int number = 0;
    const auto add = [&] { text.append(word).append(" ").append(std::to_string(number++)).append(" "); };
    const int step = std::max(1, tokens / 64);  // counted now and then
    while (number == 0 || count(text) < tokens - 8 * step) {
      for (int i = 0; i < step; ++i) add();
    }
    while (count(text) < tokens) add();
    return text;
  }

  struct Turn {
    engine::GenerationResult result;
    std::vector<engine::Token> reply;
    double seconds = 0;  // to the first token
  };
  Turn ask(const Messages& messages, int tokens = 1) {
    engine::Request request = asked(messages);
    request.max_tokens = tokens;
    request.ignore_end = true;
    request.speculate = false;
    Turn turn;
    engine::GenerationObserver observer;
    const auto start = Clock::now();
    observer.token = [&](const engine::GeneratedToken& token) {
      if (turn.reply.empty()) turn.seconds = std::chrono::duration<double>(Clock::now() - start).count();
      turn.reply.push_back(token.id);
    };
    turn.result = session_.generate(request, sampling_, observer, environment_.interrupt.token());
    if (turn.result.reason == engine::StopReason::stopped) throw Interrupted{};
    return turn;
  }
  void read_ahead(const Messages& messages) {
    if (!session_.read_ahead(asked(messages), environment_.interrupt.token())) throw Interrupted{};
  }
  void forget() { session_.reset(); }

 private:
  [[nodiscard]] engine::Request asked(const Messages& messages) const {
    engine::Request request;
    request.messages = messages;
    request.chat_template = template_;
    request.now = 1;
    return request;
  }
  [[nodiscard]] int count(const std::string& text) const {
    return session_.count_tokens(asked({{.role = engine::Role::user, .content = text, .tokens = {}}}));
  }

  engine::Session& session_;
  Environment& environment_;
  std::string template_;
  engine::LiveSampling sampling_{engine::SamplingParams{.greedy = true, .repeat_penalty = 1}};
};

engine::ChatMessage user(const std::string& text) {
  return {.role = engine::Role::user, .content = text, .tokens = {}};
}

}  // namespace

nlohmann::ordered_json measure_turns(engine::Session& session, int prompt_tokens, int runs, Environment& environment) {
  Turns turns(session, environment);
  const std::string first = turns.words(prompt_tokens, "stone"), next = turns.words(turn_tokens / 4, "river");
  const std::string edited = first.substr(0, first.size() * 3 / 4) + " and otherwise";
  // What the model wrote stands in the second turn as its tokens.
  const auto conversation = [&](const Turns::Turn& reply) {
    return Messages{
        user(first), {.role = engine::Role::assistant, .content = "a reply", .tokens = reply.reply}, user(next)};
  };
  struct Kind {
    const char* name;
    std::function<Turns::Turn()> measure;
  };
  const std::vector<Kind> kinds{{"first message", [&] { return turns.ask({user(first)}); }},
                                {"follow-up",
                                 [&] {
                                   const Turns::Turn reply = turns.ask({user(first)}, turn_tokens / 4);
                                   return turns.ask(conversation(reply));
                                 }},
                                {"edited at three quarters",
                                 [&] {
                                   (void)turns.ask({user(first)}, turn_tokens / 4);
                                   return turns.ask({user(edited)});
                                 }},
                                {"follow-up after another conversation",
                                 [&] {
                                   const Turns::Turn reply = turns.ask({user(first)}, turn_tokens / 4);
                                   turns.forget();
                                   return turns.ask(conversation(reply));
                                 }},
                                {"the same, read while it was written", [&] {
                                   const Turns::Turn reply = turns.ask({user(first)}, turn_tokens / 4);
                                   turns.forget();
                                   Messages written = conversation(reply);
                                   const std::string all = written.back().content;
                                   written.back().content =
                                       all.substr(0, all.rfind(' ', all.size() - 2));  // without its last word
                                   turns.read_ahead(written);
                                   return turns.ask(conversation(reply));
                                 }}};
  nlohmann::ordered_json table = nlohmann::ordered_json::array();
  Status status;
  for (const Kind& kind : kinds) {
    status.show(std::string("Measuring: ") + kind.name);
    std::vector<double> seconds;
    Turns::Turn last;
    for (int i = 0; i <= runs; ++i) {
      turns.forget();
      last = kind.measure();
      if (i > 0) seconds.push_back(last.seconds);  // after a warm-up
    }
    table.push_back({{"turn", kind.name},
                     {"prompt_tokens", last.result.prompt_tokens},
                     {"read_tokens", last.result.prompt_tokens - last.result.reused_tokens},
                     {"first_token_ms", median(seconds) * 1000}});
  }
  status.clear();
  return table;
}

std::string turns_table(const nlohmann::ordered_json& turns) {
  std::string text;
  for (const auto& turn : turns) {
    std::string name = turn["turn"].get<std::string>();
    name.resize(std::max<std::size_t>(name.size() + 2, 38), ' ');
    text += name + fixed(turn["first_token_ms"].get<double>(), 0) + " ms to the first token (" +
            turn["read_tokens"].dump() + " of " + turn["prompt_tokens"].dump() + " tokens read)\n";
  }
  return text;
}

}  // namespace sotto::cli
