#include "storage/model_repository.h"

#include "storage/database.h"

namespace sotto::app {

std::optional<QString> ModelRepository::hash(const FileStamp& file) const {
  auto row = database_.query("SELECT sha256 FROM model_hashes WHERE path = ? AND size = ? AND modified = ?");
  row.bind(1, file.path).bind(2, file.size).bind(3, file.modified);
  return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

void ModelRepository::setHash(const FileStamp& file, const QString& sha256) {
  Database::Transaction transaction(database_, Durability::full);
  auto insert =
      database_.query("INSERT OR REPLACE INTO model_hashes (path, size, modified, sha256) VALUES (?, ?, ?, ?)");
  insert.bind(1, file.path).bind(2, file.size).bind(3, file.modified).bind(4, sha256).run();
  auto update = database_.query(
      "UPDATE messages SET model_hash = ? WHERE id IN "
      "(SELECT message_id FROM unhashed_replies WHERE path = ? AND size = ? AND modified = ?)");
  update.bind(1, sha256).bind(2, file.path).bind(3, file.size).bind(4, file.modified).run();
  auto forget = database_.query("DELETE FROM unhashed_replies WHERE path = ? AND size = ? AND modified = ?");
  forget.bind(1, file.path).bind(2, file.size).bind(3, file.modified).run();
  transaction.commit();
}

QHash<QString, QString> ModelRepository::chatTemplates() const {
  auto rows = database_.query("SELECT model, text FROM model_templates");
  QHash<QString, QString> texts;
  while (rows.step()) texts.insert(rows.text(0), rows.text(1));
  return texts;
}

void ModelRepository::setChatTemplate(const QString& key, const QString& text) {
  Database::Transaction transaction(database_, Durability::full);
  if (text.isEmpty()) {
    database_.query("DELETE FROM model_templates WHERE model = ?").bind(1, key).run();
  } else {
    database_.query("INSERT OR REPLACE INTO model_templates (model, text) VALUES (?, ?)")
        .bind(1, key)
        .bind(2, text)
        .run();
  }
  transaction.commit();
}

QStringList ModelRepository::recent(int limit) const {
  auto rows = database_.query("SELECT path FROM recent_models ORDER BY used_at DESC, path LIMIT ?");
  rows.bind(1, limit);
  QStringList paths;
  while (rows.step()) paths.append(rows.text(0));
  return paths;
}

void ModelRepository::addRecent(const QString& path, const QDateTime& now) {
  Database::Transaction transaction(database_, Durability::full);
  auto insert = database_.query("INSERT OR REPLACE INTO recent_models (path, used_at) VALUES (?, ?)");
  insert.bind(1, path).bindTime(2, now).run();
  transaction.commit();
}

void ModelRepository::removeRecent(const QString& path) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("DELETE FROM recent_models WHERE path = ?").bind(1, path).run();
  transaction.commit();
}

}  // namespace sotto::app
