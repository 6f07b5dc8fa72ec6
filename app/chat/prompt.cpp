#include "chat/prompt.h"

#include <QStringList>

namespace sotto::app {

namespace {

engine::Role toEngine(Role role) {
  switch (role) {
    case Role::system:
      return engine::Role::system;
    case Role::assistant:
      return engine::Role::assistant;
    case Role::user:
      break;
  }
  return engine::Role::user;
}

engine::ChatMessage toEngine(const Message& message, const ModelIdentity& model) {
  engine::ChatMessage result{.role = toEngine(message.role), .content = message.content.toStdString(), .tokens = {}};
  // The ids of a reply that a stop string ended hold that string too; its text does not.
  if (message.role == Role::assistant && message.stopReason != StopReason::stopString && wroteIt(model, message)) {
    result.tokens = message.tokens;
  }
  return result;
}

void join(engine::ChatMessage& last, const engine::ChatMessage& next) {
  last.content.append("\n\n").append(next.content);
  last.tokens.clear();
}

}  // namespace

bool wroteIt(const ModelIdentity& model, const Message& reply) {
  if (!model.hash.isEmpty() && !reply.modelHash.isEmpty()) return model.hash == reply.modelHash;
  return !reply.model.isEmpty() && reply.model == model.name;
}

int tokensLeft(int maxTokens, int earlier) { return maxTokens <= 0 ? 0 : maxTokens - earlier % maxTokens; }

engine::Request requestFor(const ConversationTree& tree, MessageId reply, const ModelIdentity& model) {
  engine::Request request;
  QStringList system;
  if (!tree.settings.systemPrompt.trimmed().isEmpty()) system << tree.settings.systemPrompt;
  std::vector<engine::ChatMessage> turns;
  for (const MessageId id : tree.pathTo(reply)) {
    const Message& message = *tree.find(id);
    if (message.role == Role::system) {
      system << message.content;
      continue;
    }
    if (message.role == Role::assistant && message.content.isEmpty() && (id != reply || message.tokens.empty()))
      continue;
    engine::ChatMessage turn = toEngine(message, model);
    if (turns.empty() && turn.role == engine::Role::assistant) turns.push_back({});  // templates begin with the user
    if (!turns.empty() && turns.back().role == turn.role) {
      join(turns.back(), turn);
    } else {
      turns.push_back(std::move(turn));
    }
  }
  if (!system.isEmpty()) {
    request.messages.push_back(
        {.role = engine::Role::system, .content = system.join(QStringLiteral("\n\n")).toStdString(), .tokens = {}});
  }
  request.messages.insert(request.messages.end(), std::make_move_iterator(turns.begin()),
                          std::make_move_iterator(turns.end()));
  const Message& message = *tree.find(reply);
  request.now = tree.createdAt.toSecsSinceEpoch();
  request.chat_template = model.chatTemplate.toStdString();
  request.thinking = tree.settings.thinking;
  request.seed = message.seed.value_or(0);
  request.max_tokens = tokensLeft(tree.settings.maxTokens, static_cast<int>(message.tokens.size()));
  return request;
}

}  // namespace sotto::app
