#include "storage/search_index.h"

#include <QStringList>

#include "storage/database.h"

namespace sotto::app {
namespace {

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

}  // namespace sotto::app
