// Computes the SHA-256 of model files in the background.
#pragma once

#include <QObject>
#include <QString>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "domain/file_stamp.h"

namespace sotto::app {

// GUI thread; the reading is done on a thread of idle priority, one file at a time.
class ModelHasher : public QObject {
  Q_OBJECT

 public:
  explicit ModelHasher(QObject* parent = nullptr);
  // Gives up what is being read and what waits.
  ~ModelHasher() override;

  // Reads this file when those before it are done. Ends with `hashed`, or with nothing when the file cannot be read or
  // changed meanwhile. One that is being read or waits already is read once.
  void compute(const FileStamp& stamp);
  void giveUp(const FileStamp& stamp);
  // While paused nothing is read: a reply is being written, and the disk and the memory bandwidth are its.
  void setPaused(bool paused);

 signals:
  void hashed(const sotto::app::FileStamp& stamp, const QString& sha256);

 private:
  struct Control;
  static QString sha256Of(Control& control);  // on the reading thread
  void readNext();
  Q_INVOKABLE void read();

  std::deque<std::shared_ptr<Control>> wanted_;  // not what was given up
  std::shared_ptr<Control> reading_;
  std::thread thread_;
  QString hex_;  // what the thread found, read after it ended
  bool paused_ = false;
};

}  // namespace sotto::app
