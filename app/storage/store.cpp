#include "storage/store.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "presets/preset_repository.h"
#include "settings/settings_repository.h"
#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/database.h"
#include "storage/message_repository.h"
#include "storage/model_repository.h"
#include "storage/open_database.h"
#include "storage/search_index.h"
#include "storage/storage_error.h"

namespace sotto::app {

struct Store::Impl {
  explicit Impl(OpenedDatabase opened)
      : database(std::move(opened.database)),
        report(std::move(opened.report)),
        conversations(*database),
        messages(*database),
        presets(*database),
        settings(*database),
        models(*database),
        search(*database) {}

  std::unique_ptr<Database> database;
  OpenReport report;
  ConversationRepository conversations;
  MessageRepository messages;
  PresetRepository presets;
  SettingsRepository settings;
  ModelRepository models;
  SearchIndex search;
};

Result<std::unique_ptr<Store>> Store::open(const QString& dataDir, Mode mode) {
  return attempt([&] {
    if (mode == Mode::readWrite) {
      if (const auto prepared = prepareDataDirectory(dataDir); !prepared.ok()) throw StorageError(prepared.failure());
    }
    auto impl = std::make_unique<Impl>(openDatabase(dataDir, mode));
    if (mode == Mode::readWrite) impl->presets.addMissingBuiltIns();
    return std::unique_ptr<Store>(new Store(std::move(impl)));
  });
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<QString> Store::setAside(const QString& dataDir) {
  const QDir folder(dataDir);
  const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
  QString name = QStringLiteral("damaged-") + stamp;
  for (int attempt = 2; QFileInfo::exists(folder.filePath(name)); ++attempt) {
    name = QStringLiteral("damaged-%1-%2").arg(stamp).arg(attempt);
  }
  const QString target = folder.filePath(name);
  const Failure failure{Failure::Kind::other,
                        QCoreApplication::translate(
                            "Storage", "The damaged database in %1 could not be moved to %2; move it there by hand.")
                            .arg(dataDir, target)};
  if (!makePrivateFolder(target)) return failure;
  // The log and its index first: without the database they are never applied to another one.
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    const QString file = QStringLiteral("sotto.db") + QLatin1StringView(suffix);
    if (!QFileInfo::exists(folder.filePath(file))) continue;
    if (!QFile::rename(folder.filePath(file), QDir(target).filePath(file))) return failure;
  }
  return target;
}

const OpenReport& Store::report() const { return impl_->report; }
int Store::recover() { return impl_->messages.interruptStreaming(); }

void Store::setDeadline(const std::atomic<std::chrono::steady_clock::rep>* deadline) {
  impl_->database->setDeadline(deadline);
}

void Store::leaveAsItIs() { keepFilesAsTheyAre(*impl_->database, true); }

ConversationRepository& Store::conversations() { return impl_->conversations; }
MessageRepository& Store::messages() { return impl_->messages; }
PresetRepository& Store::presets() { return impl_->presets; }
SettingsRepository& Store::settings() { return impl_->settings; }
ModelRepository& Store::models() { return impl_->models; }
SearchIndex& Store::search() { return impl_->search; }

void Store::transaction(Durability durability, const std::function<void()>& work) {
  Database::Transaction transaction(*impl_->database, durability);
  work();
  transaction.commit();
}

}  // namespace sotto::app
