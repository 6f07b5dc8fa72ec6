// The conversation list in memory: newest first, kept in order by single moves, so that ten thousand conversations cost
// a message nothing.
#pragma once

#include <QHash>
#include <optional>
#include <vector>

#include "domain/conversation.h"

namespace sotto::app {

// One thread at a time.
class ConversationIndex {
 public:
  void reset(std::vector<ConversationSummary> summaries);
  [[nodiscard]] const std::vector<ConversationSummary>& all() const { return summaries_; }
  [[nodiscard]] const ConversationSummary* find(ConversationId id) const;

  // Adds the conversation, or changes it and moves it to its place by updatedAt.
  void put(ConversationSummary summary);
  // What was there; nullopt: nothing.
  std::optional<ConversationSummary> remove(ConversationId id);

 private:
  [[nodiscard]] std::vector<ConversationSummary>::const_iterator locate(ConversationId id) const;

  std::vector<ConversationSummary> summaries_;  // by updatedAt, then id, descending
  QHash<ConversationId, QDateTime> updated_;    // the key to find a summary's place by
};

}  // namespace sotto::app
