// Computes the SHA-256 of model files in the background.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <memory>
#include <optional>

#include "storage/model_repository.h"

namespace sotto::app {

// nullopt: no such file. Any thread.
[[nodiscard]] std::optional<FileStamp> stampOf(const QString& path);

// GUI thread; the reading is done on a pool thread of idle priority, one file at a time.
class ModelHasher : public QObject {
  Q_OBJECT

 public:
  explicit ModelHasher(QObject* parent = nullptr);
  // Gives up what is being read.
  ~ModelHasher() override;

  // Reads this file; one that was being read is given up. Ends with `hashed`, or with nothing when the file cannot be
  // read or changed meanwhile.
  void compute(const FileStamp& stamp);
  void cancel();
  // While paused nothing is read: a reply is being written, and the disk and the memory bandwidth are its.
  void setPaused(bool paused);

 signals:
  void hashed(const sotto::app::FileStamp& stamp, const QString& sha256);

 private:
  struct Control;
  QThreadPool pool_;
  std::shared_ptr<Control> control_;
  bool paused_ = false;
};

}  // namespace sotto::app
