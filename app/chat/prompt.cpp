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

// What templates cannot take is made to fit.
class Turns {
 public:
  Turns(const ConversationTree& tree, const ModelIdentity& model) : tree_(tree), model_(model) {
    if (!tree.settings.systemPrompt.trimmed().isEmpty()) system_ << tree.settings.systemPrompt;
  }

  void add(const Message& message, bool continued) {
    if (message.role == Role::system) {
      system_ << message.content;
      return;
    }
    if (message.role == Role::assistant && message.content.isEmpty() && (!continued || message.tokens.empty())) return;
    engine::ChatMessage turn = toEngine(message, model_);
    if (turns_.empty() && turn.role == engine::Role::assistant) turns_.push_back({});  // templates begin with the user
    if (!turns_.empty() && turns_.back().role == turn.role) {
      join(turns_.back(), turn);
    } else {
      turns_.push_back(std::move(turn));
    }
  }

  // Without seed and number of tokens. Takes what was added.
  [[nodiscard]] engine::Request request() {
    engine::Request request;
    if (!system_.isEmpty()) {
      request.messages.push_back(
          {.role = engine::Role::system, .content = system_.join(QStringLiteral("\n\n")).toStdString(), .tokens = {}});
    }
    request.messages.insert(request.messages.end(), std::make_move_iterator(turns_.begin()),
                            std::make_move_iterator(turns_.end()));
    // A new chat begins when its first message is sent; until then the engine takes the present.
    request.now = tree_.createdAt.isValid() ? tree_.createdAt.toSecsSinceEpoch() : 0;
    request.chat_template = model_.chatTemplate.toStdString();
    request.thinking = tree_.settings.thinking;
    return request;
  }

 private:
  const ConversationTree& tree_;
  const ModelIdentity& model_;
  QStringList system_;
  std::vector<engine::ChatMessage> turns_;
};

}  // namespace

bool wroteIt(const ModelIdentity& model, const Message& reply) {
  if (!model.hash.isEmpty() && !reply.modelHash.isEmpty()) return model.hash == reply.modelHash;
  return !reply.model.isEmpty() && reply.model == model.name;
}

int tokensLeft(int maxTokens, int earlier) { return maxTokens <= 0 ? 0 : maxTokens - earlier % maxTokens; }

engine::Request requestFor(const ConversationTree& tree, MessageId reply, const ModelIdentity& model) {
  Turns turns(tree, model);
  for (const MessageId id : tree.pathTo(reply)) turns.add(*tree.find(id), id == reply);
  engine::Request request = turns.request();
  const Message& message = *tree.find(reply);
  request.seed = message.seed.value_or(0);
  request.max_tokens = tokensLeft(tree.settings.maxTokens, static_cast<int>(message.tokens.size()));
  return request;
}

engine::Request requestForDraft(const ConversationTree& tree, MessageId parent, const QString& draft,
                                const ModelIdentity& model) {
  Turns turns(tree, model);
  if (parent.valid()) {
    for (const MessageId id : tree.pathTo(parent)) turns.add(*tree.find(id), false);
  }
  Message message;
  message.role = Role::user;
  qsizetype end = draft.size();
  while (end > 0 && !draft.at(end - 1).isSpace()) --end;
  while (end > 0 && draft.at(end - 1).isSpace()) --end;
  message.content = draft.left(end);
  turns.add(message, false);
  return turns.request();
}

}  // namespace sotto::app
