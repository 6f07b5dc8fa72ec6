#include "library/model_library.h"

#include <QDateTime>
#include <QFileInfo>

#include "inference/inference_worker.h"
#include "storage/storage_worker.h"

namespace sotto::app {

namespace {

constexpr int longestRecent = 10;

// What is known of a file without reading it.
struct KnownModel {
  std::optional<FileStamp> stamp;
  QString sha256;
};

}  // namespace

ModelLibrary::ModelLibrary(StorageWorker& storage, InferenceWorker& worker, QObject* parent)
    : QObject(parent), storage_(storage), worker_(worker) {
  connect(&hasher_, &ModelHasher::hashed, this, [this](const FileStamp& stamp, const QString& sha256) {
    storage_.post([stamp, sha256](Store& store) { store.models().setHash(stamp, sha256); });
    setHash(sha256);
  });
}

void ModelLibrary::setRecent(const QStringList& paths) {
  recent_ = paths;
  emit recentChanged();
}

void ModelLibrary::load(const QString& path, JobId job) {
  stop_.request_stop();
  stop_ = std::stop_source();
  job_ = job;
  hasher_.cancel();
  identity_ = {};
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
  hasher_.cancel();
  identity_ = {};
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
  if (stop_.stop_requested()) {  // it was loaded before the engine saw the stop
    worker_.unload();
    handle(LoadFailed{.job = event.job, .cancelled = true, .sentence = {}});
    return;
  }
  const LoadedModelInfo& model = event.model;
  status_.state = ModelState::ready;
  status_.progress = 1;
  status_.name = model.name;
  status_.quantisation = model.quantisation;
  status_.fileBytes = model.fileBytes;
  status_.contextLength = model.contextLength;
  status_.suggested = model.suggested;
  identity_ = {.name = model.name, .hash = {}};
  recent_.removeAll(model.path);
  recent_.prepend(model.path);
  while (recent_.size() > longestRecent) recent_.removeLast();
  storage_.post([path = model.path, now = QDateTime::currentDateTimeUtc()](Store& store) {
    store.models().addRecent(path, now);
  });
  emit changed();
  emit recentChanged();
  emit loaded();
  identify(model.path);
}

void ModelLibrary::handle(const LoadFailed& event) {
  if (event.job != job_ || status_.state != ModelState::loading) return;
  status_.state = event.cancelled ? ModelState::none : ModelState::failed;
  status_.error = event.sentence;
  emit changed();
  emit notLoaded(event.sentence);
}

// Looks the hash up, and has it computed where the file is new or has changed.
void ModelLibrary::identify(const QString& path) {
  storage_.post(
      [path](Store& store) {
        KnownModel known{.stamp = stampOf(path), .sha256 = {}};
        if (known.stamp) known.sha256 = store.models().hash(*known.stamp).value_or(QString());
        return known;
      },
      this,
      [this, job = job_](const Result<KnownModel>& known) {
        if (job != job_ || status_.state != ModelState::ready || !known.ok() || !known->stamp) return;
        if (known->sha256.isEmpty()) {
          hasher_.compute(*known->stamp);
        } else {
          setHash(known->sha256);
        }
      });
}

void ModelLibrary::setHash(const QString& sha256) {
  if (status_.state != ModelState::ready) return;
  identity_.hash = sha256;
  emit hashKnown();
}

}  // namespace sotto::app
