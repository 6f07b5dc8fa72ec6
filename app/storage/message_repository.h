// Messages and the parts of replies that are being written. See store.h for the thread guarantee and exceptions.
//
// A reply's way: `add` with state streaming (before generation starts); `setWriter` where it begins with another model
// or other parameters than it was added with; `appendChunk` at least every 250 ms while there is new text; `finish`.
// Continue: `reopen`, then chunks, then `finish` with the whole text and all tokens.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <cstdint>
#include <vector>

#include "domain/file_stamp.h"
#include "domain/ids.h"
#include "domain/message.h"

namespace sotto::app {

class Database;

// What a reply grew by since the last chunk.
struct ReplyChunk {
  // Tokens whose text is in `text`: one whose text is held back (part of a character, perhaps of a stop string) belongs
  // to a later chunk, so that a reply that is continued after a crash misses nothing.
  std::vector<std::int32_t> tokens;
  QByteArray text;                      // UTF-8, whole characters
  std::vector<TimelineEntry> timeline;  // the whole timeline when it has changed; empty: as it was
  double decodeSeconds = 0;             // since the reply was begun or continued
};

class MessageRepository {
 public:
  explicit MessageRepository(Database& database) : database_(database) {}

  // Adds below message.parent, which must be of the same conversation or none. `message.id` is not read. Does not move
  // the active leaf.
  [[nodiscard]] MessageId add(ConversationId conversation, const Message& message);

  // Model, its hash and timeline of `reply`, as it begins to be written now. Throws `missing`.
  void setWriter(const Message& reply);

  // In the order of writing. Throws `missing` when `reply` is not streaming: it was finished, or its conversation is
  // gone for good.
  void appendChunk(MessageId reply, const ReplyChunk& chunk);

  // A reply that ended is streaming again; it keeps its text, tokens and timeline.
  void reopen(MessageId reply);

  // The end, in one transaction: text, tokens, state, stop reason, timings, seed, timeline, model, error as they are in
  // `reply`; its chunks go. Also changes a reply that has ended already. Throws `missing`.
  void finish(const Message& reply, const QDateTime& now);

  // The hash of the model that is about to write this reply is not known yet: the reply gets it from
  // ModelRepository::setHash for the same file, now or in a later run.
  void awaitModelHash(MessageId reply, const FileStamp& model);

  // Replies that are streaming become interrupted, with the text and tokens of their chunks. Returns how many.
  int interruptStreaming();

 private:
  Database& database_;
};

}  // namespace sotto::app
