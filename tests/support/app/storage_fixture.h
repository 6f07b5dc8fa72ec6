// What tests of the storage share: a data directory of their own, its database as scripts see it, messages to store.
#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <memory>

#include "domain/conversation.h"
#include "domain/message.h"
#include "storage/store.h"

namespace sotto::test {

// Opens the store of `dataDir` and fails the test by an exception where that is refused.
[[nodiscard]] std::unique_ptr<app::Store> openStore(const QString& dataDir,
                                                    app::Store::Mode mode = app::Store::Mode::readWrite);

// Rows of a query on another connection, columns joined by '|', NULL as "NULL".
[[nodiscard]] QStringList rows(const QString& databasePath, const QString& sql);
// Runs statements on another connection.
void execute(const QString& databasePath, const QString& sql);

[[nodiscard]] QDateTime at(qint64 milliseconds);  // UTC
[[nodiscard]] app::Message userMessage(const QString& text, app::MessageId parent = {}, qint64 time = 1000);
// A reply that begins: streaming, a seed, one timeline entry at token 0.
[[nodiscard]] app::Message streamingReply(app::MessageId parent, qint64 time = 2000);
// A reply with every field set.
[[nodiscard]] app::Message finishedReply(app::MessageId parent, const QString& text, qint64 time = 2000);

}  // namespace sotto::test
