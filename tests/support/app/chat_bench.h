// A controller over a data directory of its own and a real model made on the spot, for tests of whole flows.
#pragma once

#include <QSignalSpy>
#include <QString>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <optional>

#include "chat/chat_controller.h"
#include "support/app/pace.h"
#include "support/tiny_model.h"

namespace sotto::test {

// What the scripted model of the bench replies: 64 words, about 90 tokens.
[[nodiscard]] const QString& benchReply();

// The functions that wait return false after ten seconds.
class ChatBench {
 public:
  // The model replies with benchReply() unless `script` says otherwise.
  explicit ChatBench(const std::optional<Script>& script = std::nullopt);
  ~ChatBench();

  [[nodiscard]] bool start();    // a controller; waits for `ready`
  void end();                    // destroys it
  [[nodiscard]] bool restart();  // as if the application were closed and opened again
  [[nodiscard]] bool load();     // the bench's model

  // Sends and waits until the reply's row exists. False also when the controller refuses.
  [[nodiscard]] bool say(const QString& text);
  [[nodiscard]] bool waitIdle();  // until no reply of the shown conversation waits or runs
  [[nodiscard]] bool waitTokens(int tokens);
  [[nodiscard]] bool waitStored();  // until what was posted to the store is there

  // The last message of the shown path.
  [[nodiscard]] const app::Message& last() const;
  [[nodiscard]] app::ReplyPhase phase() const;
  // The conversation as the store has it, read beside the running controller.
  [[nodiscard]] app::ConversationTree stored(app::ConversationId id) const;
  // One value from the database, by SQL.
  [[nodiscard]] QString sql(const QString& query) const;

  QTemporaryDir directory;
  QString dataDir;
  QString model;
  QString starter;  // path of the model that comes with Sotto; empty: there is none
  std::shared_ptr<Pace> pace = std::make_shared<Pace>();
  std::unique_ptr<app::ChatController> chat;
  std::unique_ptr<QSignalSpy> failures;  // storageFailed
  std::unique_ptr<QSignalSpy> notices;
};

[[nodiscard]] bool waitFor(const std::function<bool()>& condition, int timeoutMs = 10000);

}  // namespace sotto::test
