#include "inference/generation_run.h"

#include <QCoreApplication>
#include <thread>
#include <utility>

#include "inference/engine_failure.h"
#include "inference/held_text.h"
#include "inference/reply_recorder.h"

namespace sotto::app {

namespace {

StopReason toApp(engine::StopReason reason) {
  switch (reason) {
    case engine::StopReason::end:
      return StopReason::end;
    case engine::StopReason::length:
      return StopReason::length;
    case engine::StopReason::context:
      return StopReason::context;
    case engine::StopReason::stop_string:
      return StopReason::stopString;
    case engine::StopReason::stopped:
      return StopReason::stopped;
  }
  return StopReason::none;
}

int utf16Length(std::string_view utf8) {
  int units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

}  // namespace

GenerationRun::GenerationRun(GenerationJob& job, EngineMailbox& mailbox)
    : job_(job), mailbox_(mailbox), decodeStart_(std::chrono::steady_clock::now()) {
  end_.job = job.id;
  end_.stats = job.earlier;
}

RunOutcome GenerationRun::perform(LoadedModel* model) noexcept {
  try {
    if (job_.stop.stop_requested()) {
      end_.reason = StopReason::stopped;
    } else if (model == nullptr) {
      end_.state = MessageState::failed;
      end_.reason = StopReason::error;
      end_.error = QCoreApplication::translate("sotto::app::GenerationRun", "No model is loaded; open a model first.");
    } else {
      generate(*model);
    }
  } catch (...) {
    fail(model);
  }
  finish();
  return end_.modelLost ? RunOutcome::modelLost : RunOutcome::kept;
}

void GenerationRun::generate(LoadedModel& model) {
  takeEarlierTokens(model);
  engine::GenerationObserver observer;
  observer.prefill = [this](int done, int total, int) { guarded([&] { onPrefill(done, total); }); };
  observer.token = [this](const engine::GeneratedToken& token) { guarded([&] { onToken(token); }); };
  observer.text = [this](std::string_view text) { guarded([&] { onText(text); }); };
  const engine::GenerationResult result = model.generate(job_.request, *job_.sampling, observer, job_.stop.get_token());
  if (thrown_) std::rethrow_exception(thrown_);
  end_.reason = toApp(result.reason);
  // Earlier tokens whose time is not known (the process died) count as read, not as written.
  end_.stats.promptTokens = result.prompt_tokens - job_.earlier.generatedTokens;
  end_.stats.reusedTokens = result.reused_tokens;
  end_.stats.generatedTokens += result.generated_tokens;
  end_.stats.prefillSeconds += result.prefill_seconds;
  end_.stats.decodeSeconds += result.decode_seconds;
}

// A reply that is continued goes on from its ids. One without ids (imported, or written by another model) gets this
// model's.
void GenerationRun::takeEarlierTokens(LoadedModel& model) {
  auto& messages = job_.request.messages;
  if (messages.empty() || messages.back().role != engine::Role::assistant) return;
  engine::ChatMessage& reply = messages.back();
  const bool foreign = reply.tokens.empty();
  if (foreign) reply.tokens = model.encode(reply.content);
  std::string text =
      foreign ? reply.content
              : completedText(reply.tokens, reply.content, [&](engine::Token token) { return model.piece(token); });
  if (foreign || text != reply.content) {
    reply.content = std::move(text);
    ReplyDelta delta{.job = job_.id};
    delta.base = {.tokens = reply.tokens, .text = reply.content};
    if (job_.recorder) job_.recorder->rebase(*delta.base);
    mailbox_.post(std::move(delta));
  }
  textLength_ = utf16Length(reply.content);
  if (reply.tokens.empty()) messages.pop_back();  // nothing to continue: the reply begins anew
}

void GenerationRun::onPrefill(int done, int total) {
  mailbox_.post(PrefillProgress{.job = job_.id, .done = done, .total = total});
  if (done >= total) decodeStart_ = std::chrono::steady_clock::now();
}

void GenerationRun::onToken(const engine::GeneratedToken& token) {
  ReplyDelta delta{.job = job_.id};
  delta.tokens.push_back(token.id);
  delta.decodeSeconds = decodeSeconds();
  const bool moved = !sawToken_ || token.revision != revision_;
  sawToken_ = true;
  revision_ = token.revision;
  if (moved && token.params != nullptr && (job_.timeline.empty() || job_.timeline.back().params != *token.params)) {
    // Parameters that were replaced before a token was drawn with them leave no trace.
    if (!job_.timeline.empty() && job_.timeline.back().token == token.index) job_.timeline.pop_back();
    job_.timeline.push_back({.token = token.index, .params = *token.params, .textOffset = textLength_});
    delta.timeline.push_back(job_.timeline.back());
  }
  if (job_.recorder) job_.recorder->append(delta);
  mailbox_.post(std::move(delta));
}

void GenerationRun::onText(std::string_view text) {
  ReplyDelta delta{.job = job_.id};
  delta.text = text;
  textLength_ += utf16Length(text);
  delta.decodeSeconds = decodeSeconds();
  if (job_.recorder) job_.recorder->append(delta);
  mailbox_.post(std::move(delta));
}

double GenerationRun::decodeSeconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - decodeStart_).count();
}

void GenerationRun::fail(LoadedModel* model) noexcept {
  EngineFailure failure = describeFailure(std::current_exception());
  end_.state = MessageState::failed;
  end_.reason = failure.code == engine::ErrorCode::context_full ? StopReason::context : StopReason::error;
  end_.error = std::move(failure.sentence);
  // The weights are a mapping of the file: once it changed there is nothing left to compute with.
  end_.modelLost = failure.code == engine::ErrorCode::io;
  // A failure that the engine did not foresee may leave half a state behind.
  if (failure.code || model == nullptr) return;
  try {
    model->reset();
  } catch (...) {
    end_.modelLost = true;
  }
}

void GenerationRun::finish() noexcept {
  // Only memory can be lacking here, perhaps for a moment. If it stays so the row stays `streaming` and the next start
  // recovers it.
  const auto persist = [](const auto& step) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      try {
        step();
        return;
      } catch (...) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  };
  if (job_.recorder) persist([this] { job_.recorder->finish(end_, job_.timeline); });
  persist([this] { mailbox_.post(end_); });
}

}  // namespace sotto::app
