#include "storage/conversation_repository.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonDocument>
#include <algorithm>

#include "domain/sampling_json.h"
#include "settings/draft_key.h"
#include "settings/settings_repository.h"
#include "storage/database.h"
#include "storage/message_repository.h"
#include "storage/message_rows.h"
#include "storage/search_index.h"
#include "storage/storage_error.h"

namespace sotto::app {
namespace {

[[noreturn]] void failMissing() {
  throw StorageError(Failure::Kind::missing,
                     QCoreApplication::translate("Storage", "This conversation is no longer there."));
}

QString paramsText(const engine::SamplingParams& params) {
  return QString::fromUtf8(QJsonDocument(toJson(params)).toJson(QJsonDocument::Compact));
}

void bindThinking(Database::Query& query, int at, std::optional<bool> thinking) {
  if (thinking) query.bind(at, *thinking ? 1 : 0);  // else NULL
}

ConversationSummary summaryOf(Database::Query& row) {
  return {{row.integer(0)},
          row.text(1),
          row.time(2),
          row.time(3),
          row.text(4),
          static_cast<int>(row.integer(5)),
          static_cast<int>(row.integer(6))};
}

#define SUMMARY_COLUMNS "id, title, created_at, updated_at, model, message_count, branch_count"

}  // namespace

ConversationId ConversationRepository::create(const QString& title, const ConversationSettings& settings,
                                              const QDateTime& now) {
  Database::Transaction transaction(database_, Durability::full);
  auto insert = database_.query(
      "INSERT INTO conversations (created_at, updated_at, title, system_prompt, preset_id, params, seed, max_tokens, "
      "thinking) VALUES (?1, ?1, ?2, ?3, (SELECT id FROM presets WHERE id = ?4), ?5, ?6, ?7, ?8)");
  insert.bindTime(1, now).bind(2, title).bind(3, settings.systemPrompt).bindId(4, settings.preset.value);
  insert.bind(5, paramsText(settings.params)).bindSeed(6, settings.seed).bind(7, settings.maxTokens);
  bindThinking(insert, 8, settings.thinking);
  insert.run();
  const ConversationId id{database_.lastInsertId()};
  transaction.commit();
  return id;
}

ConversationId ConversationRepository::add(const ConversationTree& tree) {
  Database::Transaction transaction(database_, Durability::full);
  const ConversationId id = create(tree.title, tree.settings, tree.createdAt);
  MessageRepository messages(database_);
  QHash<MessageId, MessageId> stored;
  for (Message message : tree.messages()) {
    const MessageId old = message.id;
    if (message.parent.valid()) message.parent = stored.value(message.parent);
    if (message.state == MessageState::streaming) {  // nobody writes it here
      message.state = MessageState::interrupted;
      message.stopReason = StopReason::interrupted;
    }
    stored.insert(old, messages.add(id, message));
  }
  if (tree.activeLeaf().valid()) setActiveLeaf(id, stored.value(tree.activeLeaf()));
  auto update = database_.query("UPDATE conversations SET updated_at = ?, extra = ? WHERE id = ?");
  update.bindTime(1, tree.updatedAt).bindOrNull(2, QString::fromUtf8(tree.extra)).bind(3, id.value).run();
  transaction.commit();
  return id;
}

std::vector<ConversationSummary> ConversationRepository::list() const {
  auto rows = database_.query("SELECT " SUMMARY_COLUMNS
                              " FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC");
  std::vector<ConversationSummary> summaries;
  while (rows.step()) summaries.push_back(summaryOf(rows));
  return summaries;
}

std::optional<ConversationSummary> ConversationRepository::summary(ConversationId id) const {
  auto row = database_.query("SELECT " SUMMARY_COLUMNS " FROM conversations WHERE id = ? AND deleted_at IS NULL");
  row.bind(1, id.value);
  return row.step() ? std::optional(summaryOf(row)) : std::nullopt;
}

std::optional<ConversationTree> ConversationRepository::load(ConversationId id) const {
  ConversationTree tree;
  MessageId leaf;
  {
    auto row = database_.query(
        "SELECT title, created_at, updated_at, active_leaf, preset_id, max_tokens, seed, params, system_prompt, extra, "
        "thinking "
        "FROM conversations WHERE id = ? AND deleted_at IS NULL");
    if (!row.bind(1, id.value).step()) return std::nullopt;
    tree.id = id;
    tree.title = row.text(0);
    tree.createdAt = row.time(1);
    tree.updatedAt = row.time(2);
    leaf.value = row.integer(3);
    tree.settings.preset.value = row.integer(4);
    tree.settings.maxTokens = static_cast<int>(row.integer(5));
    tree.settings.seed = row.seed(6);
    tree.settings.params = samplingParamsFromJson(QJsonDocument::fromJson(row.blob(7)).object());
    tree.settings.systemPrompt = row.text(8);
    tree.extra = row.blob(9);
    if (!row.isNull(10)) tree.settings.thinking = row.integer(10) != 0;
  }
  for (Message& message : readMessages(database_, id)) tree.add(std::move(message));
  tree.setActiveLeaf(leaf);
  return tree;
}

void ConversationRepository::rename(ConversationId id, const QString& title) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("UPDATE conversations SET title = ? WHERE id = ?").bind(1, title).bind(2, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void ConversationRepository::setSettings(ConversationId id, const ConversationSettings& settings) {
  Database::Transaction transaction(database_, Durability::full);
  auto update = database_.query(
      "UPDATE conversations SET system_prompt = ?, preset_id = (SELECT id FROM presets WHERE id = ?), params = ?, seed "
      "= ?, max_tokens = ?, thinking = ? WHERE id = ?");
  update.bind(1, settings.systemPrompt).bindId(2, settings.preset.value).bind(3, paramsText(settings.params));
  update.bindSeed(4, settings.seed).bind(5, settings.maxTokens);
  bindThinking(update, 6, settings.thinking);
  update.bind(7, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void ConversationRepository::setActiveLeaf(ConversationId id, MessageId leaf) {
  Database::Transaction transaction(database_, Durability::full);
  auto update = database_.query(
      "UPDATE conversations SET active_leaf = ?1 WHERE id = ?2 "
      "AND (?1 IS NULL OR EXISTS (SELECT 1 FROM messages WHERE conversation_id = ?2 AND id = ?1))");
  update.bindId(1, leaf.value).bind(2, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void ConversationRepository::moveToTrash(ConversationId id, const QDateTime& now) {
  Database::Transaction transaction(database_, Durability::full);
  auto update = database_.query("UPDATE conversations SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?");
  update.bindTime(1, now).bind(2, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void ConversationRepository::restore(ConversationId id) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("UPDATE conversations SET deleted_at = NULL WHERE id = ?").bind(1, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

std::vector<TrashedConversation> ConversationRepository::trash() const {
  auto rows = database_.query(
      "SELECT id, title, deleted_at FROM conversations WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC");
  std::vector<TrashedConversation> trashed;
  while (rows.step()) trashed.push_back({{rows.integer(0)}, rows.text(1), rows.time(2)});
  return trashed;
}

bool ConversationRepository::deleteOneExpired(const QDateTime& now) {
  Database::Transaction transaction(database_, Durability::full);
  qint64 id = 0;
  {
    auto row = database_.query(
        "SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_at < ? ORDER BY deleted_at LIMIT 1");
    if (!row.bindTime(1, now.addDays(-trashDays)).step()) return false;
    id = row.integer(0);
  }
  database_.query("DELETE FROM messages WHERE conversation_id = ?").bind(1, id).run();
  database_.query("DELETE FROM conversations WHERE id = ?").bind(1, id).run();
  SettingsRepository(database_).remove(draftKey({id}));
  SearchIndex(database_).markUntidy();
  transaction.commit();
  return true;
}

}  // namespace sotto::app
