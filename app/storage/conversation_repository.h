// Conversations as rows: the list, their settings, the trash. See store.h for the thread guarantee and exceptions.
#pragma once

#include <QDateTime>
#include <QString>
#include <optional>
#include <vector>

#include "domain/conversation.h"
#include "domain/ids.h"

namespace sotto::app {

class Database;

struct TrashedConversation {
  ConversationId id;
  QString title;
  QDateTime deletedAt;
};

class ConversationRepository {
 public:
  static constexpr int trashDays = 30;

  explicit ConversationRepository(Database& database) : database_(database) {}

  [[nodiscard]] ConversationId create(const QString& title, const ConversationSettings& settings, const QDateTime& now);
  // A whole tree with ids of its own choice becomes a new conversation; its messages get new ids, in the same order.
  [[nodiscard]] ConversationId add(const ConversationTree& tree);

  // Newest first, without the trash. Reads conversations only, never their messages.
  [[nodiscard]] std::vector<ConversationSummary> list() const;
  [[nodiscard]] std::optional<ConversationSummary> summary(ConversationId id) const;
  // With all messages; a reply that is being written has the text stored so far. nullopt: not there, or in the trash.
  [[nodiscard]] std::optional<ConversationTree> load(ConversationId id) const;

  // These throw `missing` where there is no such conversation.
  void rename(ConversationId id, const QString& title);
  void setSettings(ConversationId id, const ConversationSettings& settings);
  void setActiveLeaf(ConversationId id, MessageId leaf);  // a message of this conversation, or none

  void moveToTrash(ConversationId id, const QDateTime& now);
  void restore(ConversationId id);                               // out of the trash
  [[nodiscard]] std::vector<TrashedConversation> trash() const;  // newest first
  // Deletes for good one conversation that has been in the trash for more than trashDays. False: there is none.
  bool deleteOneExpired(const QDateTime& now);

 private:
  Database& database_;
};

}  // namespace sotto::app
