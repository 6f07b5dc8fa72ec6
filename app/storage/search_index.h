// Full-text search over all messages of all branches that have been written to their end. The index is kept by triggers
// (resources/sql). See store.h for the thread guarantee and exceptions.
#pragma once

#include <QString>
#include <vector>

#include "domain/ids.h"

namespace sotto::app {

class Database;

struct SearchHit {
  ConversationId conversation;
  MessageId message;
  QString snippet;  // about ten words around the hit
};

class SearchIndex {
 public:
  explicit SearchIndex(Database& database) : database_(database) {}

  // Messages that hold every word of `text`, the last one as a beginning; best first. Any text is allowed: nothing in
  // it is an operator. Trashed conversations are left out.
  [[nodiscard]] std::vector<SearchHit> find(const QString& text, int limit = 50) const;

  // FTS5 notes deleted words as deleted and keeps them until it merges that part of the index. After markUntidy(),
  // which lasts from one start to the next, tidySome() merges a few hundred pages at a time; false: no such word is
  // left.
  void markUntidy();
  bool tidySome();

 private:
  Database& database_;
  bool merging_ = false;
};

}  // namespace sotto::app
