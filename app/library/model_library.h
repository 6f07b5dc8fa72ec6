// The model that is loaded, those that were, and who they are.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <optional>
#include <stop_token>

#include "chat/prompt.h"
#include "inference/engine_event.h"
#include "library/model_hasher.h"
#include "library/model_status.h"
#include "library/model_templates.h"

namespace sotto::app {

class InferenceWorker;
class LastingWrites;
class StorageWorker;

// GUI thread. Loading is the engine thread's, hashing a pool thread's, remembering the database thread's.
class ModelLibrary : public QObject {
  Q_OBJECT

 public:
  // `starter`: path of the model that comes with Sotto, empty when there is none. It is remembered as such, since it
  // lies elsewhere after the program has moved.
  ModelLibrary(StorageWorker& storage, LastingWrites& states, InferenceWorker& worker, QString starter);

  [[nodiscard]] const ModelStatus& status() const { return status_; }
  // Of the loaded model, which stays until another one is loaded; its hash is empty until it is known.
  [[nodiscard]] const ModelIdentity& identity() const { return identity_; }
  [[nodiscard]] const QStringList& recent() const { return recent_; }
  [[nodiscard]] const QString& starter() const { return starter_; }

  void setRecent(const QStringList& paths);  // as the store has them
  void load(const QString& path, JobId job);
  void cancel();
  // The loaded model cannot be used any more.
  void lose(const QString& sentence);
  // The loaded model's hash is wanted even when another one is loaded: replies wait for it.
  void awaitHash() { hashAwaited_ = true; }
  // Another chat template for the loaded model and its like, kept for later runs; empty: its own again.
  void setChatTemplate(const QString& text);
  // Ends with templatePreviewed. Empty: the model's own.
  void previewTemplate(const QString& text, std::optional<bool> thinking);
  void setStoredTemplates(const QHash<QString, QString>& texts) { templates_.setStored(texts); }
  void setHashingPaused(bool paused) { hasher_.setPaused(paused); }

  // Events of other jobs than the last load are ignored.
  void handle(const LoadProgress& event);
  void handle(const LoadSucceeded& event);
  void handle(const LoadFailed& event);

 signals:
  void changed();
  void loaded();
  void notLoaded(const QString& sentence);  // empty: cancelled
  void kept(const QString& sentence);       // and the model from before is ready again
  void recentChanged();
  void hashKnown();
  void chatTemplateChanged();
  void templatePreviewed(const sotto::app::TemplatePreview& preview);

 private:
  void identify(const FileStamp& file);
  void setHash(const FileStamp& file, const QString& sha256);
  void leaveModel();
  void useTemplate();
  void onPreview(const TemplatePreview& preview);

  StorageWorker& storage_;
  LastingWrites& states_;
  InferenceWorker& worker_;
  QString starter_;
  ModelHasher hasher_;
  ModelTemplates templates_;
  QString templateKey_;  // of the loaded model
  std::weak_ptr<const engine::Model> model_;
  ModelStatus status_;
  std::optional<ModelStatus> kept_;  // of the loaded model while another one is being loaded
  ModelIdentity identity_;
  bool hashAwaited_ = false;
  QStringList recent_;
  JobId job_ = 0;  // of the last load
  std::stop_source stop_{std::nostopstate};
};

}  // namespace sotto::app
