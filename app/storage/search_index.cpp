#include "storage/search_index.h"

#include <QStringList>

#include "settings/settings_repository.h"
#include "storage/database.h"

namespace sotto::app {
namespace {

constexpr char untidyKey[] = "search/untidy";
constexpr int pagesAtATime = 256;

// Every word as an FTS5 string, so that nothing in it is an operator; the last one as a prefix.
QString queryFor(const QString& text) {
  QStringList words = text.simplified().remove(QChar(u'\0')).split(u' ', Qt::SkipEmptyParts);
  for (QString& word : words) word = u'"' + word.replace(u'"', QStringLiteral("\"\"")) + u'"';
  return words.isEmpty() ? QString() : words.join(u' ') + u'*';
}

}  // namespace

std::vector<SearchHit> SearchIndex::find(const QString& text, int limit) const {
  std::vector<SearchHit> hits;
  const QString query = queryFor(text);
  if (query.isEmpty()) return hits;
  auto rows = database_.query(
      "SELECT m.conversation_id, m.id, snippet(message_search, 0, '', '', '…', 10) "
      "FROM message_search JOIN messages AS m ON m.id = message_search.rowid "
      "JOIN conversations AS c ON c.id = m.conversation_id "
      "WHERE message_search MATCH ? AND c.deleted_at IS NULL ORDER BY rank LIMIT ?");
  rows.bind(1, query).bind(2, limit);
  while (rows.step()) hits.push_back({{rows.integer(0)}, {rows.integer(1)}, rows.text(2)});
  return hits;
}

void SearchIndex::markUntidy() { SettingsRepository(database_).set(QLatin1String(untidyKey), QStringLiteral("1")); }

bool SearchIndex::tidySome() {
  SettingsRepository settings(database_);
  if (!settings.value(QLatin1String(untidyKey))) return false;
  Database::Transaction transaction(database_, Durability::checkpoint);
  const int before = database_.handle().getTotalChanges();
  // The first call, with a negative number, makes one task of merging everything (FTS5, section 6.8).
  database_.query("INSERT INTO message_search (message_search, rank) VALUES ('merge', ?)")
      .bind(1, merging_ ? pagesAtATime : -pagesAtATime)
      .run();
  merging_ = database_.handle().getTotalChanges() - before >= 2;  // fewer: there was nothing left to merge
  if (!merging_) settings.remove(QLatin1String(untidyKey));
  transaction.commit();
  return merging_;
}

}  // namespace sotto::app
