// The application's heart on the GUI thread: the conversations, the one that is shown, the model, the reply being written.
// Widgets call its slots and listen to its signals; it never blocks: disk work goes to the database thread, the engine's
// to the engine thread. All members are to be called on the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "domain/conversation.h"
#include "domain/ids.h"
#include "domain/message.h"
#include "domain/preset.h"
#include "sotto/engine/model.h"

namespace sotto::app {

enum class ModelState { none, loading, ready, failed };

struct ModelStatus {
  ModelState state = ModelState::none;
  QString path;
  QString name;           // for the chip: "Llama 3.2 1B Instruct"
  QString quantisation;
  quint64 fileBytes = 0;
  int contextLength = 0;  // of the session, tokens
  double progress = 0;    // while loading, 0 to 1
  QString error;          // failed: the user's sentence
  std::optional<engine::SamplingParams> suggested;  // "Model's own"
};

// What is happening to a reply.
enum class ReplyPhase { idle, queued, prefill, decode };
struct ReplyStatus {
  ReplyPhase phase = ReplyPhase::idle;
  ConversationId conversation;
  MessageId message;
  int promptDone = 0;   // prefill: tokens
  int promptTotal = 0;
  int generated = 0;
  double tokensPerSecond = 0;
};

class ChatController : public QObject {
  Q_OBJECT

 public:
  struct Options {
    QString dataDir;
  };
  // ~ChatController stops the engine, stores what is there, closes the database; within a second.
  explicit ChatController(const Options& options, QObject* parent = nullptr);
  ~ChatController() override;

  // Opens the database (migrations, recovery) and loads the list; ends with `ready` or `storageFailed`.
  void start();

  // --- conversations -------------------------------------------------------------------------------------------
  [[nodiscard]] const std::vector<ConversationSummary>& conversations() const;  // newest first
  // The shown one; null until one is opened. A new chat is a tree with an invalid id until its first message.
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

  // --- messages of the current conversation --------------------------------------------------------------------
  // Stores the message and a reply row, then generates; queues when another reply is being written. Without a model:
  // does nothing and returns false (the composer keeps the text).
  bool send(const QString& text);
  void stop();                                       // the reply of the current conversation, queued or running
  void stop(sotto::app::ConversationId id);
  void continueReply(sotto::app::MessageId reply);   // stopped, interrupted, or cut by length
  void regenerate(sotto::app::MessageId reply);      // a sibling reply
  void edit(sotto::app::MessageId userMessage, const QString& text);  // a sibling message, and its reply
  void showVersion(sotto::app::MessageId sibling);   // makes the branch through this message the active one

  // --- sampling --------------------------------------------------------------------------------------------------
  // For the current conversation; acts on its running reply from the next token on.
  void setParams(const sotto::engine::SamplingParams& params);
  void setSeed(std::optional<quint64> seed);
  void setMaxTokens(int maxTokens);
  void choosePreset(sotto::app::PresetId id);
  void chooseModelsOwn();  // general.sampling.* of the loaded model
  void saveAsPreset(const QString& name);
  void updatePreset(sotto::app::PresetId id);  // with the parameters in force
  void renamePreset(sotto::app::PresetId id, const QString& name);
  void duplicatePreset(sotto::app::PresetId id, const QString& name);
  void deletePreset(sotto::app::PresetId id);
  void resetPreset(sotto::app::PresetId id);   // a built-in one, to what Sotto ships

  // --- model -----------------------------------------------------------------------------------------------------
  void loadModel(const QString& path);  // replaces the loaded one; a running reply is stopped first
  void cancelLoading();
  void restoreLastModel();              // the last one loaded; says so when its file is gone

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
  [[nodiscard]] ReplyStatus replyStatus(ConversationId id) const;
  [[nodiscard]] QString draft(ConversationId id) const;
  // Tokens that the current conversation takes of the context, as far as known; -1: not known.
  [[nodiscard]] int contextUsed() const;
  // UI settings: small values under "ui/...", read synchronously from a copy, stored on the database thread.
  [[nodiscard]] QString setting(const QString& key, const QString& fallback = {}) const;
  void setSetting(const QString& key, const QString& value);

 signals:
  void ready();
  void storageFailed(const QString& sentence);  // the store cannot be opened, or a write failed: nothing is lost silently
  void conversationsChanged();
  void currentChanged();                        // another conversation is shown
  // The active path of the current conversation changed from `row` on (messages added, another branch, removed).
  void pathChanged(int row);
  // Message `id` of the current conversation changed: text was appended, or state, stats, timeline.
  void messageChanged(sotto::app::MessageId id);
  void replyStatusChanged(sotto::app::ConversationId id);
  void settingsChanged();  // of the current conversation
  void presetsChanged();
  void modelChanged();     // ModelStatus
  void recentModelsChanged();
  void notice(const QString& sentence);  // something the user should know, not an error of one message
  void exported(const QString& path, int conversations);
  void exportFailed(const QString& sentence);
  void contextUsedChanged();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::app
