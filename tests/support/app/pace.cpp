#include "support/app/pace.h"

#include <functional>
#include <thread>
#include <utility>

namespace sotto::test {

namespace {

class PacedModel : public app::LoadedModel {
 public:
  PacedModel(std::unique_ptr<app::LoadedModel> model, std::shared_ptr<Pace> pace)
      : model_(std::move(model)), pace_(std::move(pace)) {}

  [[nodiscard]] app::LoadedModelInfo info() const override { return model_->info(); }
  void readAhead(const engine::Request& request, std::stop_token stop) override {
    model_->readAhead(request, std::move(stop));
  }
  [[nodiscard]] int countTokens(const engine::Request& request) const override { return model_->countTokens(request); }
  [[nodiscard]] std::vector<engine::Token> encode(const std::string& text) const override {
    return model_->encode(text);
  }
  [[nodiscard]] std::string piece(engine::Token token) const override { return model_->piece(token); }
  void reset() override { model_->reset(); }

  engine::GenerationResult generate(const engine::Request& request, const engine::LiveSampling& sampling,
                                    const engine::GenerationObserver& observer, std::stop_token stop) override {
    std::exception_ptr thrown;
    std::stop_source inner;
    const std::stop_callback forward(stop, [&inner] { inner.request_stop(); });
    int written = 0;
    engine::GenerationObserver paced = observer;
    paced.prefill = [&](int done, int total, int reused) {
      observer.prefill(done, total, reused);
      if (done < total) pace_->atStage(Pace::Stage::prefill, stop);
    };
    paced.token = [&](const engine::GeneratedToken& token) {
      if (thrown) return;
      try {
        pace_->beforeToken(written);
      } catch (...) {
        thrown = std::current_exception();
        inner.request_stop();
        return;
      }
      observer.token(token);
      pace_->afterToken(++written, stop);
    };
    paced.text = [&](std::string_view text) {
      if (!thrown) observer.text(text);
    };
    const engine::GenerationResult result = model_->generate(request, sampling, paced, inner.get_token());
    if (thrown) std::rethrow_exception(thrown);
    return result;
  }

 private:
  std::unique_ptr<app::LoadedModel> model_;
  std::shared_ptr<Pace> pace_;
};

}  // namespace

void Pace::holdAfter(int tokens) {
  const std::lock_guard lock(mutex_);
  heldAfter_ = tokens;
  changed_.notify_all();
}

void Pace::hold(Stage stage) {
  const std::lock_guard lock(mutex_);
  (stage == Stage::load ? loadHeld_ : prefillHeld_) = true;
}

void Pace::release() {
  const std::lock_guard lock(mutex_);
  heldAfter_ = std::numeric_limits<int>::max();
  loadHeld_ = prefillHeld_ = false;
  changed_.notify_all();
}

void Pace::slow(std::chrono::microseconds perToken) {
  const std::lock_guard lock(mutex_);
  perToken_ = perToken;
}

void Pace::failAt(int token, std::function<void()> thrower) {
  const std::lock_guard lock(mutex_);
  failing_ = token;
  thrower_ = std::move(thrower);
}

bool Pace::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > 0;
}

void Pace::atStage(Stage stage, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  waitWhile([&] { return stage == Stage::load ? loadHeld_ : prefillHeld_; }, std::move(stop), lock);
}

void Pace::afterToken(int written, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto pause = perToken_;
  if (pause.count() > 0) {
    lock.unlock();
    std::this_thread::sleep_for(pause);
    lock.lock();
  }
  waitWhile([&] { return written >= heldAfter_; }, std::move(stop), lock);
}

void Pace::beforeToken(int number) {
  std::function<void()> thrower;
  {
    const std::lock_guard lock(mutex_);
    if (number == failing_) thrower = thrower_;
  }
  if (thrower) thrower();
}

void Pace::waitWhile(const std::function<bool()>& held, std::stop_token stop, std::unique_lock<std::mutex>& lock) {
  ++waiting_;
  changed_.wait(lock, std::move(stop), [&] { return !held(); });
  --waiting_;
}

app::ModelLoader pacedLoader(std::shared_ptr<Pace> pace, app::ModelLoader loader) {
  if (!loader) loader = app::engineModelLoader();
  return [pace = std::move(pace), loader = std::move(loader)](
             const QString& path, const engine::LoadOptions& options) -> std::unique_ptr<app::LoadedModel> {
    pace->atStage(Pace::Stage::load, options.stop);
    auto model = loader(path, options);
    if (!model) return nullptr;
    return std::make_unique<PacedModel>(std::move(model), pace);
  };
}

}  // namespace sotto::test
