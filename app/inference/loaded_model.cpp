#include "inference/loaded_model.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <filesystem>

#include "library/model_name.h"
#include "library/model_templates.h"

namespace sotto::app {

namespace {

class SessionModel : public LoadedModel {
 public:
  SessionModel(QString path, std::shared_ptr<const engine::Model> model, const engine::SessionOptions& options)
      : path_(std::move(path)), model_(std::move(model)), session_(model_, options) {}

  [[nodiscard]] LoadedModelInfo info() const override {
    const engine::ModelInfo& info = session_.model().info();
    return {.path = path_,
            .name = modelName(QString::fromStdString(info.name), QString::fromStdString(info.architecture), path_),
            .quantisation = QString::fromStdString(info.quantisation),
            .fileBytes = info.file_bytes,
            .contextLength = session_.context(),
            .chatTemplate = model_->template_use(),
            .templateKey = templateKey(*model_),
            .model = model_,
            .suggested = info.suggested_sampling};
  }

  engine::GenerationResult generate(const engine::Request& request, const engine::LiveSampling& sampling,
                                    const engine::GenerationObserver& observer, std::stop_token stop) override {
    return session_.generate(request, sampling, observer, std::move(stop));
  }

  void readAhead(const engine::Request& request, std::stop_token stop) override {
    session_.read_ahead(request, std::move(stop));
  }

  [[nodiscard]] int countTokens(const engine::Request& request) const override {
    return session_.count_tokens(request);
  }

  [[nodiscard]] std::vector<engine::Token> encode(const std::string& text) const override {
    return session_.model().tokenizer().encode(text);
  }

  [[nodiscard]] std::string piece(engine::Token token) const override {
    return session_.model().tokenizer().piece(token);
  }

  void reset() override { session_.reset(); }

 private:
  QString path_;
  std::shared_ptr<const engine::Model> model_;
  engine::Session session_;
};

}  // namespace

ModelLoader engineModelLoader(const engine::SessionOptions& options) {
  return [options](const QString& path, const engine::LoadOptions& load) -> std::unique_ptr<LoadedModel> {
    if (!QFileInfo::exists(path)) {
      const QString sentence = QCoreApplication::translate("sotto::app::ModelLoader",
                                                           "The model is not at %1 any more; open it where it is now.");
      throw engine::Error(engine::ErrorCode::io, sentence.arg(path).toStdString());
    }
    auto model = engine::Model::load(std::filesystem::path(QFile::encodeName(path).toStdString()), load);
    if (!model) return nullptr;
    return std::make_unique<SessionModel>(path, std::move(model), options);
  };
}

}  // namespace sotto::app
