#include "inference/event_pump.h"

#include <QCoreApplication>
#include <QEvent>

namespace sotto::app {
namespace {

// A bare event: a queued functor would carry something, which ThreadSanitizer cannot see being handed over inside Qt.
QEvent::Type wakeType() {
  static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
  return type;
}

}  // namespace

EventPump::EventPump(std::function<void(EngineEvent&)> handle, QObject* parent)
    : QObject(parent), handle_(std::move(handle)) {
  frame_.setSingleShot(true);
  frame_.setTimerType(Qt::PreciseTimer);
  connect(&frame_, &QTimer::timeout, this, &EventPump::drain);
  mailbox_ = std::make_shared<EngineMailbox>([this] { QCoreApplication::postEvent(this, new QEvent(wakeType())); },
                                             mergeEngineEvents);
}

EventPump::~EventPump() { mailbox_->close(); }

bool EventPump::event(QEvent* event) {
  if (event->type() != wakeType()) return QObject::event(event);
  wake();
  return true;
}

void EventPump::wake() {
  if (frame_.isActive()) return;
  const qint64 since = sinceDrain_.isValid() ? sinceDrain_.elapsed() : frameMs;
  if (since >= frameMs) {
    drain();
  } else {
    frame_.start(static_cast<int>(frameMs - since));
  }
}

void EventPump::drain() {
  frame_.stop();
  sinceDrain_.start();
  for (EngineEvent& event : mailbox_->drain()) handle_(event);
}

}  // namespace sotto::app
