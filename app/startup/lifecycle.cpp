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
  connect(qApp, &QCoreApplication::aboutToQuit, this, flush);
  if (const auto* gui = qobject_cast<QGuiApplication*>(qApp)) {
    // The session may end at any moment after this.
    connect(gui, &QGuiApplication::commitDataRequest, this, flush, Qt::DirectConnection);
  }
}

}  // namespace sotto::app
