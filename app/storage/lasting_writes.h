// Writes of small states (a title, a conversation's settings, whether it is in the trash) of which only the newest
// counts. One that fails is kept, and tried again with the next write and every two seconds, so that nothing is lost on
// a disk that was full for a while.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>

namespace sotto::app {

class Store;
class StorageWorker;

// On the worker's own thread, and gone before it is.
class LastingWrites : public QObject {
  Q_OBJECT

 public:
  explicit LastingWrites(StorageWorker& storage, QObject* parent = nullptr);

  // `work` may be called more than once. It takes the place of what waits under the same name.
  void put(const QString& name, std::function<void(Store&)> work);
  [[nodiscard]] bool waits(const QString& name) const { return writes_.contains(name); }  // is not stored yet
  // Posts what failed once more; before the worker is closed too.
  void retry();

 signals:
  // Said once, until something could be stored again.
  void failed(const QString& sentence);

 private:
  struct Write {
    std::function<void(Store&)> work;
    quint64 number = 0;
    bool failed = false;
  };
  void post(const QString& name);

  StorageWorker& storage_;
  QHash<QString, Write> writes_;  // not stored yet
  quint64 number_ = 0;
  QTimer again_;
  bool failing_ = false;  // and was said
};

}  // namespace sotto::app
