#include "storage/message_repository.h"

#include <QCoreApplication>

#include "domain/utf8.h"
#include "storage/database.h"
#include "storage/message_rows.h"
#include "storage/storage_error.h"

namespace sotto::app {
namespace {

[[noreturn]] void failMissing() {
  throw StorageError(Failure::Kind::missing,
                     QCoreApplication::translate("Storage", "This message is no longer there, so nothing was stored."));
}

}  // namespace

MessageId MessageRepository::add(ConversationId conversation, const Message& message) {
  Database::Transaction transaction(database_, Durability::full);
  const bool reply = message.role == Role::assistant;
  {
    auto update = database_.query(
        "UPDATE conversations SET updated_at = max(updated_at, ?1), model = CASE WHEN ?2 = '' THEN model ELSE ?2 END "
        "WHERE id = ?3 AND (?4 IS NULL OR EXISTS (SELECT 1 FROM messages WHERE conversation_id = ?3 AND id = ?4))");
    update.bindTime(1, message.createdAt).bind(2, reply ? message.model : QString()).bind(3, conversation.value);
    update.bindId(4, message.parent.value).run();
    if (database_.changes() == 0) failMissing();
  }
  auto insert = database_.query(
      "INSERT INTO messages (conversation_id, parent_id, created_at, role, state, stop_reason, seed, prompt_tokens, "
      "reused_tokens, generated_tokens, prefill_seconds, decode_seconds, model, model_hash, timeline, error, content, "
      "tokens, "
      "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, conversation.value).bindId(2, message.parent.value).bindTime(3, message.createdAt);
  insert.bind(4, toString(message.role)).bind(5, toString(message.state));
  insert.bindOrNull(6, toString(message.stopReason)).bindSeed(7, message.seed);
  insert.bind(8, message.stats.promptTokens)
      .bind(9, message.stats.reusedTokens)
      .bind(10, message.stats.generatedTokens);
  insert.bind(11, message.stats.prefillSeconds).bind(12, message.stats.decodeSeconds);
  insert.bindOrNull(13, message.model).bindOrNull(14, message.modelHash).bindOrNull(15, timelineText(message.timeline));
  insert.bindOrNull(16, message.error).bind(17, message.content);
  if (!message.tokens.empty()) insert.bindTokens(18, message.tokens);
  insert.bindOrNull(19, QString::fromUtf8(message.extra)).run();
  const MessageId id{database_.lastInsertId()};
  transaction.commit();
  return id;
}

void MessageRepository::setWriter(const Message& reply) {
  Database::Transaction transaction(database_, Durability::checkpoint);
  auto update = database_.query("UPDATE messages SET model = ?, model_hash = ?, timeline = ? WHERE id = ?");
  update.bindOrNull(1, reply.model).bindOrNull(2, reply.modelHash).bindOrNull(3, timelineText(reply.timeline));
  update.bind(4, reply.id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void MessageRepository::appendChunk(MessageId reply, const ReplyChunk& chunk) {
  Database::Transaction transaction(database_, Durability::checkpoint);
  {
    auto insert = database_.query(
        "INSERT INTO reply_chunks (message_id, seq, tokens, text, decode_seconds) "
        "SELECT ?1, (SELECT coalesce(max(seq), 0) + 1 FROM reply_chunks WHERE message_id = ?1), ?2, ?3, ?4 "
        "FROM messages WHERE id = ?1 AND state = 'streaming'");
    insert.bind(1, reply.value).bindTokens(2, chunk.tokens).bindBlob(3, chunk.text);
    insert.bind(4, chunk.decodeSeconds).run();
    if (database_.changes() == 0) failMissing();
  }
  if (!chunk.timeline.empty()) {
    auto update = database_.query("UPDATE messages SET timeline = ? WHERE id = ?");
    update.bind(1, timelineText(chunk.timeline)).bind(2, reply.value).run();
  }
  transaction.commit();
}

void MessageRepository::reopen(MessageId reply) {
  Database::Transaction transaction(database_, Durability::full);
  auto update = database_.query(
      "UPDATE messages SET state = 'streaming', stop_reason = NULL, error = NULL "
      "WHERE id = ? AND role = 'assistant' AND state <> 'streaming'");
  update.bind(1, reply.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void MessageRepository::finish(const Message& reply, const QDateTime& now) {
  Database::Transaction transaction(database_, Durability::full);
  {
    auto update = database_.query(
        "UPDATE messages SET state = ?, stop_reason = ?, seed = ?, prompt_tokens = ?, reused_tokens = ?, "
        "generated_tokens = ?, prefill_seconds = ?, decode_seconds = ?, model = ?, model_hash = coalesce(?, "
        "model_hash), "
        "timeline = ?, error = ?, content = ?, tokens = ? WHERE id = ?");
    update.bind(1, toString(reply.state)).bindOrNull(2, toString(reply.stopReason)).bindSeed(3, reply.seed);
    update.bind(4, reply.stats.promptTokens).bind(5, reply.stats.reusedTokens).bind(6, reply.stats.generatedTokens);
    update.bind(7, reply.stats.prefillSeconds).bind(8, reply.stats.decodeSeconds).bindOrNull(9, reply.model);
    update.bindOrNull(10, reply.modelHash).bindOrNull(11, timelineText(reply.timeline)).bindOrNull(12, reply.error);
    update.bind(13, reply.content);
    if (!reply.tokens.empty()) update.bindTokens(14, reply.tokens);
    update.bind(15, reply.id.value).run();
    if (database_.changes() == 0) failMissing();
  }
  database_.query("DELETE FROM reply_chunks WHERE message_id = ?").bind(1, reply.id.value).run();
  if (!reply.modelHash.isEmpty()) {
    database_.query("DELETE FROM unhashed_replies WHERE message_id = ?").bind(1, reply.id.value).run();
  }
  auto touch = database_.query(
      "UPDATE conversations SET updated_at = max(updated_at, ?1), model = CASE WHEN ?2 = '' THEN model ELSE ?2 END "
      "WHERE id = (SELECT conversation_id FROM messages WHERE id = ?3)");
  touch.bindTime(1, now).bind(2, reply.model).bind(3, reply.id.value).run();
  transaction.commit();
}

void MessageRepository::awaitModelHash(MessageId reply, const FileStamp& model) {
  Database::Transaction transaction(database_, Durability::full);
  // The hash of a model that wrote it before is not this one's.
  database_.query("UPDATE messages SET model_hash = NULL WHERE id = ?").bind(1, reply.value).run();
  if (database_.changes() == 0) failMissing();
  auto insert =
      database_.query("INSERT OR REPLACE INTO unhashed_replies (message_id, path, size, modified) VALUES (?, ?, ?, ?)");
  insert.bind(1, reply.value).bind(2, model.path).bind(3, model.size).bind(4, model.modified).run();
  transaction.commit();
}

int MessageRepository::interruptStreaming() {
  Database::Transaction transaction(database_, Durability::full);
  std::vector<MessageId> replies;
  {
    auto rows = database_.query("SELECT id FROM messages WHERE state = 'streaming'");
    while (rows.step()) replies.push_back({rows.integer(0)});
  }
  for (const MessageId id : replies) {
    QString content;
    std::vector<std::int32_t> tokens;
    {
      auto row = database_.query("SELECT content, tokens FROM messages WHERE id = ?");
      row.bind(1, id.value);
      if (!row.step()) continue;
      content = row.text(0);
      tokens = row.tokens(1);
    }
    const ReplyText grown = readChunks(database_, id);
    content += fromUtf8Whole(withoutPartialCharacter(grown.text));
    tokens.insert(tokens.end(), grown.tokens.begin(), grown.tokens.end());
    auto update = database_.query(
        "UPDATE messages SET state = 'interrupted', stop_reason = 'interrupted', content = ?, tokens = ?, "
        "generated_tokens = ?, decode_seconds = decode_seconds + ? WHERE id = ?");
    update.bind(1, content);
    if (!tokens.empty()) update.bindTokens(2, tokens);
    update.bind(3, static_cast<qint64>(tokens.size())).bind(4, grown.decodeSeconds).bind(5, id.value).run();
    database_.query("DELETE FROM reply_chunks WHERE message_id = ?").bind(1, id.value).run();
  }
  transaction.commit();
  return static_cast<int>(replies.size());
}

}  // namespace sotto::app
