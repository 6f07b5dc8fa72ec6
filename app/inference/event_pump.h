// The GUI thread's end of the engine's mailbox: empties it at most once a frame.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>

#include "inference/engine_event.h"

namespace sotto::app {

// Lives on one thread, where `handle` is called for each event in order. Destroying it closes the mailbox.
class EventPump : public QObject {
  Q_OBJECT

 public:
  static constexpr int frameMs = 16;

  explicit EventPump(std::function<void(EngineEvent&)> handle, QObject* parent = nullptr);
  ~EventPump() override;

  [[nodiscard]] const std::shared_ptr<EngineMailbox>& mailbox() const { return mailbox_; }
  // Handles what is there now, without waiting for the frame.
  void drain();

 private:
  Q_INVOKABLE void wake();  // by name: ThreadSanitizer does not see a queued functor handed over inside Qt

  std::function<void(EngineEvent&)> handle_;
  QTimer frame_;
  QElapsedTimer sinceDrain_;
  std::shared_ptr<EngineMailbox> mailbox_;
};

}  // namespace sotto::app
