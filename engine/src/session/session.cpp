#include "sotto/engine/session.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "model/kv_cache.h"
#include "model/parts.h"
#include "model/transformer.h"
#include "session/prompt_lookup.h"
#include "session/prompt_plan.h"
#include "session/reply_text.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

int checked_context(const Model& model, int context) {
  if (context == 0) return model.default_context();
  const auto most = static_cast<int>(model.parts().architecture.context);
  if (context < 1 || context > most) {
    throw Error(ErrorCode::invalid_argument, "A context of " + std::to_string(context) +
                                                 " tokens was asked for; this model has from 1 to " +
                                                 std::to_string(most));
  }
  return context;
}

}  // namespace

struct Session::Impl {
  Impl(std::shared_ptr<const Model> shared, const SessionOptions& options)
      : model(std::move(shared)),
        context(checked_context(*model, options.context)),
        operations(options.threads),
        cache(model->parts().kv_shape(), options.kv_type),
        transformer(model->parts().architecture, model->parts().weights, operations, context) {
    require_memory(KvCache::bytes_for(model->parts().kv_shape(), options.kv_type, context), 0,
                   "A context of " + std::to_string(context) + " tokens");
  }

  // How many tokens are read in one call: of a family whose prompts see themselves whole, all.
  [[nodiscard]] std::size_t most_at_once(std::size_t tokens) const {
    return model->parts().architecture.family->prefix ? tokens : Transformer::kMaxTokens;
  }

  // Reads tokens into the state, chunk by chunk. False when stopped: the chunks read until then stay.
  bool prefill(std::span<const Token> tokens, std::size_t most, const std::function<void(int)>& progress) {
    const int layers = model->parts().architecture.layers;
    for (std::size_t start = 0; start < tokens.size();) {
      const auto chunk = tokens.subspan(start, std::min(most, tokens.size() - start));
      const bool done = transformer.forward(Phase::prefill, chunk, cache, [&](int layer) {
        if (progress) progress(static_cast<int>(start) + static_cast<int>(chunk.size()) * layer / layers);
      });
      check_file();
      if (!done) return false;
      start += chunk.size();
    }
    return true;
  }

  // The file is mapped: what was computed from a file that changed is worth nothing.
  void check_file(bool look = false) {
    try {
      model->parts().file->check_unchanged(look);
    } catch (...) {
      cache.clear();
      throw;
    }
  }

  // A request's stop token reaches the operations while this lives.
  struct StopScope {
    StopScope(OpContext& operations, std::stop_token stop) : operations_(operations) {
      operations.stop = std::move(stop);
    }
    ~StopScope() { operations_.stop = {}; }
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

   private:
    OpContext& operations_;
  };

  const GivenTemplate* given_template(const Request& request) {
    if (request.chat_template.empty()) return nullptr;
    if (!given || given->text() != request.chat_template)
      given = std::make_unique<const GivenTemplate>(request.chat_template, model->tokenizer());
    return given.get();
  }

  GenerationResult generate(const Request& request, const LiveSampling& sampling, const GenerationObserver& observer,
                            std::stop_token stop);
  // `row`: of the logits that follow the prompt.
  StopReason decode(const Request& request, const PromptPlan& plan, int row, const LiveSampling& sampling,
                    const GenerationObserver& observer, ReplyText& text, GenerationResult& result);

  std::shared_ptr<const Model> model;
  int context;
  OpContext operations;
  KvCache cache;
  Transformer transformer;
  std::vector<float> logits;
  std::unique_ptr<const GivenTemplate> given;
};

PromptTooLong::PromptTooLong(int by, int context, int longest)
    : Error(ErrorCode::context_full,
            "The prompt is " + std::to_string(by) + " tokens too long for the context of " + std::to_string(context) +
                " tokens; shorten it" +
                (longest > context ? " or choose a longer context" : ", for the model has no longer context")),
      by_(by),
      context_(context) {}

