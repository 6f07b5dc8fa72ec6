#include "chat/chat_controller.h"

#include "chat/chat_controller_impl.h"
#include "presets/preset_repository.h"
#include "settings/settings_repository.h"
#include "storage/conversation_repository.h"
#include "storage/model_repository.h"

namespace sotto::app {

namespace {

constexpr int saveSettingsAfterMs = 300;
constexpr std::chrono::milliseconds flushAtMost{800};

}  // namespace

ChatController::Impl::Impl(ChatController& controller, Options given)
    : q(controller),
      options(std::move(given)),
      states(storage),
      pump([this](EngineEvent& event) { handle(event); }),
      worker(options.loader ? options.loader : engineModelLoader(), pump.mailbox()),
      models(storage, states, worker, options.starterModel),
      replies(storage, worker) {
  saveSoon.setSingleShot(true);
  saveSoon.setInterval(saveSettingsAfterMs);
  connectParts();
}

ChatController::Impl::~Impl() {
  replies.blockSignals(true);
  models.blockSignals(true);
  replies.interruptAll();
  states.blockSignals(true);
  saveAllSettings();
  states.retry();
  worker.shutdown();  // its last words go to the database thread
  storage.close();
}

void ChatController::Impl::connectParts() {
  QObject::connect(&saveSoon, &QTimer::timeout, &q, [this] { saveAllSettings(); });
  QObject::connect(&storage, &StorageWorker::failed, &q, &ChatController::storageFailed);
  QObject::connect(&states, &LastingWrites::failed, &q, &ChatController::storageFailed);

  QObject::connect(&models, &ModelLibrary::changed, &q, &ChatController::modelChanged);
  QObject::connect(&models, &ModelLibrary::recentChanged, &q, &ChatController::recentModelsChanged);
  QObject::connect(&models, &ModelLibrary::loaded, &q, [this] { onModelLoaded(); });
  QObject::connect(&models, &ModelLibrary::notLoaded, &q,
                   [this](const QString& sentence) { replies.endWaiting(sentence); });
  QObject::connect(&models, &ModelLibrary::kept, &q, [this](const QString& sentence) { onModelKept(sentence); });
  QObject::connect(&models, &ModelLibrary::chatTemplateChanged, &q, [this] {
    replies.setChatTemplate(models.identity().chatTemplate);
    toldUntemplated.clear();
    updateContext();
  });
  QObject::connect(&models, &ModelLibrary::templatePreviewed, &q, &ChatController::templatePreviewed);
  QObject::connect(&models, &ModelLibrary::hashKnown, &q, [this] { replies.setModelHash(models.identity().hash); });

  QObject::connect(&replies, &ReplyRunner::messageChanged, &q, [this](ConversationId conversation, MessageId message) {
    if (!isCurrent(conversation)) return;
    emit q.messageChanged(message);
    updateContext();
  });
  QObject::connect(&replies, &ReplyRunner::statusChanged, &q, &ChatController::replyStatusChanged);
  QObject::connect(&replies, &ReplyRunner::begun, &q, [this](ConversationId conversation, MessageId message) {
    if (isCurrent(conversation)) sayWhatIsNotSeen(message);
  });
  QObject::connect(&replies, &ReplyRunner::ended, &q, [this](ConversationId conversation, MessageId) {
    refreshSummary(conversation);
    if (isCurrent(conversation)) updateContext();
  });
  QObject::connect(&replies, &ReplyRunner::writingChanged, &q,
                   [this](bool writing) { models.setHashingPaused(writing); });
  QObject::connect(&replies, &ReplyRunner::hashAwaited, &q, [this] { models.awaitHash(); });
  QObject::connect(&replies, &ReplyRunner::storageFailed, &q, &ChatController::storageFailed);
  QObject::connect(&replies, &ReplyRunner::storageRecovered, &q, &ChatController::storageRecovered);
  QObject::connect(&replies, &ReplyRunner::modelLost, &q, [this](const QString& sentence) {
    models.lose(sentence);
    replies.endWaiting(sentence);
  });
}

void ChatController::Impl::handle(EngineEvent& event) {
  std::visit(
      [this](auto& each) {
        using Event = std::decay_t<decltype(each)>;
        if constexpr (requires { models.handle(each); }) {
          models.handle(each);
        } else if constexpr (std::is_same_v<Event, PromptCounted>) {
          onCounted(each);
        } else {
          replies.handle(each);
        }
      },
      event);
}

void ChatController::Impl::onState(StoredState state) {
  index.reset(std::move(state.conversations));
  presets = std::move(state.presets);
  values = std::move(state.settings);
  current = freshConversation();
  models.setRecent(state.recentModels);
  models.setStoredTemplates(state.chatTemplates);
  emit q.conversationsChanged();
  emit q.presetsChanged();
  emit q.ready();
  emit q.currentChanged();
  emit q.settingsChanged();
}

ChatController::ChatController(const Options& options, QObject* parent)
    : QObject(parent), impl_(std::make_unique<Impl>(*this, options)) {}

ChatController::~ChatController() = default;

void ChatController::start() {
  impl_->storage.open({.dataDir = impl_->options.dataDir}, this, [this](const Result<StorageWorker::Opened>& opened) {
    if (!opened.ok()) emit storageFailed(opened.failure().sentence);
  });
  impl_->storage.post(
      [](Store& store) {
        return StoredState{.conversations = store.conversations().list(),
                           .presets = store.presets().list(),
                           .settings = store.settings().all(),
                           .recentModels = store.models().recent(),
                           .chatTemplates = store.models().chatTemplates()};
      },
      this,
      [this](Result<StoredState> state) {
        if (state.ok()) impl_->onState(std::move(*state));
      });
}

void ChatController::flush() {
  impl_->saveAllSettings();
  impl_->states.retry();
  impl_->replies.flush();
  (void)impl_->storage.flush(flushAtMost);
}

}  // namespace sotto::app
