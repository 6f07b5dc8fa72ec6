#include "session/prompt_plan.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

// A model without a template continues text: the last user message and what was written after it.
std::vector<Fragment> raw_fragments(const std::vector<ChatMessage>& messages) {
  auto first = messages.end();
  while (first != messages.begin() && (first == messages.end() || first->role != Role::user)) --first;
  std::vector<Fragment> fragments;
  for (auto message = first; message != messages.end(); ++message) {
    if (message->tokens.empty()) {
      fragments.push_back({Fragment::Kind::text, message->content, {}});
    } else {
      fragments.push_back({Fragment::Kind::tokens, {}, message->tokens});
    }
  }
  return fragments;
}

// What the model thought for its earlier replies is not sent again. The reply that goes on keeps it.
std::vector<ChatMessage> without_thoughts(const std::vector<ChatMessage>& messages) {
  std::vector<ChatMessage> result = messages;
  for (auto message = result.begin(); message + 1 < result.end(); ++message) {
    if (message->role != Role::assistant) continue;
    const SplitReply reply = split_thought(message->content);
    if (!reply.thinks) continue;
    message->content = std::string(reply.answer);
    message->tokens.clear();
  }
  return result;
}

std::vector<std::string> stops_of(const std::string& text) {
  const auto family = recognise_template(text);
  return family ? stop_strings(family->family) : std::vector<std::string>();
}

}  // namespace

GivenTemplate::GivenTemplate(const std::string& text, const Tokenizer& tokenizer)
    : text_(text), prompt_(text, tokenizer), stops_(stops_of(text)) {}

std::optional<PromptPlan> plan_prompt(const Model::Parts& model, const Request& request, const GivenTemplate* given,
                                      const std::stop_token& stop) {
  PromptPlan plan;
  plan.stop_strings = request.stop_strings;
  std::vector<Fragment> fragments = request.prompt;
  if (!request.messages.empty()) {
    const JinjaPrompt* jinja = given != nullptr ? &given->prompt() : model.jinja.get();
    plan.templated = jinja != nullptr;
    if (jinja != nullptr) {
      const std::time_t now = request.now != 0 ? request.now : std::time(nullptr);
      try {
        WrittenPrompt written = jinja->render(without_thoughts(request.messages), {now, request.thinking, stop});
        fragments = std::move(written.fragments);
        plan.thought = std::move(written.thought);
      } catch (const Error&) {
        if (stop.stop_requested()) return std::nullopt;
        throw;
      }
    } else if (!model.template_use.error.empty()) {
      throw Error(ErrorCode::format, model.template_use.error, "tokenizer.chat_template");
    } else {
      fragments = raw_fragments(request.messages);
    }
    if (!request.ignore_end) {
      const std::vector<std::string> stops = given != nullptr      ? given->stops()
                                             : model.chat_template ? stop_strings(model.chat_template->family)
                                                                   : std::vector<std::string>();
      std::ranges::copy(stops, std::back_inserter(plan.stop_strings));
    }
    const ChatMessage& last = request.messages.back();
    if (last.role == Role::assistant) {
      plan.continued = last.tokens.empty() ? model.tokenizer->encode(last.content) : last.tokens;
    }
  } else if (!fragments.empty() && fragments.back().kind == Fragment::Kind::tokens && fragments.size() > 1) {
    plan.continued = fragments.back().tokens;
  }
  plan.tokens = model.tokenizer->encode(fragments, true);
  if (plan.tokens.empty()) throw Error(ErrorCode::invalid_argument, "The prompt is empty; write something first");
  for (const Token token : plan.tokens) {
    if (token < 0 || token >= model.architecture.vocabulary) {
      throw Error(ErrorCode::invalid_argument, "The token id " + std::to_string(token) +
                                                   " is not in the vocabulary of " +
                                                   std::to_string(model.architecture.vocabulary) + " tokens");
    }
  }
  return plan;
}

std::vector<Token> lasting_tokens(const Model::Parts& model, const Request& request, const GivenTemplate* given,
                                  const std::stop_token& stop) {
  if (request.messages.empty() || request.messages.back().role != Role::user) return {};
  // Two ways to go on that have nothing in common: a word's end and a line's.
  std::vector<Token> lasting;
  for (const char* more : {"a", "\n1"}) {
    Request longer = request;
    longer.messages.back().content += more;
    std::optional<PromptPlan> plan = plan_prompt(model, longer, given, stop);
    if (!plan) return {};
    if (lasting.empty()) {
      lasting = std::move(plan->tokens);
    } else {
      lasting.erase(std::ranges::mismatch(lasting, plan->tokens).in1, lasting.end());
    }
  }
  return lasting;
}

}  // namespace sotto::engine
