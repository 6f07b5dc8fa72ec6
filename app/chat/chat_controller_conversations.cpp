// The list of conversations, and the one that is shown.
#include <algorithm>

#include "chat/chat_controller_impl.h"
#include "chat/title.h"
#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"

namespace sotto::app {

namespace {

constexpr int longestTitle = 200;
constexpr int longestTyped = 20'000;  // more of what was pasted as a title is never looked at

}  // namespace

OpenConversationPtr ChatController::Impl::freshConversation() const {
  auto fresh = std::make_shared<OpenConversation>();
  applyDefaults(fresh->tree.settings);
  return fresh;
}

void ChatController::Impl::show(OpenConversationPtr conversation) {
  current = std::move(conversation);
  if (current->tree.id.valid()) open.insert(current->tree.id, current);
  emit q.currentChanged();
  emit q.settingsChanged();
  updateContext();
}

OpenConversationPtr ChatController::Impl::inMemory(ConversationId id) const {
  if (current && current->tree.id == id) return current;
  return open.value(id).lock();
}

bool ChatController::Impl::isCurrent(ConversationId id) const {
  return current && id.valid() && current->tree.id == id;
}

// The list's line as the store has it now; a conversation that is in the trash has none.
void ChatController::Impl::refreshSummary(ConversationId id) {
  storage.post([id](Store& store) { return store.conversations().summary(id); }, &q,
               [this, id](const Result<std::optional<ConversationSummary>>& summary) {
                 if (!summary.ok() || deleted.contains(id)) return;
                 if (*summary) {
                   index.put(**summary);
                 } else {
                   index.remove(id);
                 }
                 emit q.conversationsChanged();
               });
}

void ChatController::Impl::setLeaf(const OpenConversationPtr& conversation, MessageId leaf) {
  ConversationTree& tree = conversation->tree;
  const std::vector<MessageId> before = tree.activePath();
  tree.setActiveLeaf(leaf);
  const std::vector<MessageId> after = tree.activePath();
  const auto differs = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  storeLeaf(tree.id, leaf);
  if (conversation != current) return;
  emit q.pathChanged(static_cast<int>(differs.first - before.begin()));
  updateContext();
}

void ChatController::Impl::storeLeaf(ConversationId id, MessageId leaf) {
  states.put(stateName("leaf", id), [id, leaf](Store& store) { store.conversations().setActiveLeaf(id, leaf); });
}

const std::vector<ConversationSummary>& ChatController::conversations() const { return impl_->index.all(); }

const ConversationTree* ChatController::current() const { return impl_->current ? &impl_->current->tree : nullptr; }

ConversationId ChatController::currentId() const { return impl_->current ? impl_->current->tree.id : ConversationId{}; }

void ChatController::newConversation() {
  ++impl_->wanted;
  // A chat that is new already stays, with what was set in it.
  const bool isNew = impl_->current && !impl_->current->tree.id.valid() && impl_->current->storing == 0;
  impl_->show(isNew ? impl_->current : impl_->freshConversation());
}

void ChatController::openConversation(ConversationId id) {
  const quint64 request = ++impl_->wanted;
  if (!id.valid() || impl_->isCurrent(id)) return;
  if (OpenConversationPtr conversation = impl_->inMemory(id)) {
    impl_->show(std::move(conversation));
    return;
  }
  impl_->storage.post([id](Store& store) { return store.conversations().load(id); }, this,
                      [this, id, request](Result<std::optional<ConversationTree>> loaded) {
                        if (!loaded.ok()) {
                          emit storageFailed(loaded.failure().sentence);
                        } else if (request == impl_->wanted && *loaded) {
                          OpenConversationPtr conversation = impl_->inMemory(id);
                          if (!conversation) {
                            conversation = std::make_shared<OpenConversation>();
                            conversation->tree = std::move(**loaded);
                          }
                          impl_->show(std::move(conversation));
                        }
                      });
}

void ChatController::renameConversation(ConversationId id, const QString& title) {
  const QString name = cutTitle(title.left(longestTyped).simplified(), longestTitle);
  const ConversationSummary* summary = impl_->index.find(id);
  if (name.isEmpty() || summary == nullptr) return;
  ConversationSummary renamed = *summary;
  renamed.title = name;
  impl_->index.put(std::move(renamed));
  if (const OpenConversationPtr conversation = impl_->inMemory(id)) conversation->tree.title = name;
  impl_->states.put(stateName("title", id), [id, name](Store& store) { store.conversations().rename(id, name); });
  emit conversationsChanged();
}

void ChatController::deleteConversation(ConversationId id) {
  if (!impl_->index.remove(id)) return;
  impl_->saveAllSettings();
  impl_->deleted.insert(id);
  stop(id);
  impl_->states.put(stateName("trash", id), [id, now = QDateTime::currentDateTimeUtc()](Store& store) {
    store.conversations().moveToTrash(id, now);
  });
  emit conversationsChanged();
  if (impl_->isCurrent(id)) newConversation();
}

void ChatController::undoDelete(ConversationId id) {
  if (!impl_->deleted.remove(id)) return;
  impl_->states.put(stateName("trash", id), [id](Store& store) { store.conversations().restore(id); });
  impl_->refreshSummary(id);
}

void ChatController::setDraft(const QString& text) { setDraft(currentId(), text); }

void ChatController::setDraft(ConversationId id, const QString& text) {
  if (text.isEmpty()) {
    impl_->drafts.remove(id);
  } else {
    impl_->drafts.insert(id, text);
  }
}

QString ChatController::draft(ConversationId id) const { return impl_->drafts.value(id); }

}  // namespace sotto::app
