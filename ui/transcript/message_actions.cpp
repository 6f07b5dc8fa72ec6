#include "transcript/message_actions.h"

#include <QCoreApplication>
#include <QLocale>

namespace sotto::ui {

using app::MessageState;
using app::ReplyPhase;
using app::StopReason;

namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(MessageActions)
};
QString grouped(int number) { return QLocale().toString(number); }

QString tokens(int count) { return Words::tr("%Ln tokens", nullptr, count); }

QString speed(int count, double perSecond) {
  QString text = tokens(count);
  const int decimals = perSecond < 100 ? 1 : 0;
  if (perSecond > 0)
    text += QStringLiteral(" · ") + Words::tr("%1 tok/s").arg(QLocale().toString(perSecond, 'f', decimals));
  return text;
}

bool canContinue(const app::Message& reply) {
  if (reply.state == MessageState::interrupted) return true;
  return reply.stopReason == StopReason::stopped || reply.stopReason == StopReason::length;
}

void addVersions(const TranscriptSource::Versions& versions, std::vector<ActionItem>* items) {
  if (versions.count < 2) return;
  items->push_back({MessageAction::previousVersion, QStringLiteral("‹"), false, versions.previous.valid()});
  const QString place = Words::tr("%1 / %2").arg(versions.index + 1).arg(versions.count);
  items->push_back({MessageAction::none, place, false, true, 4});
  items->push_back({MessageAction::nextVersion, QStringLiteral("›"), false, versions.next.valid(), 4});
}

}  // namespace

QString endInWords(const app::Message& reply) {
  if (reply.state == MessageState::streaming || reply.state == MessageState::failed) return {};
  if (reply.state == MessageState::interrupted) return Words::tr("Interrupted before its end");
  switch (reply.stopReason) {
    case StopReason::stopped:
      return Words::tr("Stopped by you");
    case StopReason::length:
      return reply.stats.generatedTokens > 0
                 ? Words::tr("Reached the limit of %1").arg(tokens(reply.stats.generatedTokens))
                 : Words::tr("Reached the limit of tokens");
    case StopReason::context:
      return Words::tr("The context is full; start a new chat to go on");
    case StopReason::stopString:
      return Words::tr("Ended at a stop string");
    case StopReason::interrupted:
      return Words::tr("Interrupted before its end");
    default:
      return {};
  }
}

std::vector<ActionItem> failureActionsOf(const app::Message& reply) {
  std::vector<ActionItem> items;
  if (reply.stopReason == StopReason::context) items.push_back({MessageAction::newChat, Words::tr("New chat"), true});
  items.push_back({MessageAction::regenerate, Words::tr("Try again"), true});
  return items;
}

QString progressInWords(const app::ReplyStatus& status) {
  switch (status.phase) {
    case ReplyPhase::queued:
      return Words::tr("Waits until the reply in another chat is written");
    case ReplyPhase::prefill:
      return status.promptTotal > 0
                 ? Words::tr("Reading the prompt, %1 of %2").arg(grouped(status.promptDone), tokens(status.promptTotal))
                 : Words::tr("Reading the prompt");
    case ReplyPhase::decode:
      return status.generated > 0 ? speed(status.generated, status.tokensPerSecond) : Words::tr("Writing");
    case ReplyPhase::idle:
      break;
  }
  return {};
}

QString nameOf(const ActionItem& item) {
  switch (item.action) {
    case MessageAction::previousVersion:
      return Words::tr("Previous version");
    case MessageAction::nextVersion:
      return Words::tr("Next version");
    default:
      return item.text;
  }
}

std::vector<ActionItem> actionsOf(const app::Message& message, const TranscriptSource::Versions& versions,
                                  const app::ReplyStatus& status) {
  std::vector<ActionItem> items;
  if (message.role == app::Role::user) {
    addVersions(versions, &items);
    items.push_back({MessageAction::copy, Words::tr("Copy")});
    items.push_back({MessageAction::edit, Words::tr("Edit")});
    return items;
  }
  if (message.role == app::Role::system) {
    items.push_back({MessageAction::copy, Words::tr("Copy")});
    return items;
  }
  if (message.state == MessageState::streaming) {
    const bool mine = status.phase != ReplyPhase::idle && status.message == message.id;
    items.push_back({MessageAction::none, mine ? progressInWords(status) : Words::tr("Writing"), true});
    if (!message.content.isEmpty()) items.push_back({MessageAction::copy, Words::tr("Copy")});
    if (mine && status.phase == ReplyPhase::queued) items.push_back({MessageAction::cancel, Words::tr("Cancel"), true});
    return items;
  }
  if (const QString end = endInWords(message); !end.isEmpty()) {
    items.push_back({MessageAction::none, end, true});
    if (canContinue(message)) items.back().spare = 2;
    if (canContinue(message)) items.push_back({MessageAction::continueReply, Words::tr("Continue"), true});
    if (message.stopReason == StopReason::context)
      items.push_back({MessageAction::newChat, Words::tr("New chat"), true});
  }
  addVersions(versions, &items);
  if (message.stats.generatedTokens > 0) {
    items.push_back({MessageAction::none, speed(message.stats.generatedTokens, message.stats.tokensPerSecond())});
    items.back().spare = 1;
  }
  if (!message.content.isEmpty()) items.push_back({MessageAction::copy, Words::tr("Copy")});
  if (message.state != MessageState::failed) items.push_back({MessageAction::regenerate, Words::tr("Regenerate")});
  return items;
}

}  // namespace sotto::ui
