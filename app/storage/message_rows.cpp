#include "storage/message_rows.h"

#include <QJsonDocument>

#include "domain/sampling_json.h"
#include "domain/utf8.h"
#include "storage/database.h"

namespace sotto::app {

QString timelineText(const std::vector<TimelineEntry>& timeline) {
  if (timeline.empty()) return {};
  return QString::fromUtf8(QJsonDocument(toJson(timeline, QStringLiteral("token"))).toJson(QJsonDocument::Compact));
}

QByteArray withoutPartialCharacter(const QByteArray& utf8) {
  // A character has at most four bytes; look for the last byte that begins one.
  for (qsizetype back = 1; back <= 4 && back <= utf8.size(); ++back) {
    const auto byte = static_cast<unsigned char>(utf8[utf8.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const int length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return length > back ? utf8.chopped(back) : utf8;
  }
  return utf8;
}

ReplyText readChunks(Database& database, MessageId reply) {
  auto rows = database.query("SELECT text, tokens, decode_seconds FROM reply_chunks WHERE message_id = ? ORDER BY seq");
  rows.bind(1, reply.value);
  ReplyText grown;
  while (rows.step()) {
    grown.text += rows.blob(0);
    const std::vector<std::int32_t> tokens = rows.tokens(1);
    grown.tokens.insert(grown.tokens.end(), tokens.begin(), tokens.end());
    grown.decodeSeconds = rows.real(2);
  }
  return grown;
}

std::vector<Message> readMessages(Database& database, ConversationId conversation) {
  auto rows = database.query(
      "SELECT id, parent_id, created_at, role, state, stop_reason, seed, prompt_tokens, reused_tokens, "
      "generated_tokens, "
      "prefill_seconds, decode_seconds, model, model_hash, timeline, error, content, tokens, extra "
      "FROM messages WHERE conversation_id = ? ORDER BY id");
  rows.bind(1, conversation.value);
  std::vector<Message> messages;
  while (rows.step()) {
    Message& message = messages.emplace_back();
    message.id.value = rows.integer(0);
    message.parent.value = rows.integer(1);
    message.createdAt = rows.time(2);
    message.role = roleFromString(rows.text(3)).value_or(Role::user);
    message.state = stateFromString(rows.text(4)).value_or(MessageState::complete);
    message.stopReason = stopReasonFromString(rows.text(5)).value_or(StopReason::none);
    message.seed = rows.seed(6);
    message.stats = {static_cast<int>(rows.integer(7)), static_cast<int>(rows.integer(8)),
                     static_cast<int>(rows.integer(9)), rows.real(10), rows.real(11)};
    message.model = rows.text(12);
    message.modelHash = rows.text(13);
    if (!rows.isNull(14)) {
      message.timeline = timelineFromJson(QJsonDocument::fromJson(rows.blob(14)).array(), QStringLiteral("token"));
    }
    message.error = rows.text(15);
    message.content = rows.text(16);
    message.tokens = rows.tokens(17);
    message.extra = rows.blob(18);
    if (message.state == MessageState::streaming) {
      const ReplyText grown = readChunks(database, message.id);
      message.content += fromUtf8Whole(withoutPartialCharacter(grown.text));
      message.tokens.insert(message.tokens.end(), grown.tokens.begin(), grown.tokens.end());
    }
  }
  return messages;
}

}  // namespace sotto::app