GenerationResult Session::Impl::generate(const Request& request, const LiveSampling& sampling,
                                         const GenerationObserver& observer, std::stop_token stop) {
  check_file(true);
  const std::optional<PromptPlan> planned = plan_prompt(model->parts(), request, given_template(request), stop);
  if (!planned) return {.reason = StopReason::stopped};
  const PromptPlan& plan = *planned;
  const int total = static_cast<int>(plan.tokens.size());
  if (total >= context) {
    throw PromptTooLong(total - context + 1, context, model->parts().architecture.context);
  }
  GenerationResult result;
  result.prompt_tokens = total;
  const StopScope scope(operations, std::move(stop));
  const auto start = Clock::now();
  // The last token is always read on its own, as decode would: its logits do not depend on how much was reused. A
  // prompt that sees itself whole is always read whole.
  const bool whole = model->parts().architecture.family->prefix;
  const int reused = whole ? 0 : std::min(cache.prefix_length(plan.tokens), total - 1);
  if (!cache.truncate(reused)) cache.clear();
  result.reused_tokens = cache.length();
  const auto report = [&](int done) {
    if (observer.prefill) observer.prefill(done, total, result.reused_tokens);
  };
  report(result.reused_tokens);
  const auto unread = std::span(plan.tokens).subspan(static_cast<std::size_t>(cache.length()));
  bool done = prefill(whole ? unread : unread.first(unread.size() - 1), most_at_once(unread.size()),
                      [&](int read) { report(result.reused_tokens + read); });
  if (!whole) done = done && transformer.forward(Phase::decode, unread.last(1), cache);
  result.prefill_seconds = seconds_since(start);
  check_file();
  if (!done) {
    result.reason = StopReason::stopped;
    return result;
  }
  report(total);
  if (!plan.thought.empty() && observer.text) observer.text(plan.thought);
  ReplyText text(model->tokenizer(), plan.stop_strings, plan.continued, plan.templated);
  const auto decode_start = Clock::now();
  result.reason = decode(request, plan, whole ? total - 1 : 0, sampling, observer, text, result);
  result.decode_seconds = seconds_since(decode_start);
  const std::string rest = text.finish(result.reason != StopReason::end);
  if (!rest.empty() && observer.text) observer.text(rest);
  return result;
}

StopReason Session::Impl::decode(const Request& request, const PromptPlan& plan, int row, const LiveSampling& sampling,
                                 const GenerationObserver& observer, ReplyText& text, GenerationResult& result) {
  const auto vocabulary = static_cast<std::size_t>(model->parts().architecture.vocabulary);
  std::vector<Token> history = plan.tokens;
  int index = static_cast<int>(plan.continued.size());
  // Draws the next token; a reason to end, or none.
  const auto draw = [&](std::span<float> row_logits) -> std::optional<StopReason> {
    const LiveSampling::Snapshot snapshot = sampling.snapshot();
    const Token token = sample(row_logits, history, snapshot.params, request.seed, static_cast<std::uint64_t>(index));
    if (!request.ignore_end && model->tokenizer().is_end(token)) return StopReason::end;
    history.push_back(token);
    ++result.generated_tokens;
    if (observer.token) observer.token({token, index, snapshot.revision, &snapshot.params});
    ++index;
    const std::string ready = text.push(token);
    if (!ready.empty() && observer.text) observer.text(ready);
    if (text.stopped()) return StopReason::stop_string;
    if (request.max_tokens > 0 && result.generated_tokens >= request.max_tokens) return StopReason::length;
    if (static_cast<int>(history.size()) >= context) return StopReason::context;
    return std::nullopt;
  };
  DraftLength length;
  std::vector<Token> pass;  // a token that was drawn, and those that are proposed to follow it
  double seconds = 0;       // that it took
  for (;;) {
    if (operations.stopped()) return StopReason::stopped;
    const auto start = Clock::now();
    const std::size_t rows = std::max<std::size_t>(1, pass.size());
    logits.resize(rows * vocabulary);
    transformer.logits(std::exchange(row, 0), static_cast<int>(rows), logits);
    if (operations.stopped()) return StopReason::stopped;
    seconds += seconds_since(start);
    const std::size_t certain = history.size();
    std::optional<StopReason> end;
    for (std::size_t r = 0; r < rows && !end; ++r) {
      // A row is of use when the token before it is the one that was drawn.
      if (r > 0 && history.back() != pass[r]) break;
      if (r > 0 && operations.stopped()) {
        end = StopReason::stopped;
        break;
      }
      end = draw(std::span(logits).subspan(r * vocabulary, vocabulary));
    }
    if (!pass.empty()) {
      const std::size_t read = std::min(history.size(), certain + rows - 1);
      std::size_t accepted = 0;
      while (certain + accepted < read && history[certain + accepted] == pass[1 + accepted]) ++accepted;
      length.learn(rows - 1, accepted, seconds);
      result.proposed_tokens += static_cast<int>(rows) - 1;
      result.accepted_tokens += static_cast<int>(accepted);
      // What was proposed in vain is forgotten.
      if (accepted + 1 < rows) static_cast<void>(cache.truncate(static_cast<int>(certain + accepted)));
    }
    if (end) return *end;
    pass.assign(1, history.back());
    const std::size_t room =
        std::min(request.max_tokens > 0 ? static_cast<std::size_t>(request.max_tokens - result.generated_tokens - 1)
                                        : history.size(),
                 static_cast<std::size_t>(context) - history.size() - 1);
    if (const std::size_t most = request.speculate ? std::min(length.next(), room) : 0; most > 0) {
      std::ranges::copy(looked_up(history, most), std::back_inserter(pass));  // perhaps none
    }
    const auto forward_start = Clock::now();
    if (!transformer.forward(Phase::decode, pass, cache)) return StopReason::stopped;
    seconds = seconds_since(forward_start);
    check_file();
  }
}

