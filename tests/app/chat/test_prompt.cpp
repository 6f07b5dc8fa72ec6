// What the engine is asked for a reply.
#include <QTest>

#include "chat/prompt.h"

using namespace sotto::app;
namespace engine = sotto::engine;

namespace {

Message message(qint64 id, qint64 parent, Role role, const QString& content) {
  Message result;
  result.id = {id};
  result.parent = {parent};
  result.role = role;
  result.content = content;
  return result;
}

Message reply(qint64 id, qint64 parent, const QString& content, std::vector<std::int32_t> tokens,
              const QString& model = QStringLiteral("tiny")) {
  Message result = message(id, parent, Role::assistant, content);
  result.model = model;
  result.tokens = std::move(tokens);
  result.stopReason = StopReason::end;
  return result;
}

const ModelIdentity tiny{.name = QStringLiteral("tiny"), .hash = {}};

}  // namespace

class PromptsComeFromTheTree : public QObject {
  Q_OBJECT

 private slots:
  void followsThePathAndKeepsTokens() {
    ConversationTree tree;
    tree.settings.systemPrompt = QStringLiteral("Be brief.");
    tree.createdAt = QDateTime::fromSecsSinceEpoch(1'700'000'000);
    tree.add(message(1, 0, Role::user, QStringLiteral("a")));
    tree.add(reply(2, 1, QStringLiteral("other version"), {9}));
    tree.add(reply(3, 1, QStringLiteral("A"), {5, 6}));
    tree.add(message(4, 3, Role::user, QStringLiteral("b")));
    Message empty = reply(5, 4, {}, {});
    empty.seed = 42;
    tree.add(empty);
    const engine::Request request = requestFor(tree, {5}, tiny);
    QCOMPARE(request.messages.size(), size_t{4});
    QVERIFY(request.messages[0].role == engine::Role::system);
    QCOMPARE(request.messages[0].content, std::string("Be brief."));
    QCOMPARE(request.messages[1].content, std::string("a"));
    QCOMPARE(request.messages[2].tokens, (std::vector<engine::Token>{5, 6}));
    QCOMPARE(request.messages[3].content, std::string("b"));
    QCOMPARE(request.seed, quint64{42});
    QCOMPARE(request.now, std::time_t{1'700'000'000});
    QCOMPARE(request.max_tokens, 0);
  }

  void ofADraftTheWholeWordsAreAsked() {
    ConversationTree tree;
    tree.settings.systemPrompt = QStringLiteral("Be brief.");
    tree.add(message(1, 0, Role::user, QStringLiteral("a")));
    tree.add(reply(2, 1, QStringLiteral("A"), {5, 6}));
    const auto last = [&](MessageId parent, const char* draft) {
      const engine::Request request = requestForDraft(tree, parent, QString::fromUtf8(draft), tiny);
      return std::pair(request.messages.size(), request.messages.back().content);
    };
    QCOMPARE(last({2}, "and so o"), (std::pair(size_t{4}, std::string("and so"))));
    QCOMPARE(last({2}, "and so "), (std::pair(size_t{4}, std::string("and so"))));
    QCOMPARE(last({2}, "and"), (std::pair(size_t{4}, std::string())));
    QCOMPARE(last({}, "Instead of \"a\" th"), (std::pair(size_t{2}, std::string("Instead of \"a\""))));
  }

  void takesTextOfOtherModelsReplies() {
    ConversationTree tree;
    tree.add(message(1, 0, Role::user, QStringLiteral("a")));
    tree.add(reply(2, 1, QStringLiteral("A"), {5}, QStringLiteral("another")));
    tree.add(message(3, 2, Role::user, QStringLiteral("b")));
    tree.add(reply(4, 3, {}, {}));
    const engine::Request request = requestFor(tree, {4}, tiny);
    QVERIFY(request.messages[1].tokens.empty());
    QCOMPARE(request.messages[1].content, std::string("A"));
  }

  void trustsHashesBeforeNames() {
    Message written = reply(1, 0, QStringLiteral("A"), {5});
    written.modelHash = QStringLiteral("aa");
    QVERIFY(wroteIt({QStringLiteral("renamed"), QStringLiteral("aa")}, written));
    QVERIFY(!wroteIt({QStringLiteral("tiny"), QStringLiteral("bb")}, written));
    QVERIFY(wroteIt({QStringLiteral("tiny"), {}}, written));
    written.modelHash.clear();
    QVERIFY(wroteIt({QStringLiteral("tiny"), QStringLiteral("aa")}, written));
    written.model.clear();
    QVERIFY(!wroteIt({{}, {}}, written));
  }

  void leavesOutIdsThatHoldAStopString() {
    ConversationTree tree;
    tree.add(message(1, 0, Role::user, QStringLiteral("a")));
    Message stopped = reply(2, 1, QStringLiteral("A"), {5, 6, 7});
    stopped.stopReason = StopReason::stopString;
    tree.add(stopped);
    tree.add(message(3, 2, Role::user, QStringLiteral("b")));
    QVERIFY(requestFor(tree, {3}, tiny).messages[1].tokens.empty());
  }

  void makesRolesAlternate() {
    ConversationTree tree;
    tree.add(message(1, 0, Role::system, QStringLiteral("Imported.")));
    tree.add(reply(2, 1, QStringLiteral("Greeting"), {1}));
    tree.add(message(3, 2, Role::user, QStringLiteral("first")));
    Message stopped = reply(4, 3, {}, {});
    stopped.stopReason = StopReason::stopped;
    tree.add(stopped);
    tree.add(message(5, 4, Role::user, QStringLiteral("second")));
    tree.add(reply(6, 5, {}, {}));
    const engine::Request request = requestFor(tree, {6}, tiny);
    QCOMPARE(request.messages.size(), size_t{4});
    QVERIFY(request.messages[0].role == engine::Role::system);
    QVERIFY(request.messages[1].role == engine::Role::user);
    QVERIFY(request.messages[1].content.empty());
    QVERIFY(request.messages[2].role == engine::Role::assistant);
    QCOMPARE(request.messages[3].content, std::string("first\n\nsecond"));
  }

  void continuesAReplyThatHasText() {
    ConversationTree tree;
    tree.settings.maxTokens = 100;
    tree.add(message(1, 0, Role::user, QStringLiteral("a")));
    tree.add(reply(2, 1, QStringLiteral("A"), {5, 6, 7}));
    const engine::Request request = requestFor(tree, {2}, tiny);
    QVERIFY(request.messages.back().role == engine::Role::assistant);
    QCOMPARE(request.messages.back().tokens.size(), size_t{3});
    QCOMPARE(request.max_tokens, 97);
  }

  void countsTheTokensThatAreLeft() {
    QCOMPARE(tokensLeft(0, 50), 0);
    QCOMPARE(tokensLeft(100, 0), 100);
    QCOMPARE(tokensLeft(100, 40), 60);
    QCOMPARE(tokensLeft(100, 100), 100);
    QCOMPARE(tokensLeft(100, 140), 60);
  }
};

QTEST_GUILESS_MAIN(PromptsComeFromTheTree)
#include "test_prompt.moc"
