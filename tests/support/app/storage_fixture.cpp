#include "support/app/storage_fixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <stdexcept>

namespace sotto::test {

using namespace app;

std::unique_ptr<Store> openStore(const QString& dataDir, Store::Mode mode) {
  auto opened = Store::open(dataDir, mode);
  if (!opened.ok()) throw std::runtime_error(opened.failure().sentence.toStdString());
  return std::move(*opened);
}

QStringList rows(const QString& databasePath, const QString& sql) {
  const SQLite::Database database(databasePath.toStdString(), SQLite::OPEN_READONLY, 5000);
  SQLite::Statement statement(database, sql.toStdString());
  QStringList rows;
  while (statement.executeStep()) {
    QStringList columns;
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      const SQLite::Column column = statement.getColumn(i);
      columns << (column.isNull() ? QStringLiteral("NULL") : QString::fromStdString(column.getString()));
    }
    rows << columns.join(u'|');
  }
  return rows;
}

void execute(const QString& databasePath, const QString& sql) {
  SQLite::Database database(databasePath.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
  database.exec(sql.toStdString());
}

QDateTime at(qint64 milliseconds) { return QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC); }

Message userMessage(const QString& text, MessageId parent, qint64 time) {
  Message message;
  message.parent = parent;
  message.content = text;
  message.createdAt = at(time);
  return message;
}

Message streamingReply(MessageId parent, qint64 time) {
  Message message;
  message.parent = parent;
  message.role = Role::assistant;
  message.state = MessageState::streaming;
  message.createdAt = at(time);
  message.model = QStringLiteral("Tiny");
  message.seed = 42;
  message.timeline = {{0, {}}};
  return message;
}

Message finishedReply(MessageId parent, const QString& text, qint64 time) {
  Message message = streamingReply(parent, time);
  message.content = text;
  message.state = MessageState::complete;
  message.stopReason = StopReason::end;
  message.modelHash = QStringLiteral("0123456789abcdef");
  engine::SamplingParams later;
  later.temperature = 1.3F;
  later.top_k = 0;
  message.timeline = {{0, {}}, {2, later}};
  message.tokens = {1, 2, 30000, 128000};
  message.stats = {10, 4, 4, 0.25, 1.5};
  return message;
}

}  // namespace sotto::test
