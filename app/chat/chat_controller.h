// The application's heart on the GUI thread: the conversations, the one that is shown, the model, the reply being
// written. Widgets call its slots and listen to its signals; it never blocks: disk work goes to the database thread,
// the engine's to the engine thread. All members are to be called on the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "chat/reply_status.h"
#include "domain/conversation.h"
#include "domain/ids.h"
#include "domain/message.h"
#include "domain/preset.h"
#include "inference/loaded_model.h"
#include "library/model_status.h"
#include "library/model_templates.h"

namespace sotto::app {

class ChatController : public QObject {
  Q_OBJECT

 public:
  struct Options {
    QString dataDir;
    QString starterModel = {};  // path of the model that comes with Sotto; empty: none
    ModelLoader loader = {};    // empty: the engine's. Tests slow it down, or make it fail
  };
  // ~ChatController stops the engine, stores what is there, closes the database; within a second.
  explicit ChatController(const Options& options, QObject* parent = nullptr);
  ~ChatController() override;

  // Opens the database (migrations, recovery) and loads the list; ends with `ready` or `storageFailed`.
  void start();

  // --- conversations -------------------------------------------------------------------------------------------
  [[nodiscard]] const std::vector<ConversationSummary>& conversations() const;  // newest first
  // The shown one; null before `ready`. A new chat is a tree with an invalid id until its first message is stored,
  // which conversationsChanged and pathChanged(0) tell.
  [[nodiscard]] const ConversationTree* current() const;
  [[nodiscard]] ConversationId currentId() const;

 public slots:
  void newConversation();
  void openConversation(sotto::app::ConversationId id);
  void renameConversation(sotto::app::ConversationId id, const QString& title);
  void deleteConversation(sotto::app::ConversationId id);  // to the trash; a reply of its is stopped first
  void undoDelete(sotto::app::ConversationId id);
  void setSystemPrompt(const QString& text);
  void setDraft(const QString& text);  // kept per conversation in this run
  void setDraft(sotto::app::ConversationId id, const QString& text);

  // --- messages of the current conversation --------------------------------------------------------------------
  // Stores the message and a reply row, then generates; queues when another reply is being written or the model is
  // still loading. Without a model: does nothing and returns false (the composer keeps the text).
  bool send(const QString& text);
  void stop();  // the reply of the current conversation, queued or running
  void stop(sotto::app::ConversationId id);
  // These three return false, and say why in a notice, when there is no model or the message is not of that kind.
  bool continueReply(sotto::app::MessageId reply);                    // stopped, interrupted, failed, or cut by length
  bool regenerate(sotto::app::MessageId reply);                       // a sibling reply
  bool edit(sotto::app::MessageId userMessage, const QString& text);  // a sibling message, and its reply
  // `draft` is being written: below the current conversation's last message, or instead of `edited`. While nothing else
  // is asked of it the engine reads what is there, so that the reply begins sooner.
  void readAhead(const QString& draft, sotto::app::MessageId edited = {});
  void showVersion(sotto::app::MessageId sibling);  // makes the branch through this message the active one

  // --- sampling --------------------------------------------------------------------------------------------------
  // For the current conversation; acts on its running reply from the next token on.
  void setParams(const sotto::engine::SamplingParams& params);
  void setSeed(std::optional<quint64> seed);
  void setMaxTokens(int maxTokens);
  void setThinking(std::optional<bool> thinking);  // from the next reply on; nullopt: as the model's template has it
  void choosePreset(sotto::app::PresetId id);
  void chooseModelsOwn();  // general.sampling.* of the loaded model
  void saveAsPreset(const QString& name);
  void updatePreset(sotto::app::PresetId id);  // with the parameters in force
  void renamePreset(sotto::app::PresetId id, const QString& name);
  void duplicatePreset(sotto::app::PresetId id, const QString& name);
  void deletePreset(sotto::app::PresetId id);
  void resetPreset(sotto::app::PresetId id);  // a built-in one, to what Sotto ships

  // --- model -----------------------------------------------------------------------------------------------------
  // Replaces the loaded one if it can be loaded; a running reply is stopped first.
  void loadModel(const QString& path);
  void cancelLoading();
  // Another chat template for the model and its like, from the next reply on; empty: its own again.
  void setChatTemplate(const QString& text);
  // What this text (empty: the model's own) makes of a conversation; ends with templatePreviewed.
  void previewTemplate(const QString& text);
  void restoreLastModel();  // the last one loaded, and says so when its file is gone; the starter model at first

  // --- export ----------------------------------------------------------------------------------------------------
  // format: "json", "md" or "txt". `path` is a file (overwritten: ask before). Ends with exported or exportFailed.
  void exportConversation(sotto::app::ConversationId id, const QString& format, const QString& path);
  void exportAll(const QString& format, const QString& folder);  // into files in a folder, never over a file

  // Stores everything that is in memory now (SIGTERM, logout, suspend); synchronous, at most a second.
  void flush();

 public:
  [[nodiscard]] const ConversationSettings& settings() const;  // of the current conversation
  [[nodiscard]] const std::vector<Preset>& presets() const;
  [[nodiscard]] const ModelStatus& modelStatus() const;
  [[nodiscard]] QStringList recentModels() const;  // paths, newest first
  [[nodiscard]] QString starterModel() const;      // its path; empty: there is none
  [[nodiscard]] ReplyStatus replyStatus(ConversationId id) const;
  [[nodiscard]] QString draft(ConversationId id) const;
  // Tokens that the current conversation takes of the context, as far as known; -1: not known.
  [[nodiscard]] int contextUsed() const;
  // UI settings: small values under "ui/...", read synchronously from a copy, stored on the database thread.
  [[nodiscard]] QString setting(const QString& key, const QString& fallback = {}) const;
  void setSetting(const QString& key, const QString& value);

 signals:
  void ready();
  void storageFailed(
      const QString& sentence);  // the store cannot be opened, or a write failed: nothing is lost silently
  void storageRecovered();       // something was stored again
  void conversationsChanged();
  void currentChanged();  // another conversation is shown
  // The active path of the current conversation changed from `row` on (messages added, another branch, removed).
  void pathChanged(int row);
  // Message `id` of the current conversation changed: text was appended, or state, stats, timeline.
  void messageChanged(sotto::app::MessageId id);
  void replyStatusChanged(sotto::app::ConversationId id);
  void settingsChanged();  // of the current conversation
  void presetsChanged();
  void modelChanged();  // ModelStatus
  // Another model could not be loaded, says the sentence, and the one that was loaded is ready again.
  void modelRefused(const QString& sentence);
  void recentModelsChanged();
  void templatePreviewed(const sotto::app::TemplatePreview& preview);
  // A message could not be stored (storageFailed says why): its text belongs back into the composer.
  void textReturned(const QString& text);
  void notice(const QString& sentence);  // something the user should know, not an error of one message
  void exported(const QString& path, int conversations);
  void exportFailed(const QString& sentence);
  void contextUsedChanged();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::app
