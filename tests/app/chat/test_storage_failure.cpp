// A disk that is full in the middle of a reply: it is said, what was written stays on the screen, and is stored as soon
// as there is room again.
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "storage/data_directory.h"
#include "support/app/chat_bench.h"
#include "support/app/full_disk.h"

using namespace sotto::app;
using namespace sotto::test;

class FullDisksAreSaid : public QObject {
  Q_OBJECT

 private slots:
  void inTheMiddleOfAReply() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.pace->slow(std::chrono::milliseconds(3));
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(10));
    bench.chat->flush();
    {
      const FileSizeLimit limit(full(bench));
      bench.pace->release();
      QVERIFY(bench.waitIdle());
      QTRY_VERIFY(!bench.failures->empty());
      const QString sentence = bench.failures->first()[0].toString();
      QVERIFY2(sentence.endsWith(QLatin1Char('.')), qPrintable(sentence));
      QCOMPARE(bench.last().content, benchReply());
      QVERIFY(bench.last().state == MessageState::complete);
      QCOMPARE(bench.sql(QStringLiteral("SELECT state FROM v_messages WHERE role = 'assistant'")),
               QStringLiteral("streaming"));
      QCOMPARE(bench.failures->size(), 1);  // once, not with every piece
    }
    bench.chat->flush();
    QTRY_COMPARE_WITH_TIMEOUT(bench.sql(QStringLiteral("SELECT state FROM v_messages WHERE role = 'assistant'")),
                              QStringLiteral("complete"), 15000);
    const ConversationTree stored = bench.stored(bench.chat->currentId());
    QCOMPARE(stored.find(bench.last().id)->content, benchReply());
    QCOMPARE(stored.find(bench.last().id)->tokens, bench.last().tokens);
    QVERIFY(bench.say(QStringLiteral("more")) && bench.waitIdle());
  }

  void whileItIsWrittenAndForAMomentOnly() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.pace->slow(std::chrono::milliseconds(3));
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(10));
    bench.chat->flush();
    {
      const FileSizeLimit limit(full(bench));
      bench.pace->holdAfter(40);
      QVERIFY(bench.waitTokens(40));
      QTRY_VERIFY(!bench.failures->empty());
    }
    // What could not be stored is stored with what follows, before the reply ends.
    QTRY_VERIFY_WITH_TIMEOUT(
        bench.sql(QStringLiteral("SELECT length(content) FROM v_messages WHERE role = 'assistant'")).toInt() >=
            bench.last().content.size(),
        15000);
    QVERIFY(bench.last().state == MessageState::streaming);
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.waitStored());
    QCOMPARE(bench.stored(bench.chat->currentId()).find(bench.last().id)->content, benchReply());
  }

  void aMessageThatCannotBeStoredGoesBack() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    bench.chat->flush();
    QSignalSpy returned(bench.chat.get(), &ChatController::textReturned);
    const QString text = QStringLiteral("A long message ").repeated(2000);
    const size_t before = bench.chat->current()->messages().size();
    {
      const FileSizeLimit limit(full(bench));
      QVERIFY(bench.chat->send(text));
      QVERIFY(returned.wait(10000));
    }
    QCOMPARE(returned[0][0].toString(), text);
    QVERIFY(!bench.failures->empty());
    QCOMPARE(bench.phase(), ReplyPhase::idle);
    QCOMPARE(bench.chat->current()->messages().size(), before);
    QVERIFY(bench.say(text) && bench.waitIdle());
  }

  // What a conversation and the window remember is stored when there is room again, without another change.
  void settingsAreStoredLater() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle() && bench.waitStored());
    const ConversationId id = bench.chat->currentId();
    {
      const FileSizeLimit limit(full(bench));
      changeEverything(bench);
      QTRY_VERIFY(!bench.failures->empty());
      QTest::qWait(600);  // they have all failed
      QCOMPARE(bench.failures->size(), 1);
      QCOMPARE(bench.stored(id).title, QStringLiteral("one"));
    }
    QTRY_COMPARE_WITH_TIMEOUT(bench.stored(id).title, QStringLiteral("Another name"), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(bench.stored(id).settings == bench.chat->settings(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(bench.sql(QStringLiteral("SELECT value FROM settings WHERE key = 'ui/theme'")),
                              QStringLiteral("dark"), 30000);
  }

  void settingsAreStoredAtTheEndAtLatest() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle() && bench.waitStored());
    const ConversationId id = bench.chat->currentId();
    ConversationSettings settings;
    {
      const FileSizeLimit limit(full(bench));
      changeEverything(bench);
      settings = bench.chat->settings();
      QTest::qWait(600);
      QVERIFY(!bench.failures->empty());
    }
    bench.end();
    QCOMPARE(bench.stored(id).title, QStringLiteral("Another name"));
    QVERIFY(bench.stored(id).settings == settings);
  }

  // Only the newest of what failed counts.
  void anOlderChangeNeverReplacesANewerOne() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle() && bench.waitStored());
    const ConversationId id = bench.chat->currentId();
    {
      const FileSizeLimit limit(full(bench));
      changeEverything(bench);
      QTRY_VERIFY(!bench.failures->empty());
    }
    bench.chat->renameConversation(id, QStringLiteral("The last name"));
    QTRY_VERIFY_WITH_TIMEOUT(bench.stored(id).settings == bench.chat->settings(), 30000);
    bench.chat->flush();
    QCOMPARE(bench.stored(id).title, QStringLiteral("The last name"));
  }

  void aDirectoryThatCannotBeUsed() {
    ChatController chat({.dataDir = QStringLiteral("/proc/sotto-cannot-be-here")});
    QSignalSpy failed(&chat, &ChatController::storageFailed);
    chat.start();
    QVERIFY(failed.wait(10000));
    QVERIFY(failed[0][0].toString().endsWith(QLatin1Char('.')));
    QVERIFY(chat.current() == nullptr);
    QVERIFY(!chat.send(QStringLiteral("hello")));
    chat.newConversation();
    chat.setDraft(QStringLiteral("x"));
    chat.stop();
    chat.flush();
  }

 private:
  // What the database's log may grow to: not at all.
  static rlim_t full(const ChatBench& bench) {
    return static_cast<rlim_t>(QFileInfo(databasePath(bench.dataDir) + "-wal").size());
  }

  static void changeEverything(ChatBench& bench) {
    bench.chat->setSystemPrompt(QStringLiteral("Be very brief."));
    bench.chat->setSeed(77);
    bench.chat->setMaxTokens(12);
    bench.chat->setSetting(QStringLiteral("ui/theme"), QStringLiteral("dark"));
    bench.chat->renameConversation(bench.chat->currentId(), QStringLiteral("Another name"));
  }
};

QTEST_GUILESS_MAIN(FullDisksAreSaid)
#include "test_storage_failure.moc"
