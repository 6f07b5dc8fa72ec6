// Rows of the table messages as values.
#pragma once

#include <vector>

#include "domain/ids.h"
#include "domain/message.h"

namespace sotto::app {

class Database;

// All messages of a conversation, in the order of their ids, parents before children; with the text and tokens stored
// so far of a reply that is being written.
[[nodiscard]] std::vector<Message> readMessages(Database& database, ConversationId conversation);

// What the chunks of a reply hold.
struct ReplyText {
  QByteArray text;  // UTF-8; may end within a character
  std::vector<std::int32_t> tokens;
  double decodeSeconds = 0;  // since the reply was begun or continued
};
[[nodiscard]] ReplyText readChunks(Database& database, MessageId reply);

// Without the part of a character that `utf8` may end with.
[[nodiscard]] QByteArray withoutPartialCharacter(const QByteArray& utf8);

// JSON [{"token":N,"params":{...}}]; empty for an empty timeline.
[[nodiscard]] QString timelineText(const std::vector<TimelineEntry>& timeline);

}  // namespace sotto::app
