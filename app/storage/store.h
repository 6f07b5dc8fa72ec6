// The store of one data directory: an open database and its repositories.
// Thread guarantee: one thread at a time, the database thread (StorageWorker). Members throw StorageError or
// SQLite::Exception; `attempt` (storage_error.h) makes values of them, as StorageWorker does for its jobs.
#pragma once

#include <QString>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "domain/result.h"
#include "storage/durability.h"

namespace sotto::app {

class ConversationRepository;
class Database;
class MessageRepository;
class ModelRepository;
class PresetRepository;
class SearchIndex;
class SettingsRepository;

// What opening did, for a notice to the user and for tests.
struct OpenReport {
  bool created = false;      // there was no database
  bool uncleanStop = false;  // the last run did not close it; it was checked
  int migratedFrom = 0;      // the version that it had, 0: no migration was needed
  QString backup;            // the copy made before the migration; empty: none
};

class Store {
 public:
  enum class Mode {
    readWrite,  // under the data directory's lock only: creates, migrates
    readOnly    // beside a running Sotto: changes nothing, Failure `missing` where there is no database yet
  };
  // Makes the directory where it is missing, closes it and its files to other users, and opens the database. Failures:
  // missing, damaged, newer, readOnly, diskFull, busy; whatever was there is left as it was.
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const QString& dataDir, Mode mode);
  ~Store();

  // Moves a damaged database out of the way, so that a new one can be made. Nothing is deleted. Only while it is not
  // open. Returns the folder where it is kept.
  [[nodiscard]] static Result<QString> setAside(const QString& dataDir);

  [[nodiscard]] const OpenReport& report() const;
  // Recovery: replies that a killed process left streaming become interrupted and keep their text. Under the lock only.
  // Returns how many there were.
  int recover();

  [[nodiscard]] ConversationRepository& conversations();
  [[nodiscard]] MessageRepository& messages();
  [[nodiscard]] PresetRepository& presets();
  [[nodiscard]] SettingsRepository& settings();
  [[nodiscard]] ModelRepository& models();
  [[nodiscard]] SearchIndex& search();

  // As Database::setDeadline.
  void setDeadline(const std::atomic<std::chrono::steady_clock::rep>* deadline);

  // The database turned out to be damaged: closing it leaves the files as they are.
  void leaveAsItIs();

  // Everything that `work` does, or nothing of it. Repositories' own transactions join it.
  void transaction(Durability durability, const std::function<void()>& work);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::app
