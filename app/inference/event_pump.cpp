#include "inference/event_pump.h"

namespace sotto::app {

EventPump::EventPump(std::function<void(EngineEvent&)> handle, QObject* parent)
    : QObject(parent), handle_(std::move(handle)) {
  frame_.setSingleShot(true);
  frame_.setTimerType(Qt::PreciseTimer);
  connect(&frame_, &QTimer::timeout, this, &EventPump::drain);
  mailbox_ = std::make_shared<EngineMailbox>([this] { QMetaObject::invokeMethod(this, "wake", Qt::QueuedConnection); },
                                             mergeEngineEvents);
}

EventPump::~EventPump() { mailbox_->close(); }

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
