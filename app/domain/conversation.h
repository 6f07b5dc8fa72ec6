// A conversation: a tree of messages and the leaf that is shown. Every root and every fork keeps all its branches.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QString>
#include <optional>
#include <vector>

#include "domain/ids.h"
#include "domain/message.h"

namespace sotto::app {

// A line of the conversation list.
struct ConversationSummary {
  ConversationId id;
  QString title;
  QDateTime createdAt;
  QDateTime updatedAt;
  QString model;  // of the newest reply
  int messages = 0;
  int branches = 1;  // leaves
};

// What a conversation remembers beside its messages.
struct ConversationSettings {
  QString systemPrompt;
  PresetId preset;                // the preset that `params` came from; invalid: none
  engine::SamplingParams params;  // in force, modified or not
  std::optional<quint64> seed;    // fixed seed; nullopt: a new one for every reply
  int maxTokens = 0;              // 0: as many as the context holds
  std::optional<bool> thinking;   // whether a reasoning model thinks first; nullopt: as its template has it
  friend bool operator==(const ConversationSettings&, const ConversationSettings&) = default;
};

// In memory, one thread at a time. Messages have ids from the store.
class ConversationTree {
 public:
  ConversationId id;
  QString title;
  QDateTime createdAt;
  QDateTime updatedAt;
  ConversationSettings settings;
  QByteArray extra;  // JSON object of fields that an import brought and we do not know; empty: none

  void add(Message message);  // its parent must be there or invalid; does not move the leaf
  [[nodiscard]] const Message* find(MessageId message) const;
  [[nodiscard]] Message* find(MessageId message);
  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }  // parents before children

  [[nodiscard]] MessageId activeLeaf() const { return leaf_; }
  void setActiveLeaf(MessageId leaf);
  [[nodiscard]] std::vector<MessageId> activePath() const;  // root to leaf
  [[nodiscard]] std::vector<MessageId> pathTo(MessageId leaf) const;
  [[nodiscard]] std::vector<MessageId> children(MessageId parent) const;   // invalid id: the roots; oldest first
  [[nodiscard]] std::vector<MessageId> siblings(MessageId message) const;  // with itself, oldest first
  // The leaf reached from `message` by always taking the newest child.
  [[nodiscard]] MessageId newestLeafBelow(MessageId message) const;

 private:
  std::vector<Message> messages_;
  QHash<MessageId, int> index_;
  QHash<MessageId, std::vector<MessageId>> children_;
  MessageId leaf_;
};

}  // namespace sotto::app
