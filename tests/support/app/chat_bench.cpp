#include "support/app/chat_bench.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QFile>
#include <QTest>
#include <filesystem>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/store.h"

namespace sotto::test {

bool waitFor(const std::function<bool()>& condition, int timeoutMs) { return QTest::qWaitFor(condition, timeoutMs); }

const QString& benchReply() {
  static const QString text = [] {
    QString words;
    for (int i = 0; i < 64; ++i) words += QStringLiteral("word%1 ").arg(i * 37 % 1000);
    return words.trimmed() + QLatin1Char('.');
  }();
  return text;
}

ChatBench::ChatBench(const std::optional<Script>& given) {
  dataDir = directory.filePath(QStringLiteral("data"));
  model = directory.filePath(QStringLiteral("scripted.gguf"));
  const Script reply = given ? *given : script(benchReply().toStdString());
  scripted_model(reply).write(std::filesystem::path(QFile::encodeName(model).toStdString()));
}

ChatBench::~ChatBench() {
  pace->release();
  end();
}

bool ChatBench::start() {
  chat = std::make_unique<app::ChatController>(
      app::ChatController::Options{.dataDir = dataDir, .starterModel = starter, .loader = pacedLoader(pace)});
  failures = std::make_unique<QSignalSpy>(chat.get(), &app::ChatController::storageFailed);
  notices = std::make_unique<QSignalSpy>(chat.get(), &app::ChatController::notice);
  QSignalSpy ready(chat.get(), &app::ChatController::ready);
  chat->start();
  return !ready.empty() || ready.wait(10000);
}

void ChatBench::end() {
  failures.reset();
  notices.reset();
  chat.reset();
}

bool ChatBench::restart() {
  end();
  return start();
}

bool ChatBench::load() {
  chat->loadModel(model);
  return waitFor([this] { return chat->modelStatus().state != app::ModelState::loading; }) &&
         chat->modelStatus().state == app::ModelState::ready;
}

bool ChatBench::say(const QString& text) {
  const size_t before = chat->current()->messages().size();
  if (!chat->send(text)) return false;
  return waitFor([&] { return chat->current()->messages().size() == before + 2; });
}

bool ChatBench::waitIdle() {
  return waitFor([this] { return phase() == app::ReplyPhase::idle; });
}

bool ChatBench::waitTokens(int tokens) {
  return waitFor([&] { return static_cast<int>(last().tokens.size()) >= tokens; });
}

bool ChatBench::waitStored() {
  chat->flush();
  return waitFor([this] {
    return sql(QStringLiteral("SELECT count(*) FROM v_messages WHERE state = 'streaming'")) == QLatin1String("0");
  });
}

const app::Message& ChatBench::last() const {
  static const app::Message none;
  const app::ConversationTree* tree = chat->current();
  const app::Message* message = tree == nullptr ? nullptr : tree->find(tree->activeLeaf());
  return message == nullptr ? none : *message;
}

app::ReplyPhase ChatBench::phase() const { return chat->replyStatus(chat->currentId()).phase; }

app::ConversationTree ChatBench::stored(app::ConversationId id) const {
  auto store = app::Store::open(dataDir, app::Store::Mode::readOnly);
  if (!store.ok()) return {};
  return (*store)->conversations().load(id).value_or(app::ConversationTree());
}

QString ChatBench::sql(const QString& query) const {
  const SQLite::Database database(QFile::encodeName(app::databasePath(dataDir)).toStdString(), SQLite::OPEN_READONLY,
                                  5000);
  SQLite::Statement statement(database, query.toStdString());
  return statement.executeStep() ? QString::fromStdString(statement.getColumn(0).getString()) : QString();
}

}  // namespace sotto::test
