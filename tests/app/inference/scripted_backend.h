// A model for tests of the worker alone: it writes letters, waits, or fails as it is told.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "inference/loaded_model.h"

namespace sotto::test {

// What the model does; shared with the test. Set before the job begins.
struct BackendPlan {
  int tokens = 10;
  std::chrono::microseconds pause{0};          // before each token
  std::function<void()> beforeLoad;            // may throw
  std::function<void(int token)> beforeToken;  // may throw
  std::function<void(const engine::Request&)> seen = [](const engine::Request&) {};
  std::function<void(const engine::Request&, const std::stop_token&)> readAhead;  // may throw
  std::atomic<int> resets = 0;
  std::atomic<int> alive = 0;  // models that exist now
};

class ScriptedBackend : public app::LoadedModel {
 public:
  ScriptedBackend(QString path, std::shared_ptr<BackendPlan> plan) : path_(std::move(path)), plan_(std::move(plan)) {
    ++plan_->alive;
  }
  ~ScriptedBackend() override { --plan_->alive; }

  [[nodiscard]] app::LoadedModelInfo info() const override {
    return {
        .path = path_, .name = QStringLiteral("letters"), .quantisation = {}, .contextLength = 1000, .suggested = {}};
  }

  engine::GenerationResult generate(const engine::Request& request, const engine::LiveSampling& sampling,
                                    const engine::GenerationObserver& observer, std::stop_token stop) override {
    plan_->seen(request);
    engine::GenerationResult result;
    result.prompt_tokens = 3;
    observer.prefill(3, 3, 0);
    const bool continued = !request.messages.empty() && request.messages.back().role == engine::Role::assistant;
    const int first = continued ? static_cast<int>(request.messages.back().tokens.size()) : 0;
    result.prompt_tokens += first;
    for (int i = first; i < plan_->tokens; ++i) {
      if (plan_->pause.count() > 0) std::this_thread::sleep_for(plan_->pause);
      if (stop.stop_requested()) {
        result.reason = engine::StopReason::stopped;
        return result;
      }
      if (plan_->beforeToken) plan_->beforeToken(i);
      const auto snapshot = sampling.snapshot();
      observer.token({.id = i % 26, .index = i, .revision = snapshot.revision, .params = &snapshot.params});
      observer.text(std::string(1, static_cast<char>('a' + i % 26)));
      ++result.generated_tokens;
    }
    return result;
  }

  void readAhead(const engine::Request& request, std::stop_token stop) override {
    if (plan_->readAhead) plan_->readAhead(request, stop);
  }
  [[nodiscard]] int countTokens(const engine::Request& request) const override {
    return static_cast<int>(request.messages.size());
  }
  [[nodiscard]] std::vector<engine::Token> encode(const std::string& text) const override {
    std::vector<engine::Token> tokens;
    for (const char c : text) tokens.push_back(c - 'a');
    return tokens;
  }
  [[nodiscard]] std::string piece(engine::Token token) const override {
    return std::string(1, static_cast<char>('a' + token));
  }
  void reset() override { ++plan_->resets; }

 private:
  QString path_;
  std::shared_ptr<BackendPlan> plan_;
};

inline app::ModelLoader scriptedLoader(std::shared_ptr<BackendPlan> plan) {
  return [plan](const QString& path, const engine::LoadOptions& options) -> std::unique_ptr<app::LoadedModel> {
    for (int step = 0; step <= 10; ++step) {
      if (options.stop.stop_requested()) return nullptr;
      options.progress(step / 10.0);
      if (plan->beforeLoad) plan->beforeLoad();
    }
    return std::make_unique<ScriptedBackend>(path, plan);
  };
}

}  // namespace sotto::test
