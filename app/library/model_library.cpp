#include "library/model_library.h"

#include <QDateTime>
#include <QFileInfo>
#include <utility>

#include "inference/inference_worker.h"
#include "storage/lasting_writes.h"
#include "storage/model_repository.h"
#include "storage/storage_worker.h"

namespace sotto::app {

namespace {

constexpr int longestRecent = 10;
constexpr char starterName[] = "starter";  // among the recent models in the store

}  // namespace

ModelLibrary::ModelLibrary(StorageWorker& storage, LastingWrites& states, InferenceWorker& worker, QString starter)
    : storage_(storage), states_(states), worker_(worker), starter_(std::move(starter)), templates_(states) {
  connect(&hasher_, &ModelHasher::hashed, this, &ModelLibrary::setHash);
  connect(&templates_, &ModelTemplates::previewed, this, &ModelLibrary::onPreview);
}

void ModelLibrary::setRecent(const QStringList& paths) {
  recent_ = paths;
  const qsizetype starter = recent_.indexOf(QLatin1String(starterName));
  if (starter >= 0 && starter_.isEmpty()) recent_.removeAt(starter);
  if (starter >= 0 && !starter_.isEmpty()) recent_[starter] = starter_;
  emit recentChanged();
}

void ModelLibrary::load(const QString& path, JobId job) {
  stop_.request_stop();
  stop_ = std::stop_source();
  job_ = job;
  if (status_.state == ModelState::ready) kept_ = status_;
  status_ = {};
  status_.state = ModelState::loading;
  status_.path = path;
  status_.name = QFileInfo(path).completeBaseName();
  worker_.load({.id = job, .path = path, .stop = stop_});
  emit changed();
}

void ModelLibrary::cancel() {
  if (status_.state == ModelState::loading) stop_.request_stop();
}

void ModelLibrary::lose(const QString& sentence) {
  leaveModel();
  kept_.reset();
  if (status_.state == ModelState::loading) return;  // of another one
  status_.state = ModelState::failed;
  status_.error = sentence;
  emit changed();
}

void ModelLibrary::handle(const LoadProgress& event) {
  if (event.job != job_ || status_.state != ModelState::loading) return;
  status_.progress = event.fraction;
  emit changed();
}

void ModelLibrary::handle(const LoadSucceeded& event) {
  if (event.job != job_ || status_.state != ModelState::loading) return;
  leaveModel();
  kept_.reset();
  const LoadedModelInfo& model = event.model;
  status_.state = ModelState::ready;
  status_.progress = 1;
  status_.name = model.name;
  status_.quantisation = model.quantisation;
  status_.fileBytes = model.fileBytes;
  status_.contextLength = model.contextLength;
  status_.ownTemplate = model.chatTemplate;
  status_.suggested = model.suggested;
  identity_ = {.name = model.name, .hash = {}, .file = event.file};
  templateKey_ = model.templateKey;
  model_ = model.model;
  useTemplate();
  recent_.removeAll(model.path);
  recent_.prepend(model.path);
  while (recent_.size() > longestRecent) recent_.removeLast();
  const QString name = model.path == starter_ ? QLatin1String(starterName) : model.path;
  states_.put(QStringLiteral("recent ") + name,
              [name, now = QDateTime::currentDateTimeUtc()](Store& store) { store.models().addRecent(name, now); });
  emit changed();
  emit recentChanged();
  emit loaded();
  if (event.file) identify(*event.file);
}

void ModelLibrary::handle(const LoadFailed& event) {
  if (event.job != job_ || status_.state != ModelState::loading) return;
  if (event.kept && kept_) {
    status_ = *std::exchange(kept_, std::nullopt);
    emit changed();
    emit notLoaded(event.sentence);
    emit kept(event.sentence);
    return;
  }
  leaveModel();
  kept_.reset();
  status_.state = event.cancelled ? ModelState::none : ModelState::failed;
  status_.error = event.sentence;
  emit changed();
  emit notLoaded(event.sentence);
}

void ModelLibrary::leaveModel() {
  if (identity_.file && hashAwaited_ && identity_.hash.isEmpty()) {
    hasher_.compute(*identity_.file);  // goes on
  } else if (identity_.file) {
    hasher_.giveUp(*identity_.file);
  }
  hashAwaited_ = false;
  identity_ = {};
  templateKey_.clear();
  model_.reset();
}

// What the model's replies are written with from now on. What somebody's text is will be known a moment later.
void ModelLibrary::useTemplate() {
  identity_.chatTemplate = templates_.text(templateKey_);
  status_.chatTemplate = status_.ownTemplate;
  if (identity_.chatTemplate.isEmpty()) return;
  status_.chatTemplate = {.origin = engine::TemplateUse::Origin::given, .text = identity_.chatTemplate.toStdString()};
  templates_.preview(model_, identity_.chatTemplate, {});
}

void ModelLibrary::setChatTemplate(const QString& text) {
  if (status_.state != ModelState::ready || text == identity_.chatTemplate) return;
  templates_.set(templateKey_, text);
  useTemplate();
  emit chatTemplateChanged();
  emit changed();
}

void ModelLibrary::previewTemplate(const QString& text, std::optional<bool> thinking) {
  templates_.preview(model_, text, thinking);
}

void ModelLibrary::onPreview(const TemplatePreview& preview) {
  if (status_.state == ModelState::ready && !preview.text.isEmpty() && preview.text == identity_.chatTemplate) {
    status_.chatTemplate = preview.use;
    emit changed();
  }
  emit templatePreviewed(preview);
}

// Looks the hash up, and has it computed where the file is new or has changed.
void ModelLibrary::identify(const FileStamp& file) {
  storage_.post([file](Store& store) { return store.models().hash(file); }, this,
                [this, file](const Result<std::optional<QString>>& known) {
                  if (!known.ok()) return;
                  if (*known) {
                    setHash(file, **known);
                  } else if (identity_.file == file) {
                    hasher_.compute(file);
                  }
                });
}

// Replies that began while it was not known get it from the store.
void ModelLibrary::setHash(const FileStamp& file, const QString& sha256) {
  states_.put(QStringLiteral("hash ") + file.path,
              [file, sha256](Store& store) { store.models().setHash(file, sha256); });
  if (identity_.file != file) return;
  identity_.hash = sha256;
  emit hashKnown();
}

}  // namespace sotto::app
