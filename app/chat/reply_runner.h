// The replies that wait and the one that is being written: hands them to the engine one after another, applies its
// events to the conversations' trees, and sees to it that every reply's end reaches the disk.
#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>

#include "chat/open_conversation.h"
#include "chat/prompt.h"
#include "chat/reply_status.h"
#include "domain/result.h"
#include "inference/engine_event.h"
#include "inference/mailbox.h"
#include "inference/reply_recorder.h"
#include "sotto/engine/sampling.h"

namespace sotto::app {

class InferenceWorker;
class StorageWorker;

// GUI thread.
class ReplyRunner : public QObject {
  Q_OBJECT

 public:
  ReplyRunner(StorageWorker& storage, InferenceWorker& worker, QObject* parent = nullptr);
  ~ReplyRunner() override;

  // A reply that is stored in state streaming: begins at once, or when those before it are done and a model is there.
  // `stopped`: a stop came already, so it ends at once.
  void enqueue(OpenConversationPtr conversation, MessageId reply, bool stopped);
  // Ends what waits or runs in this conversation; the text so far stays.
  void stop(ConversationId id);
  void stopRunning();
  // The process ends: what is being written counts as interrupted. Nothing begins any more.
  void interruptAll();

  void setModel(const ModelIdentity& model);  // ready: replies begin
  void withoutModel();                        // replies wait
  void setChatTemplate(const QString& text);  // of the model that is set, for the replies that begin from now on
  // What waits fails with this sentence, or is stopped where it is empty.
  void endWaiting(const QString& sentence);
  void setModelHash(const QString& sha256);  // of the model that is set

  // For the running reply of this conversation, from its next token on.
  void setParams(ConversationId id, const engine::SamplingParams& params);

  [[nodiscard]] ReplyStatus status(ConversationId id) const;
  [[nodiscard]] bool busy(ConversationId id) const { return status(id).phase != ReplyPhase::idle; }
  // Tokens of the context that the running reply of this conversation takes; nullopt: none runs, or it is not known
  // yet.
  [[nodiscard]] std::optional<int> contextUsed(ConversationId id) const;
  [[nodiscard]] bool writing() const { return running_.has_value(); }

  // Events of other jobs than the running one are ignored.
  void handle(const PrefillProgress& event);
  void handle(ReplyDelta& event);
  void handle(const ReplyEnded& event);

  // Has everything written that is in memory, what failed before included.
  void flush();

 signals:
  void messageChanged(sotto::app::ConversationId conversation, sotto::app::MessageId message);
  void statusChanged(sotto::app::ConversationId conversation);
  void begun(sotto::app::ConversationId conversation, sotto::app::MessageId message);  // its job is the engine's now
  void ended(sotto::app::ConversationId conversation, sotto::app::MessageId message);
  void writingChanged(bool writing);
  void hashAwaited();  // a reply begins whose model's hash is not known yet
  void storageFailed(const QString& sentence);
  void storageRecovered();
  void modelLost(const QString& sentence);

 private:
  struct Entry {
    JobId job = 0;
    OpenConversationPtr conversation;
    MessageId reply;
    std::stop_source stop = {};
    std::shared_ptr<engine::LiveSampling> sampling = {};
    ReplyStatus status = {};
    int earlierTokens = 0;

    [[nodiscard]] ConversationId id() const { return conversation->tree.id; }
    [[nodiscard]] Message& message() const { return *conversation->tree.find(reply); }
  };

  // From the database thread: writes of a job succeeded, or failed.
  struct Report {
    JobId job = 0;
    std::optional<Failure> failure;
  };

  void startNext();
  void finishWaiting(const Entry& entry, const ReplyEnded& end);
  void applyEnd(const Entry& entry, const ReplyEnded& end);
  std::shared_ptr<ReplyRecorder> record(JobId job, const Message& reply);
  Q_INVOKABLE void readReports();
  void onReport(const Report& report);

  StorageWorker& storage_;
  InferenceWorker& worker_;
  std::optional<ModelIdentity> model_;
  bool ending_ = false;
  JobId lastJob_ = 0;
  std::deque<Entry> waiting_;
  std::optional<Entry> running_;
  QHash<JobId, std::shared_ptr<ReplyRecorder>> recorders_;  // of replies whose end is not stored yet
  std::shared_ptr<Mailbox<Report>> reports_;
  QTimer retry_;                 // of writes that failed
  bool storageFailing_ = false;  // and was said
};

}  // namespace sotto::app
