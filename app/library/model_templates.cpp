#include "library/model_templates.h"

#include <QCryptographicHash>
#include <vector>

#include "inference/engine_failure.h"
#include "sotto/engine/error.h"
#include "storage/lasting_writes.h"
#include "storage/model_repository.h"
#include "storage/store.h"

namespace sotto::app {

namespace {

TemplatePreview previewOf(const engine::Model& model, const QString& text, std::optional<bool> thinking,
                          const std::stop_token& stop) {
  using engine::Role;
  const std::vector<engine::ChatMessage> conversation{{Role::system, "You are a helpful assistant.", {}},
                                                      {Role::user, "Hello!", {}},
                                                      {Role::assistant, "Hello! How can I help?", {}},
                                                      {Role::user, "Tell me a story.", {}}};
  TemplatePreview preview{.text = text, .use = {}, .prompt = {}, .error = {}};
  try {
    const std::string source = text.toStdString();
    preview.use = text.isEmpty() ? model.template_use() : model.template_use(source);
    preview.prompt = QString::fromStdString(model.preview(source, conversation, thinking, stop));
  } catch (const engine::Error& error) {
    preview.error = sentence(QString::fromUtf8(error.what()));
  } catch (const std::exception&) {
    preview.error = ModelTemplates::tr("The chat template needs more memory than there is.");
  }
  return preview;
}

}  // namespace

QString templateKey(const engine::Model& model) {
  const engine::TemplateUse& use = model.template_use();
  QCryptographicHash hash(QCryptographicHash::Sha256);
  for (const std::string& part : {model.info().name, model.info().architecture,
                                  use.origin == engine::TemplateUse::Origin::own ? use.text : std::string()}) {
    hash.addData(QByteArrayView(part.data(), static_cast<qsizetype>(part.size())));
    hash.addData(QByteArrayView("\0", 1));
  }
  return QString::fromLatin1(hash.result().toHex());
}

ModelTemplates::~ModelTemplates() {
  stop_.request_stop();
  pool_.waitForDone();
}

void ModelTemplates::set(const QString& key, const QString& text) {
  if (text.isEmpty()) {
    texts_.remove(key);
  } else {
    texts_.insert(key, text);
  }
  states_.put(QStringLiteral("template ") + key,
              [key, text](Store& store) { store.models().setChatTemplate(key, text); });
}

void ModelTemplates::preview(const std::weak_ptr<const engine::Model>& model, const QString& text,
                             std::optional<bool> thinking) {
  stop_.request_stop();
  stop_ = std::stop_source();
  pool_.clear();
  pool_.start([this, model, text, thinking, asked = ++asked_, stop = stop_.get_token()] {
    const auto loaded = model.lock();
    if (!loaded) return;
    TemplatePreview preview = previewOf(*loaded, text, thinking, stop);
    if (stop.stop_requested()) return;
    QMetaObject::invokeMethod(this, [this, asked, preview = std::move(preview)] {
      if (asked == asked_) emit previewed(preview);
    });
  });
}

}  // namespace sotto::app