Session::Session(std::shared_ptr<const Model> model, const SessionOptions& options)
    : impl_(std::make_unique<Impl>(std::move(model), options)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

GenerationResult Session::generate(const Request& request, const LiveSampling& sampling,
                                   const GenerationObserver& observer, std::stop_token stop) {
  return impl_->generate(request, sampling, observer, std::move(stop));
}

bool Session::read_ahead(const Request& request, std::stop_token stop) {
  // Few, for a stop leaves those that are being read unread: the reply that is asked for must not wait for long.
  constexpr std::size_t most = 64;
  Impl& s = *impl_;
  s.check_file(true);
  if (s.model->parts().architecture.family->prefix) return true;
  const std::vector<Token> tokens = lasting_tokens(s.model->parts(), request, s.given_template(request), stop);
  if (stop.stop_requested()) return false;
  const int total = static_cast<int>(tokens.size()), reused = s.cache.prefix_length(tokens);
  if (total >= s.context || reused == total) return true;
  if (!s.cache.truncate(reused)) s.cache.clear();
  const Impl::StopScope scope(s.operations, std::move(stop));
  return s.prefill(std::span(tokens).subspan(static_cast<std::size_t>(s.cache.length())), most, {});
}

bool Session::evaluate(std::span<const Token> tokens, const std::function<void(int, std::span<const float>)>& row,
                       std::stop_token stop) {
  constexpr int kRows = kRowPadding;  // logits rows at a time
  Impl& s = *impl_;
  const int vocabulary = s.model->parts().architecture.vocabulary;
  for (const Token token : tokens) {
    if (token < 0 || token >= vocabulary) {
      throw Error(ErrorCode::invalid_argument, "The token id " + std::to_string(token) +
                                                   " is not in the vocabulary of " + std::to_string(vocabulary) +
                                                   " tokens");
    }
  }
  if (static_cast<int>(tokens.size()) > s.context) {
    throw Error(ErrorCode::context_full, "The text is " + std::to_string(static_cast<int>(tokens.size()) - s.context) +
                                             " tokens too long for the context of " + std::to_string(s.context) +
                                             " tokens");
  }
  s.check_file(true);
  s.cache.clear();
  const Impl::StopScope scope(s.operations, std::move(stop));
  FloatBuffer rows(static_cast<std::size_t>(padded_rows(kRows)) * static_cast<std::size_t>(vocabulary));
  const std::size_t most = s.most_at_once(tokens.size());
  for (std::size_t start = 0; start < tokens.size(); start += most) {
    const auto chunk = tokens.subspan(start, std::min(most, tokens.size() - start));
    const bool done = s.transformer.forward(Phase::prefill, chunk, s.cache);
    s.check_file();
    if (!done) return false;
    const int count = static_cast<int>(chunk.size());
    for (int first = 0; first < count; first += kRows) {
      const int n = std::min(kRows, count - first);
      if (!s.transformer.logits(first, n, rows.data())) return false;
      for (int i = 0; i < n; ++i) {
        row(static_cast<int>(start) + first + i,
            {rows.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(vocabulary),
             static_cast<std::size_t>(vocabulary)});
      }
    }
  }
  return true;
}

int Session::count_tokens(const Request& request) const {
  return static_cast<int>(plan_prompt(impl_->model->parts(), request, impl_->given_template(request))->tokens.size());
}

const Model& Session::model() const noexcept { return *impl_->model; }
int Session::context() const noexcept { return impl_->context; }
int Session::threads() const noexcept { return impl_->operations.team.threads(); }
int Session::length() const noexcept { return impl_->cache.length(); }
void Session::reset() { impl_->cache.clear(); }

}  // namespace sotto::engine
