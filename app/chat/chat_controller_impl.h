// The insides of ChatController, shared by its source files: what it owns, and the steps that several slots need.
#pragma once

#include <QHash>
#include <QSet>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "chat/chat_controller.h"
#include "chat/conversation_index.h"
#include "chat/open_conversation.h"
#include "chat/reply_runner.h"
#include "inference/event_pump.h"
#include "inference/inference_worker.h"
#include "library/model_library.h"
#include "storage/lasting_writes.h"
#include "storage/storage_worker.h"

namespace sotto::app {

class Exporter;
class PresetRepository;
enum class ExportFormat : int;

// A user's message on its way to the store, and the empty reply below it.
struct NewTurn {
  std::optional<Message> user;  // nullopt: a reply alone, below `reply.parent`
  Message reply;
  QString title;  // of a conversation that is new
};

// What the controller knows at its start.
struct StoredState {
  std::vector<ConversationSummary> conversations;
  std::vector<Preset> presets;
  QHash<QString, QString> settings;
  QStringList recentModels;
  QHash<QString, QString> chatTemplates;  // by templateKey()
};

// Names of what LastingWrites stores: "title 7".
[[nodiscard]] inline QString stateName(const char* kind, ConversationId id) {
  return QLatin1StringView(kind) + QLatin1Char(' ') + QString::number(id.value);
}

struct ChatController::Impl {
  Impl(ChatController& controller, Options options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void connectParts();
  void onState(StoredState state);
  void handle(EngineEvent& event);

  // conversations
  [[nodiscard]] OpenConversationPtr freshConversation() const;
  void show(OpenConversationPtr conversation);
  [[nodiscard]] OpenConversationPtr inMemory(ConversationId id) const;
  [[nodiscard]] bool isCurrent(ConversationId id) const;
  void refreshSummary(ConversationId id);
  void setLeaf(const OpenConversationPtr& conversation, MessageId leaf);
  void storeLeaf(ConversationId id, MessageId leaf);

  // messages
  [[nodiscard]] bool modelThere() const;  // or on its way
  [[nodiscard]] bool mayReply() const;    // says so where there is no model
  [[nodiscard]] Message newReply(const OpenConversation& conversation, MessageId parent) const;
  void storeTurn(const OpenConversationPtr& conversation, const NewTurn& turn);
  void onTurnStored(const OpenConversationPtr& conversation, ConversationId id, NewTurn turn);
  void onTurnLost(const OpenConversationPtr& conversation, const NewTurn& turn, const Failure& failure);
  void stop(const OpenConversationPtr& conversation);

  // settings
  void applyDefaults(ConversationSettings& settings) const;
  void changeSettings(const std::function<void(ConversationSettings&)>& change);
  void saveAllSettings();
  void changePresets(std::function<PresetId(PresetRepository&)> job, std::function<void(PresetId)> then = {});
  void setValue(const QString& key, const QString& value);

  Exporter* newExporter();

  // model
  void onModelLoaded();
  void onModelKept(const QString& sentence);
  void updateContext();
  void setContextUsed(int tokens);
  void onCounted(const PromptCounted& event);
  void sayWhatIsNotSeen(
      MessageId reply);  // of the shown conversation, by a model without a template; or whose it was given

  ChatController& q;
  const Options options;
  StorageWorker storage;
  LastingWrites states;
  EventPump pump;
  InferenceWorker worker;
  ModelLibrary models;
  ReplyRunner replies;

  ConversationIndex index;
  QSet<ConversationId> deleted;  // in this run, and not restored
  std::vector<Preset> presets;
  QHash<QString, QString> values;  // the settings table
  OpenConversationPtr current;
  QHash<ConversationId, std::weak_ptr<OpenConversation>> open;  // in memory because somebody holds them
  std::set<OpenConversationPtr> unsaved;                        // their settings
  QHash<ConversationId, QString> drafts;
  quint64 wanted = 0;  // openConversation: only the newest request is shown
  QTimer saveSoon;
  JobId lastJob = 0;
  JobId countJob = 0;
  std::stop_source countStop{std::nostopstate};
  int contextUsed = -1;
  QSet<ConversationId> toldUntemplated;  // since the model was loaded
  bool toldFamily = false;
};

}  // namespace sotto::app
