#include "transfer/conversation_json.h"

#include <QJsonArray>
#include <QJsonObject>
#include <limits>

#include "domain/sampling_json.h"
#include "transfer/conversation_json_parts.h"
#include "transfer/json_remainder.h"

namespace sotto::app {
namespace {

QJsonValue idOrNull(MessageId id) {
  return id.valid() ? QJsonValue(QString::number(id.value)) : QJsonValue(QJsonValue::Null);
}

QJsonObject statsJson(const ReplyStats& stats) {
  return {{QStringLiteral("prompt_tokens"), stats.promptTokens},
          {QStringLiteral("reused_tokens"), stats.reusedTokens},
          {QStringLiteral("generated_tokens"), stats.generatedTokens},
          {QStringLiteral("prefill_seconds"), stats.prefillSeconds},
          {QStringLiteral("decode_seconds"), stats.decodeSeconds}};
}

}  // namespace

QJsonValue seedJson(std::optional<quint64> seed) {
  if (!seed) return QJsonValue::Null;
  if (*seed > static_cast<quint64>(std::numeric_limits<qint64>::max())) return QString::number(*seed);
  return static_cast<qint64>(*seed);
}

QString timeText(const QDateTime& time) { return time.toUTC().toString(Qt::ISODateWithMs); }

QJsonObject messageJson(const Message& message) {
  QJsonObject json{{QStringLiteral("id"), QString::number(message.id.value)},
                   {QStringLiteral("parent_id"), idOrNull(message.parent)},
                   {QStringLiteral("role"), toString(message.role)},
                   {QStringLiteral("content"), message.content},
                   {QStringLiteral("state"), toString(message.state)},
                   {QStringLiteral("created_at"), timeText(message.createdAt)}};
  if (!message.model.isEmpty() || !message.modelHash.isEmpty()) {
    QJsonObject model{{QStringLiteral("name"), message.model}};
    if (!message.modelHash.isEmpty()) model.insert(QStringLiteral("sha256"), message.modelHash);
    json.insert(QStringLiteral("model"), model);
  }
  if (message.seed) json.insert(QStringLiteral("seed"), seedJson(message.seed));
  if (!message.timeline.empty()) {
    json.insert(QStringLiteral("sampling_timeline"), toJson(message.timeline, QStringLiteral("token_index")));
  }
  if (message.stopReason != StopReason::none) {
    json.insert(QStringLiteral("stop_reason"), toString(message.stopReason));
  }
  if (message.stats != ReplyStats()) json.insert(QStringLiteral("stats"), statsJson(message.stats));
  if (!message.tokens.empty()) {
    QJsonArray tokens;
    for (const std::int32_t token : message.tokens) tokens.append(token);
    json.insert(QStringLiteral("token_ids"), tokens);
  }
  if (!message.error.isEmpty()) json.insert(QStringLiteral("error"), message.error);
  return json;
}

QJsonObject conversationJson(const ConversationTree& tree, const std::vector<Preset>& presets) {
  QJsonObject settings{{QStringLiteral("system_prompt"), tree.settings.systemPrompt},
                       {QStringLiteral("params"), toJson(tree.settings.params)},
                       {QStringLiteral("max_tokens"), tree.settings.maxTokens}};
  if (tree.settings.seed) settings.insert(QStringLiteral("seed"), seedJson(tree.settings.seed));
  if (tree.settings.thinking) settings.insert(QStringLiteral("thinking"), *tree.settings.thinking);
  for (const Preset& preset : presets) {
    if (preset.id == tree.settings.preset) settings.insert(QStringLiteral("preset"), preset.name);
  }
  return {{QStringLiteral("id"), QString::number(tree.id.value)},
          {QStringLiteral("title"), tree.title},
          {QStringLiteral("created_at"), timeText(tree.createdAt)},
          {QStringLiteral("updated_at"), timeText(tree.updatedAt)},
          {QStringLiteral("settings"), settings}};
}

QByteArray toConversationJson(const ConversationTree& tree, const ExportContext& context) {
  QJsonArray messages;
  for (const Message& message : tree.messages()) {
    messages.append(jsonMerged(messageJson(message), extraObject(message.extra)));
  }
  const QJsonObject document{{QStringLiteral("format"), QLatin1StringView(conversationFormat)},
                             {QStringLiteral("version"), conversationVersion},
                             {QStringLiteral("app"), context.app},
                             {QStringLiteral("exported_at"), timeText(context.exportedAt)},
                             {QStringLiteral("conversation"), conversationJson(tree, context.presets)},
                             {QStringLiteral("messages"), messages},
                             {QStringLiteral("active_leaf"), idOrNull(tree.activeLeaf())}};
  return jsonBytes(jsonMerged(document, extraObject(tree.extra)));
}

}  // namespace sotto::app
