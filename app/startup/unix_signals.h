// SIGTERM, SIGINT and SIGHUP as a Qt signal: the handler writes a byte into a pipe, a socket notifier reads it on the
// event loop, where everything may be called.
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <memory>

namespace sotto::app {

// One at a time in a process; lives on the thread whose event loop delivers `received`. Destroying it gives the signals
// their former handlers back; after one was received they are ignored instead, so that a second one (a terminal that
// closes sends SIGHUP, systemd SIGTERM and SIGHUP) does not cut short what the first one has begun to store.
class UnixSignals : public QObject {
  Q_OBJECT

 public:
  explicit UnixSignals(QObject* parent = nullptr);
  ~UnixSignals() override;

 signals:
  void received(int number);

 private:
  void read();

  std::unique_ptr<QSocketNotifier> notifier_;
  bool ending_ = false;  // one was received
};

}  // namespace sotto::app
