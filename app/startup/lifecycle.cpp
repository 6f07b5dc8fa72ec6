#include "startup/lifecycle.h"

#include <QGuiApplication>

#include "chat/chat_controller.h"

namespace sotto::app {

Lifecycle::Lifecycle(ChatController& controller, QObject* parent) : QObject(parent) {
  const auto flush = [&controller] { controller.flush(); };
  connect(&signals_, &UnixSignals::received, this, [flush] {
    flush();
    QCoreApplication::exit(0);  // quit() would ask the windows, and one might refuse
  });
  connect(&power_, &PowerWatch::aboutToSleep, this, flush);
  QCoreApplication* application =
      QCoreApplication::instance();  // qApp is cast to the windows' class, which it may not be
  connect(application, &QCoreApplication::aboutToQuit, this, flush);
  if (const auto* gui = qobject_cast<QGuiApplication*>(application)) {
    // The session may end at any moment after this.
    connect(gui, &QGuiApplication::commitDataRequest, this, flush, Qt::DirectConnection);
  }
}

}  // namespace sotto::app
