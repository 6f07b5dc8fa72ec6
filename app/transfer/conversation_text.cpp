#include "transfer/conversation_text.h"

#include <algorithm>
#include <string>

#include "domain/utf8.h"
#include "sotto/engine/chat_template.h"
#include "transfer/conversation_json_parts.h"

namespace sotto::app {
namespace {

// Names in the files, the same in every language, as scripts may look for them.
QString speaker(Role role) {
  switch (role) {
    case Role::system:
      return QStringLiteral("System");
    case Role::user:
      return QStringLiteral("User");
    case Role::assistant:
      return QStringLiteral("Assistant");
  }
  return {};
}

std::vector<const Message*> shownPath(const ConversationTree& tree) {
  const MessageId leaf = tree.activeLeaf().valid() ? tree.activeLeaf() : tree.newestLeafBelow({});
  std::vector<const Message*> path;
  for (const MessageId id : tree.pathTo(leaf)) path.push_back(tree.find(id));
  return path;
}

// What a reader should know about a message that is not whole.
QString remark(const Message& message) {
  switch (message.state) {
    case MessageState::complete:
      return {};
    case MessageState::streaming:
      return QStringLiteral("(still being written)");
    case MessageState::interrupted:
      return QStringLiteral("(interrupted)");
    case MessageState::failed:
      return message.error.isEmpty() ? QStringLiteral("(failed)") : QStringLiteral("(failed: %1)").arg(message.error);
  }
  return {};
}

QString lastModel(const std::vector<const Message*>& path) {
  const auto found =
      std::find_if(path.rbegin(), path.rend(), [](const Message* message) { return !message->model.isEmpty(); });
  return found == path.rend() ? QString() : (*found)->model;
}

QString withoutTrailingBreaks(QString text) {
  while (text.endsWith(u'\n')) text.chop(1);
  return text;
}

struct Parts {
  QString thought;  // of a reasoning model
  QString content;  // all else
};

Parts partsOf(const Message& message) {
  if (message.role != Role::assistant) return {{}, message.content};
  const std::string content = message.content.toStdString();
  const engine::SplitReply reply = engine::split_thought(content);
  if (!reply.thinks) return {{}, message.content};
  const auto text = [](std::string_view part) { return QString::fromUtf8(part.data(), qsizetype(part.size())); };
  return {text(reply.thought), text(reply.answer)};
}

QString quoted(const QString& text) {
  QString result = QStringLiteral("> **Thought**\n>\n");
  for (const QStringView line : QStringView(text).split(u'\n')) {
    result += line.isEmpty() ? QStringLiteral(">\n") : QStringLiteral("> ") + line.toString() + u'\n';
  }
  return result;
}

}  // namespace

QString yamlQuoted(const QString& text) {
  QString quoted(u'"');
  for (const QChar c : text) {
    const char16_t u = c.unicode();
    if (u == u'"' || u == u'\\') {
      quoted += u'\\';
      quoted += c;
    } else if (u == u'\n') {
      quoted += QStringLiteral("\\n");
    } else if (u == u'\t') {
      quoted += QStringLiteral("\\t");
    } else if (u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0x2028 || u == 0x2029 || u == 0xfeff || u >= 0xfffe) {
      quoted += QStringLiteral("\\u%1").arg(static_cast<uint>(u), 4, 16, QChar(u'0'));
    } else {
      quoted += c;
    }
  }
  return quoted + u'"';
}

QByteArray toMarkdown(const ConversationTree& tree, const ExportContext& context) {
  const std::vector<const Message*> path = shownPath(tree);
  QString text = QStringLiteral("---\n");
  const auto field = [&text](const char* name, const QString& value) {
    if (!value.isEmpty()) text += QLatin1StringView(name) + QStringLiteral(": ") + yamlQuoted(value) + u'\n';
  };
  field("title", tree.title);
  field("created", timeText(tree.createdAt));
  field("updated", timeText(tree.updatedAt));
  field("model", lastModel(path));
  field("system_prompt", tree.settings.systemPrompt);
  field("exported_by", context.app);
  field("exported_at", timeText(context.exportedAt));
  text += QStringLiteral("---\n\n# ") + tree.title.simplified() + u'\n';
  for (const Message* message : path) {
    text += QStringLiteral("\n## ") + speaker(message->role) + QStringLiteral("\n\n");
    const Parts parts = partsOf(*message);
    if (!parts.thought.isEmpty()) text += quoted(parts.thought) + (parts.content.isEmpty() ? "" : "\n");
    if (!parts.content.isEmpty()) text += withoutTrailingBreaks(parts.content) + u'\n';
    if (const QString note = remark(*message); !note.isEmpty()) {
      text += (message->content.isEmpty() ? QString() : QStringLiteral("\n")) + u'*' + note + QStringLiteral("*\n");
    }
  }
  return utf8Of(text);
}

QByteArray toPlainText(const ConversationTree& tree, const ExportContext&) {
  const std::vector<const Message*> path = shownPath(tree);
  const QString title = tree.title.simplified();
  QString text = title + u'\n' + QString(std::clamp<qsizetype>(title.size(), 3, 72), u'=') + u'\n';
  text += timeText(tree.createdAt);
  if (const QString model = lastModel(path); !model.isEmpty()) text += QStringLiteral(", ") + model;
  text += u'\n';
  const auto say = [&text](const QString& name, const QString& words) {
    text += u'\n' + name + QStringLiteral(":\n") + withoutTrailingBreaks(words) + u'\n';
  };
  if (!tree.settings.systemPrompt.isEmpty()) say(QStringLiteral("System"), tree.settings.systemPrompt);
  for (const Message* message : path) {
    const Parts parts = partsOf(*message);
    QString words = parts.content;
    if (!parts.thought.isEmpty())
      words = QStringLiteral("(thought)\n") + parts.thought +
              (words.isEmpty() ? QString() : QStringLiteral("\n(answer)\n") + words);
    say(speaker(message->role), words);
    if (const QString note = remark(*message); !note.isEmpty()) text += note + u'\n';
  }
  return utf8Of(text);
}

}  // namespace sotto::app
