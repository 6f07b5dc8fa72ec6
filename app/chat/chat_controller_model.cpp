// The model, and how much of its context the shown conversation takes.
#include "chat/chat_controller_impl.h"

namespace sotto::app {

void ChatController::Impl::onModelLoaded() {
  toldUntemplated.clear();
  toldFamily = false;
  replies.setModel(models.identity());
  // A new chat that is to have the model's own parameters could not know them before.
  if (current && !current->tree.id.valid() && current->storing == 0 && !current->settingsChanged) {
    const ConversationSettings before = current->tree.settings;
    applyDefaults(current->tree.settings);
    if (current->tree.settings != before) emit q.settingsChanged();
  }
  updateContext();
}

// Another one could not be loaded: `sentence` says why, or nothing where the user cancelled it.
void ChatController::Impl::onModelKept(const QString& sentence) {
  replies.setModel(models.identity());
  updateContext();
  if (sentence.isEmpty()) return;
  emit q.modelRefused(
      tr("%1 %2 stays open.", "a sentence, and the name of a model").arg(sentence, models.status().name));
}

void ChatController::Impl::setContextUsed(int tokens) {
  if (tokens == contextUsed) return;
  contextUsed = tokens;
  emit q.contextUsedChanged();
}

// A template that is only a guess; and without one there is no way to tell the model who said what.
void ChatController::Impl::sayWhatIsNotSeen(MessageId reply) {
  const ConversationTree& tree = current->tree;
  const engine::TemplateUse& use = models.status().chatTemplate;
  if (use.origin == engine::TemplateUse::Origin::family && !toldFamily) {
    toldFamily = true;
    emit q.notice(tr("This model brings no chat template, so %1 is used, as its name says; "
                     "Chat template in the model's menu changes that.")
                      .arg(QString::fromStdString(use.name)));
  }
  if (models.status().templated() || toldUntemplated.contains(tree.id)) return;
  const std::vector<MessageId> path = tree.pathTo(reply);
  const bool earlier = path.size() > 2;
  if (!earlier && tree.settings.systemPrompt.trimmed().isEmpty()) return;
  toldUntemplated.insert(tree.id);
  emit q.notice(earlier ? tr("This model has no chat template, so it goes on with your last message "
                             "and does not see the earlier ones; open a chat model for a conversation.")
                        : tr("This model has no chat template, so it does not see the system "
                             "prompt; open a chat model for that."));
}

// From the reply that is being written, else from the last reply's figures, else counted by the engine when it is idle.
void ChatController::Impl::updateContext() {
  countStop.request_stop();
  countJob = 0;
  if (!current) return;
  const ConversationTree& tree = current->tree;
  if (tree.messages().empty()) {
    setContextUsed(0);
    return;
  }
  if (const auto running = replies.contextUsed(tree.id)) {
    setContextUsed(*running);
    return;
  }
  const Message* leaf = tree.find(tree.activeLeaf());
  if (leaf == nullptr || models.status().state != ModelState::ready) {
    setContextUsed(-1);
    return;
  }
  // What it thought is not sent again.
  const std::string written = leaf->role == Role::assistant ? leaf->content.toStdString() : std::string();
  const engine::SplitReply split = engine::split_thought(written);
  if (!split.thinks && leaf->stats.promptTokens > 0 && wroteIt(models.identity(), *leaf)) {
    setContextUsed(leaf->stats.promptTokens + leaf->stats.generatedTokens);
    return;
  }
  if (replies.writing() || replies.busy(tree.id)) {
    setContextUsed(-1);
    return;
  }
  countJob = ++lastJob;
  countStop = std::stop_source();
  engine::Request request = requestFor(tree, leaf->id, models.identity());
  if (split.thinks && !request.messages.empty()) {
    if (split.answer.empty()) {
      request.messages.pop_back();
    } else {
      request.messages.back().content = std::string(split.answer);
      request.messages.back().tokens.clear();
    }
  }
  worker.count({.id = countJob, .request = std::move(request), .stop = countStop});
}

void ChatController::Impl::onCounted(const PromptCounted& event) {
  if (event.job == countJob) setContextUsed(event.tokens);
}

void ChatController::loadModel(const QString& path) {
  impl_->replies.withoutModel();
  impl_->replies.stopRunning();
  impl_->models.load(path, ++impl_->lastJob);
}

void ChatController::setChatTemplate(const QString& text) { impl_->models.setChatTemplate(text); }

void ChatController::previewTemplate(const QString& text) { impl_->models.previewTemplate(text, settings().thinking); }

void ChatController::cancelLoading() { impl_->models.cancel(); }

void ChatController::restoreLastModel() {
  if (impl_->models.status().state != ModelState::none) return;
  const QString path = recentModels().isEmpty() ? starterModel() : recentModels().first();
  if (!path.isEmpty()) loadModel(path);
}

QString ChatController::starterModel() const { return impl_->models.starter(); }

const ModelStatus& ChatController::modelStatus() const { return impl_->models.status(); }

QStringList ChatController::recentModels() const { return impl_->models.recent(); }

int ChatController::contextUsed() const { return impl_->contextUsed; }

}  // namespace sotto::app
