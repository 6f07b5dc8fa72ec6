#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <algorithm>
#include <cmath>
#include <limits>

#include "domain/sampling_json.h"
#include "transfer/conversation_json.h"
#include "transfer/conversation_json_parts.h"
#include "transfer/json_remainder.h"

namespace sotto::app {
namespace {

QString say(const char* sentence) { return QCoreApplication::translate("Transfer", sentence); }

QString text(const QJsonObject& json, const char* name) { return json.value(QLatin1StringView(name)).toString(); }

// An id as it stands in the file, by which messages refer to each other. Empty: none.
QString idText(const QJsonValue& value) {
  return value.isDouble() ? QString::number(value.toInteger()) : value.toString();
}

// Our own ids are whole numbers; 0 for any other.
qint64 idNumber(const QString& id) {
  bool ok = false;
  const qint64 number = id.toLongLong(&ok);
  return ok && number > 0 && QString::number(number) == id ? number : 0;
}

std::optional<QDateTime> readTime(const QJsonObject& json, const char* name) {
  const QDateTime time = QDateTime::fromString(text(json, name), Qt::ISODateWithMs);
  return time.isValid() ? std::optional(time.toUTC()) : std::nullopt;
}

std::optional<quint64> readSeed(const QJsonObject& json) {
  const QJsonValue value = json.value(QLatin1StringView("seed"));
  if (value.isString()) {
    bool ok = false;
    const quint64 seed = value.toString().toULongLong(&ok);
    return ok ? std::optional(seed) : std::nullopt;
  }
  const qint64 seed = value.toInteger(-1);
  return seed >= 0 ? std::optional(static_cast<quint64>(seed)) : std::nullopt;
}

int readCount(const QJsonObject& json, const char* name) {
  return std::max(0, json.value(QLatin1StringView(name)).toInt());
}

ReplyStats readStats(const QJsonObject& json) {
  return {readCount(json, "prompt_tokens"), readCount(json, "reused_tokens"), readCount(json, "generated_tokens"),
          json.value(QLatin1StringView("prefill_seconds")).toDouble(),
          json.value(QLatin1StringView("decode_seconds")).toDouble()};
}

std::vector<std::int32_t> readTokens(const QJsonArray& json) {
  std::vector<std::int32_t> tokens;
  tokens.reserve(static_cast<size_t>(json.size()));
  for (const QJsonValue& value : json) {
    const qint64 token = value.toInteger(-1);
    if (token < 0 || token > std::numeric_limits<std::int32_t>::max()) return {};  // all or none: they are one text
    tokens.push_back(static_cast<std::int32_t>(token));
  }
  return tokens;
}

// All but id and parent.
Message readMessage(const QJsonObject& json, const QDateTime& fallbackTime) {
  Message message;
  message.role = roleFromString(text(json, "role")).value_or(Role::user);
  message.content = text(json, "content");
  message.state = stateFromString(text(json, "state")).value_or(MessageState::complete);
  message.createdAt = readTime(json, "created_at").value_or(fallbackTime);
  const QJsonObject model = json.value(QLatin1StringView("model")).toObject();
  message.model = text(model, "name");
  message.modelHash = text(model, "sha256");
  message.seed = readSeed(json);
  message.timeline =
      timelineFromJson(json.value(QLatin1StringView("sampling_timeline")).toArray(), QStringLiteral("token_index"));
  message.stopReason = stopReasonFromString(text(json, "stop_reason")).value_or(StopReason::none);
  message.stats = readStats(json.value(QLatin1StringView("stats")).toObject());
  message.tokens = readTokens(json.value(QLatin1StringView("token_ids")).toArray());
  message.error = text(json, "error");
  return message;
}

// Messages come in any order; the tree wants parents first.
class TreeReader {
 public:
  TreeReader(ReadConversation& read, const QJsonArray& messages) : read_(read) {
    ownIds_ = true;
    for (const QJsonValue& value : messages) {
      const QString id = idText(value.toObject().value(QLatin1StringView("id")));
      if (id.isEmpty()) continue;
      ownIds_ = ownIds_ && idNumber(id) > 0;
      known_.insert(id);
    }
    for (const QJsonValue& value : messages) take(value.toObject());
    for (const auto& waiting : waiting_)
      read_.notUnderstood += static_cast<int>(waiting.size());  // a circle of parents
  }

  [[nodiscard]] MessageId idOf(const QString& id) const { return ids_.value(id); }

