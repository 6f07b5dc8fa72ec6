// How Sotto ends, and how it sleeps: SIGTERM, SIGINT, SIGHUP, the end of the desktop's session and suspend all have
// everything stored first.
#pragma once

#include <QObject>

#include "startup/power_watch.h"
#include "startup/unix_signals.h"

namespace sotto::app {

class ChatController;

// One for the application, on the GUI thread, after the application object and gone before the controller.
// After a signal the event loop ends with 0; the controller is then to be destroyed, which stops and stores the reply
// that is being written. Both together take less than a second.
class Lifecycle : public QObject {
  Q_OBJECT

 public:
  explicit Lifecycle(ChatController& controller, QObject* parent = nullptr);

 private:
  UnixSignals signals_;
  PowerWatch power_;
};

}  // namespace sotto::app
