// One message of a conversation's tree, as it is stored and shown. Plain values; no Qt objects.
#pragma once

#include <QDateTime>
#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/ids.h"
#include "sotto/engine/sampling.h"

namespace sotto::app {

enum class Role {
  system,
  user,
  assistant
};
enum class MessageState {
  complete,
  streaming,
  interrupted,
  failed
};
// none: still streaming, or not an assistant's message.
enum class StopReason {
  none,
  end,
  length,
  context,
  stopString,
  stopped,
  interrupted,
  error
};

// From `token` on (its index in the reply) the reply was drawn with `params`.
struct TimelineEntry {
  int token = 0;
  engine::SamplingParams params;
  // Where that token's text begins in Message::content, in UTF-16 units: the length of the content when the token was
  // drawn. -1: not known (an imported reply). The transcript sets its change marks by it; stored as "offset".
  int textOffset = -1;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

struct ReplyStats {
  int promptTokens = 0;
  int reusedTokens = 0;
  int generatedTokens = 0;
  double prefillSeconds = 0;
  double decodeSeconds = 0;
  [[nodiscard]] double tokensPerSecond() const { return decodeSeconds > 0 ? generatedTokens / decodeSeconds : 0; }
  friend bool operator==(const ReplyStats&, const ReplyStats&) = default;
};

struct Message {
  MessageId id;
  MessageId parent;  // invalid: a root
  Role role = Role::user;
  QString content;
  MessageState state = MessageState::complete;
  QDateTime createdAt;  // UTC, milliseconds

  // Of replies only:
  StopReason stopReason = StopReason::none;
  QString model;      // its name
  QString modelHash;  // SHA-256 in hex, empty while not yet known
  std::optional<quint64> seed;
  std::vector<TimelineEntry> timeline;  // the first entry is at token 0
  std::vector<std::int32_t> tokens;     // as the model wrote them
  ReplyStats stats;
  QString error;     // the user's sentence when failed
  QByteArray extra;  // JSON object of fields that an import brought and we do not know; empty: none

  friend bool operator==(const Message&, const Message&) = default;
};

[[nodiscard]] QString toString(Role role);           // "user"
[[nodiscard]] QString toString(MessageState state);  // "complete"
[[nodiscard]] QString toString(StopReason reason);   // "stop_string"; none is ""
[[nodiscard]] std::optional<Role> roleFromString(QStringView text);
[[nodiscard]] std::optional<MessageState> stateFromString(QStringView text);
[[nodiscard]] std::optional<StopReason> stopReasonFromString(QStringView text);

}  // namespace sotto::app