 private:
  void take(const QJsonObject& json) {
    const QString id = idText(json.value(QLatin1StringView("id")));
    const bool understood = roleFromString(text(json, "role")).has_value() && !id.isEmpty() && !ids_.contains(id);
    if (!understood) {
      ++read_.notUnderstood;
      return;
    }
    const QString parent = idText(json.value(QLatin1StringView("parent_id")));
    if (!parent.isEmpty() && !ids_.contains(parent) && known_.contains(parent)) {
      waiting_[parent].push_back(json);
      return;
    }
    std::vector<QJsonObject> next{json};
    while (!next.empty()) {
      const QJsonObject one = next.back();
      next.pop_back();
      const QString added = add(one);
      if (added.isEmpty()) continue;
      const std::vector<QJsonObject> children = waiting_.take(added);
      next.insert(next.end(), children.rbegin(), children.rend());
    }
  }

  // Its id; empty where there is such a message already.
  QString add(const QJsonObject& json) {
    QString id = idText(json.value(QLatin1StringView("id")));
    if (ids_.contains(id)) {
      ++read_.notUnderstood;
      return {};
    }
    if (!json.value(QLatin1StringView("content")).isString()) ++read_.notUnderstood;
    Message message = readMessage(json, read_.tree.createdAt);
    message.id = {ownIds_ ? idNumber(id) : ++lastId_};
    const QString parent = idText(json.value(QLatin1StringView("parent_id")));
    message.parent = ids_.value(parent);
    if (!parent.isEmpty() && !message.parent.valid()) ++read_.notUnderstood;  // a parent that is not there: a root
    message.extra = extraText(jsonRemainder(json, messageJson(message)));
    ids_.insert(id, message.id);
    read_.tree.add(std::move(message));
    return id;
  }

  ReadConversation& read_;
  bool ownIds_ = false;
  qint64 lastId_ = 0;
  QSet<QString> known_;
  QHash<QString, MessageId> ids_;
  QHash<QString, std::vector<QJsonObject>> waiting_;
};

void readSettings(const QJsonObject& json, const std::vector<Preset>& presets, ConversationSettings& settings) {
  settings.systemPrompt = text(json, "system_prompt");
  settings.params = samplingParamsFromJson(json.value(QLatin1StringView("params")).toObject());
  settings.seed = readSeed(json);
  settings.maxTokens = readCount(json, "max_tokens");
  const QJsonValue thinking = json.value(QLatin1StringView("thinking"));
  if (thinking.isBool()) settings.thinking = thinking.toBool();
  const QString name = text(json, "preset");
  for (const Preset& preset : presets) {
    if (preset.name == name) settings.preset = preset.id;
  }
}

}  // namespace

Result<ReadConversation> readConversationJson(const QByteArray& json, const std::vector<Preset>& presets) {
  QJsonParseError error;
  const QJsonObject document = QJsonDocument::fromJson(json, &error).object();
  if (error.error != QJsonParseError::NoError || text(document, "format") != QLatin1StringView(conversationFormat)) {
    return Failure{Failure::Kind::invalid, say("This is not a conversation that Sotto has exported.")};
  }
  const int version = document.value(QLatin1StringView("version")).toInt();
  if (version > conversationVersion) {
    return Failure{Failure::Kind::newer,
                   say("This conversation was exported by a newer Sotto; install it to read this.")};
  }
  if (version < 1) return Failure{Failure::Kind::invalid, say("This is not a conversation that Sotto has exported.")};

  ReadConversation read;
  ConversationTree& tree = read.tree;
  const QJsonObject conversation = document.value(QLatin1StringView("conversation")).toObject();
  tree.id = {idNumber(idText(conversation.value(QLatin1StringView("id"))))};
  tree.title = text(conversation, "title");
  tree.createdAt = readTime(conversation, "created_at").value_or(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
  tree.updatedAt = readTime(conversation, "updated_at").value_or(tree.createdAt);
  readSettings(conversation.value(QLatin1StringView("settings")).toObject(), presets, tree.settings);

  const TreeReader messages(read, document.value(QLatin1StringView("messages")).toArray());
  tree.setActiveLeaf(messages.idOf(idText(document.value(QLatin1StringView("active_leaf")))));

  QJsonObject known{{QStringLiteral("conversation"), conversationJson(tree, presets)}};
  for (const char* name : {"format", "version", "app", "exported_at", "messages", "active_leaf"}) {
    known.insert(QLatin1StringView(name), QJsonValue::Null);
  }
  tree.extra = extraText(jsonRemainder(document, known));
  return read;
}

}  // namespace sotto::app
