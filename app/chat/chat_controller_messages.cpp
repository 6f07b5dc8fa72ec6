// Messages of the shown conversation, and the replies to them.
#include <QRandomGenerator>

#include "chat/chat_controller_impl.h"
#include "chat/title.h"
#include "storage/conversation_repository.h"
#include "storage/message_repository.h"

namespace sotto::app {

namespace {

struct StoredIds {
  ConversationId conversation;
  MessageId user;
  MessageId reply;
};

// Everything of a turn, or nothing of it.
StoredIds store(Store& store, const NewTurn& turn, ConversationId conversation, const ConversationSettings& settings) {
  StoredIds ids{.conversation = conversation, .user = {}, .reply = {}};
  store.transaction(Durability::full, [&] {
    if (!ids.conversation.valid()) {
      ids.conversation = store.conversations().create(turn.title, settings, turn.reply.createdAt);
    }
    Message reply = turn.reply;
    if (turn.user) {
      ids.user = store.messages().add(ids.conversation, *turn.user);
      reply.parent = ids.user;
    }
    ids.reply = store.messages().add(ids.conversation, reply);
    store.conversations().setActiveLeaf(ids.conversation, ids.reply);
  });
  return ids;
}

bool canContinue(const Message& reply) {
  if (reply.role != Role::assistant || reply.state == MessageState::streaming) return false;
  return reply.stopReason != StopReason::end && reply.stopReason != StopReason::stopString;
}

// Short enough to be read out and typed in again.
quint64 newSeed() { return QRandomGenerator::system()->generate(); }

}  // namespace

bool ChatController::Impl::modelThere() const {
  const ModelState state = models.status().state;
  return state == ModelState::ready || state == ModelState::loading;
}

bool ChatController::Impl::mayReply() const {
  if (!current || current->storing > 0) return false;
  if (modelThere()) return true;
  emit q.notice(tr("No model is loaded; open one first."));
  return false;
}

Message ChatController::Impl::newReply(const OpenConversation& conversation, MessageId parent) const {
  const ConversationSettings& settings = conversation.tree.settings;
  Message reply;
  reply.parent = parent;
  reply.role = Role::assistant;
  reply.state = MessageState::streaming;
  reply.createdAt = QDateTime::currentDateTimeUtc();
  reply.model = models.identity().name;
  reply.modelHash = models.identity().hash;
  reply.seed = settings.seed ? *settings.seed : newSeed();
  reply.timeline = {{.token = 0, .params = settings.params, .textOffset = 0}};
  return reply;
}

void ChatController::Impl::storeTurn(const OpenConversationPtr& conversation, const NewTurn& turn) {
  ++conversation->storing;
  const ConversationTree& tree = conversation->tree;
  storage.post([turn, id = tree.id, settings = tree.settings](Store& s) { return store(s, turn, id, settings); }, &q,
               [this, conversation, turn](const Result<StoredIds>& stored) {
                 if (!stored.ok()) {
                   onTurnLost(conversation, turn, stored.failure());
                   return;
                 }
                 NewTurn done = turn;
                 if (done.user) done.user->id = stored->user;
                 done.reply.id = stored->reply;
                 if (done.user) done.reply.parent = stored->user;
                 onTurnStored(conversation, stored->conversation, std::move(done));
               });
  emit q.replyStatusChanged(tree.id);
}

void ChatController::Impl::onTurnStored(const OpenConversationPtr& conversation, ConversationId id, NewTurn turn) {
  ConversationTree& tree = conversation->tree;
  if (!tree.id.valid()) {
    tree.id = id;
    tree.title = turn.title;
    tree.createdAt = turn.reply.createdAt;
    if (conversation->settingsChanged) saveSoon.start();
    if (conversation == current && drafts.contains({})) drafts.insert(id, drafts.take({}));
  }
  tree.updatedAt = turn.reply.createdAt;
  open.insert(id, conversation);
  const std::vector<MessageId> before = tree.activePath();
  const MessageId reply = turn.reply.id;
  if (turn.user) tree.add(std::move(*turn.user));
  tree.add(std::move(turn.reply));
  tree.setActiveLeaf(reply);
  // One that could not be stored before must not come after this.
  if (states.waits(stateName("leaf", id))) storeLeaf(id, reply);
  if (conversation == current) {
    const std::vector<MessageId> after = tree.activePath();
    const auto differs = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    emit q.pathChanged(static_cast<int>(differs.first - before.begin()));
  }
  refreshSummary(id);
  --conversation->storing;
  emit q.storageRecovered();
  replies.enqueue(conversation, reply, std::exchange(conversation->stopOnceStored, false));
}

void ChatController::Impl::onTurnLost(const OpenConversationPtr& conversation, const NewTurn& turn,
                                      const Failure& failure) {
  --conversation->storing;
  conversation->stopOnceStored = false;
  emit q.storageFailed(failure.sentence);
  if (turn.user) {
    if (conversation == current) {
      emit q.textReturned(turn.user->content);
    } else if (!drafts.contains(conversation->tree.id)) {
      drafts.insert(conversation->tree.id, turn.user->content);
    }
  }
  emit q.replyStatusChanged(conversation->tree.id);
}

void ChatController::Impl::stop(const OpenConversationPtr& conversation) {
  if (!conversation) return;
  if (conversation->storing > 0) conversation->stopOnceStored = true;
  if (conversation->tree.id.valid()) replies.stop(conversation->tree.id);
}

bool ChatController::send(const QString& text) {
  const OpenConversationPtr conversation = impl_->current;
  if (!conversation || conversation->storing > 0 || !impl_->modelThere() || text.trimmed().isEmpty()) return false;
  NewTurn turn;
  turn.user.emplace();
  turn.user->role = Role::user;
  turn.user->parent = conversation->tree.activeLeaf();
  turn.user->content = text;
  turn.reply = impl_->newReply(*conversation, {});
  turn.user->createdAt = turn.reply.createdAt;
  turn.title = titleFromMessage(text);
  impl_->storeTurn(conversation, turn);
  return true;
}

void ChatController::stop() { impl_->stop(impl_->current); }

void ChatController::stop(ConversationId id) {
  const OpenConversationPtr conversation = impl_->inMemory(id);
  impl_->stop(conversation);
}

bool ChatController::continueReply(MessageId id) {
  if (!impl_->mayReply()) return false;
  const OpenConversationPtr conversation = impl_->current;
  const Message* reply = conversation->tree.find(id);
  if (reply == nullptr || !canContinue(*reply)) return false;
  ++conversation->storing;
  impl_->storage.post([id](Store& s) { s.messages().reopen(id); }, this,
                      [this, conversation, id](const Result<void>& reopened) {
                        if (!reopened.ok()) {
                          impl_->onTurnLost(conversation, {}, reopened.failure());
                          return;
                        }
                        Message& again = *conversation->tree.find(id);
                        again.state = MessageState::streaming;
                        again.stopReason = StopReason::none;
                        again.error.clear();
                        if (!again.seed) again.seed = newSeed();
                        if (conversation == impl_->current) emit messageChanged(id);
                        --conversation->storing;
                        impl_->replies.enqueue(conversation, id, std::exchange(conversation->stopOnceStored, false));
                      });
  return true;
}

bool ChatController::regenerate(MessageId id) {
  if (!impl_->mayReply()) return false;
  const OpenConversationPtr conversation = impl_->current;
  const Message* reply = conversation->tree.find(id);
  if (reply == nullptr || reply->role != Role::assistant) return false;
  const MessageId parent = reply->parent;
  impl_->stop(conversation);
  NewTurn turn;
  turn.reply = impl_->newReply(*conversation, parent);
  impl_->storeTurn(conversation, turn);
  return true;
}

bool ChatController::edit(MessageId id, const QString& text) {
  if (text.trimmed().isEmpty() || !impl_->mayReply()) return false;
  const OpenConversationPtr conversation = impl_->current;
  const Message* former = conversation->tree.find(id);
  if (former == nullptr || former->role != Role::user) return false;
  NewTurn turn;
  turn.user.emplace();
  turn.user->role = Role::user;
  turn.user->parent = former->parent;
  turn.user->content = text;
  impl_->stop(conversation);
  turn.reply = impl_->newReply(*conversation, {});
  turn.user->createdAt = turn.reply.createdAt;
  impl_->storeTurn(conversation, turn);
  return true;
}

void ChatController::readAhead(const QString& draft, MessageId edited) {
  const OpenConversationPtr conversation = impl_->current;
  if (!conversation || conversation->storing > 0 || draft.trimmed().isEmpty()) return;
  if (impl_->models.status().state != ModelState::ready || impl_->replies.writing()) return;
  // What does not fit would only be copied, again and again while somebody types.
  constexpr qsizetype mostOfToken = 32;  // characters
  const int context = impl_->models.status().contextLength;
  if (draft.size() > mostOfToken * context || impl_->contextUsed > context) return;
  const ConversationTree& tree = conversation->tree;
  MessageId parent = tree.activeLeaf();
  if (edited.valid()) {
    const Message* former = tree.find(edited);
    if (former == nullptr) return;
    parent = former->parent;
  }
  impl_->worker.readAhead({.request = requestForDraft(tree, parent, draft, impl_->models.identity())});
}

void ChatController::showVersion(MessageId sibling) {
  const OpenConversationPtr conversation = impl_->current;
  if (!conversation || conversation->storing > 0 || conversation->tree.find(sibling) == nullptr) return;
  impl_->setLeaf(conversation, conversation->tree.newestLeafBelow(sibling));
}

ReplyStatus ChatController::replyStatus(ConversationId id) const {
  ReplyStatus status = impl_->replies.status(id);
  if (status.phase != ReplyPhase::idle) return status;
  const OpenConversationPtr conversation = impl_->inMemory(id);
  if (conversation && conversation->storing > 0) status.phase = ReplyPhase::queued;
  return status;
}

}  // namespace sotto::app
