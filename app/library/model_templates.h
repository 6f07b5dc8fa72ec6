// The chat templates that people wrote for their models, and what a template text is and writes.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <memory>
#include <optional>
#include <stop_token>

#include "sotto/engine/model.h"

namespace sotto::app {

class LastingWrites;

// A text in the place of the model's template.
struct TemplatePreview {
  QString text;             // that was asked for
  engine::TemplateUse use;  // its error is that of a text that is not well formed
  QString prompt;           // what it makes of a short conversation; empty: it fails
  QString error;            // why: line and cause
};

// A text that somebody wrote belongs to the models of one name and architecture that bring the same template: another
// quantisation of a model keeps it.
[[nodiscard]] QString templateKey(const engine::Model& model);

// GUI thread. What templates write is found out on a thread of its own.
class ModelTemplates : public QObject {
  Q_OBJECT

 public:
  explicit ModelTemplates(LastingWrites& states) : states_(states) { pool_.setMaxThreadCount(1); }
  ~ModelTemplates() override;

  void setStored(const QHash<QString, QString>& texts) { texts_ = texts; }  // as the store has them
  [[nodiscard]] QString text(const QString& key) const { return texts_.value(key); }
  void set(const QString& key, const QString& text);  // empty: forgotten

  // Ends with `previewed`, unless another one is asked for before.
  void preview(const std::weak_ptr<const engine::Model>& model, const QString& text, std::optional<bool> thinking);

 signals:
  void previewed(const sotto::app::TemplatePreview& preview);

 private:
  LastingWrites& states_;
  QHash<QString, QString> texts_;
  quint64 asked_ = 0;
  std::stop_source stop_{std::nostopstate};
  QThreadPool pool_;
};

}  // namespace sotto::app
