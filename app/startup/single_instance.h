// One process per data directory: a lock file keeps others out, a local socket lets them hand over what they were
// started with. The lock of a process that died is taken over.
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>

namespace sotto::app {

// GUI thread.
class SingleInstance : public QObject {
  Q_OBJECT

 public:
  enum class Outcome {
    first,       // the data directory is ours until this object is destroyed
    handedOver,  // another process has it and has taken `arguments`: end with 0
    failed       // neither: say error() and end with 1
  };

  explicit SingleInstance(QString dataDir, QObject* parent = nullptr);
  ~SingleInstance() override;

  // Makes the directory where it is missing, and takes it, or hands `arguments` to the process that has it. Waits at
  // most `patienceMs` for a process that holds the lock and does not answer (it is starting, ending, or hung).
  [[nodiscard]] Outcome claim(const QStringList& arguments, int patienceMs = 3000);
  [[nodiscard]] const QString& error() const { return error_; }

 signals:
  // Another start: show the window, and do what its arguments say.
  void raiseRequested(const QStringList& arguments);

 private:
  bool dropOrphanedLock();
  void listen();
  void serve();
  bool handOver(const QStringList& arguments, int waitMs);
  [[nodiscard]] QStringList socketNames() const;  // the first that works is used

  QString dataDir_;
  std::unique_ptr<QLockFile> lock_;
  QLocalServer server_;
  QString error_;
};

}  // namespace sotto::app
