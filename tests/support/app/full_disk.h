// A disk that is full, for tests.
#pragma once

#include <sys/resource.h>

#include <QString>

namespace sotto::test {

// No file of this process may grow beyond `bytes` while this lives: writing more fails, as on a full disk (EFBIG).
// Needs no rights.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

// A folder in which nothing can be written while this lives: a mount for root, permissions for others.
class ReadOnlyFolder {
 public:
  explicit ReadOnlyFolder(const QString& folder);
  ~ReadOnlyFolder();
  ReadOnlyFolder(const ReadOnlyFolder&) = delete;
  ReadOnlyFolder& operator=(const ReadOnlyFolder&) = delete;
  [[nodiscard]] bool works() const { return works_; }

 private:
  QString folder_;
  bool mounted_ = false;
  bool works_ = false;
};

// A small file system of its own (tmpfs). Needs root; `mounted` says whether it could be had.
class SmallDisk {
 public:
  SmallDisk(const QString& folder, int kibibytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }
  // Takes up all that is left, and gives it back.
  void fillUp();
  void free();

 private:
  QString folder_;
  bool mounted_ = false;
};

}  // namespace sotto::test
