// What the transcript is told of a real controller's conversation: rows, texts, versions, the state of the reply.
#include <QSignalSpy>
#include <QTest>

#include "support/app/chat_bench.h"
#include "transcript/controller_source.h"

using namespace sotto::app;
using namespace sotto::test;
using sotto::ui::ControllerSource;
using sotto::ui::TranscriptSource;

class TestControllerSource : public QObject {
  Q_OBJECT

 private slots:
  void rowsAreTheActivePathWithoutTheSystemPrompt() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    ControllerSource source(*bench.chat);
    QCOMPARE(source.count(), 0);
    bench.chat->setSystemPrompt(QStringLiteral("Be brief"));
    QSignalSpy path(&source, &TranscriptSource::pathChanged);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QVERIFY(!path.isEmpty());
    QCOMPARE(source.count(), 2);
    QVERIFY(source.at(0).role == Role::user);
    QCOMPARE(source.at(0).content, QStringLiteral("hello"));
    QVERIFY(source.at(1).role == Role::assistant);
    QCOMPARE(source.at(1).content, benchReply());
    QCOMPARE(source.at(1).id, bench.last().id);
  }

  void aReplyThatGrowsChangesItsRowAndTheStatus() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    ControllerSource source(*bench.chat);
    QVERIFY(source.status().phase == ReplyPhase::idle);
    QSignalSpy changed(&source, &TranscriptSource::messageChanged);
    QSignalSpy status(&source, &TranscriptSource::statusChanged);
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(10));
    QVERIFY(!changed.isEmpty() && !status.isEmpty());
    QCOMPARE(changed.last()[0].toInt(), 1);
    QVERIFY(source.status().phase == ReplyPhase::decode);
    QCOMPARE(source.status().message, source.at(1).id);
    QVERIFY(source.at(1).state == MessageState::streaming);
    QVERIFY(!source.at(1).content.isEmpty() && benchReply().startsWith(source.at(1).content));
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QVERIFY(source.status().phase == ReplyPhase::idle);
    QVERIFY(source.at(1).state == MessageState::complete);
  }

  void versionsAreTheSiblings() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    ControllerSource source(*bench.chat);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const MessageId first = source.at(1).id;
    QCOMPARE(source.versions(1).count, 1);
    QVERIFY(!source.versions(1).previous.valid() && !source.versions(1).next.valid());
    QSignalSpy path(&source, &TranscriptSource::pathChanged);
    QVERIFY(bench.chat->regenerate(first));
    QTRY_VERIFY(source.at(1).id != first);
    QVERIFY(bench.waitIdle());
    QCOMPARE(path.first()[0].toInt(), 1);
    QCOMPARE(source.versions(1).count, 2);
    QCOMPARE(source.versions(1).index, 1);
    QCOMPARE(source.versions(1).previous, first);
    QVERIFY(!source.versions(1).next.valid());
    bench.chat->showVersion(first);
    QTRY_COMPARE(source.at(1).id, first);
    QCOMPARE(source.versions(1).index, 0);
    QVERIFY(source.versions(1).next.valid());
  }

  void anotherConversationIsAReset() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    ControllerSource source(*bench.chat);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const ConversationId first = bench.chat->currentId();
    QSignalSpy reset(&source, &TranscriptSource::reset);
    bench.chat->newConversation();
    QTRY_COMPARE(reset.size(), 1);
    QCOMPARE(source.count(), 0);
    // A reply elsewhere is none of this one's.
    QSignalSpy changed(&source, &TranscriptSource::messageChanged);
    QSignalSpy status(&source, &TranscriptSource::statusChanged);
    bench.chat->openConversation(first);
    QTRY_COMPARE(source.count(), 2);
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("again")) && bench.waitTokens(10));
    bench.chat->newConversation();
    QTRY_COMPARE(source.count(), 0);
    changed.clear();
    status.clear();
    bench.pace->release();
    QTRY_VERIFY(bench.chat->replyStatus(first).phase == ReplyPhase::idle);
    QCOMPARE(changed.size(), 0);
    QCOMPARE(status.size(), 0);
    QVERIFY(source.status().phase == ReplyPhase::idle);
  }
};

QTEST_MAIN(TestControllerSource)
#include "test_controller_source.moc"
