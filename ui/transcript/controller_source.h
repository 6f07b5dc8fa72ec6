// The controller's current conversation as the transcript's source.
#pragma once

#include <QHash>
#include <vector>

#include "transcript/transcript_source.h"

namespace sotto::ui {

class ControllerSource final : public TranscriptSource {
  Q_OBJECT
 public:
  explicit ControllerSource(sotto::app::ChatController& controller, QObject* parent = nullptr);

  [[nodiscard]] int count() const override { return int(path_.size()); }
  [[nodiscard]] const sotto::app::Message& at(int row) const override;
  [[nodiscard]] Versions versions(int row) const override;
  [[nodiscard]] sotto::app::ReplyStatus status() const override;

 private:
  void readPath();

  sotto::app::ChatController& controller_;
  std::vector<sotto::app::MessageId> path_;
  QHash<sotto::app::MessageId, int> rows_;
};

}  // namespace sotto::ui
