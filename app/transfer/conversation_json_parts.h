// What the writer and the reader of the conversation's JSON share. Internal to app/transfer.
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <optional>
#include <vector>

#include "domain/conversation.h"
#include "domain/preset.h"

namespace sotto::app {

inline constexpr char conversationFormat[] = "sotto-conversation";
inline constexpr int conversationVersion = 1;

// What we know of a message and of a conversation, without its `extra`.
[[nodiscard]] QJsonObject messageJson(const Message& message);
[[nodiscard]] QJsonObject conversationJson(const ConversationTree& tree, const std::vector<Preset>& presets);

[[nodiscard]] QJsonValue seedJson(std::optional<quint64> seed);
[[nodiscard]] QString timeText(const QDateTime& time);

}  // namespace sotto::app
