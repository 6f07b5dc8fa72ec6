// Several conversations and one engine: replies wait in line, and only what is asked for is stopped.
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;
namespace engine = sotto::engine;

namespace {

// A conversation whose reply is being written, held after `tokens`.
ConversationId beginWriting(ChatBench& bench, int tokens = 5) {
  bench.pace->holdAfter(tokens);
  if (!bench.say(QStringLiteral("first")) || !bench.waitTokens(tokens)) return {};
  return bench.chat->currentId();
}

}  // namespace

class RepliesWaitInLine : public QObject {
  Q_OBJECT

 private slots:
  void queuesVisiblyAndGoesOn() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    QVERIFY(first.valid());
    bench.chat->newConversation();
    QVERIFY(bench.say(QStringLiteral("second")));
    const ConversationId second = bench.chat->currentId();
    QCOMPARE(bench.chat->replyStatus(second).phase, ReplyPhase::queued);
    QCOMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::decode);
    QVERIFY(bench.last().state == MessageState::streaming);
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    bench.chat->openConversation(first);
    QTRY_COMPARE(bench.chat->currentId(), first);
    QCOMPARE(bench.last().content, benchReply());
    QVERIFY(bench.last().stopReason == StopReason::end);
  }

  void cancelsWhatWaits() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    bench.chat->newConversation();
    QVERIFY(bench.say(QStringLiteral("second")));
    bench.chat->stop();
    QCOMPARE(bench.phase(), ReplyPhase::idle);
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    QVERIFY(bench.last().state == MessageState::complete);
    QCOMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::decode);
    QTRY_COMPARE(bench.sql(QStringLiteral("SELECT count(*) FROM v_messages WHERE state = 'streaming'")),
                 QStringLiteral("1"));
    bench.pace->release();
    QTRY_COMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::idle);
    // And on from there.
    QVERIFY(bench.chat->continueReply(bench.last().id));
    QTRY_COMPARE(bench.last().content, benchReply());
  }

  void switchingStopsNothing() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    bench.chat->newConversation();
    QVERIFY(bench.say(QStringLiteral("second")));
    const ConversationId second = bench.chat->currentId();
    bench.pace->slow(std::chrono::milliseconds(1));
    bench.pace->release();
    for (int i = 0; i < 20; ++i) {
      bench.chat->openConversation(i % 2 == 0 ? first : second);
      QTest::qWait(5);
    }
    for (const ConversationId id : {first, second}) {
      QTRY_COMPARE(bench.chat->replyStatus(id).phase, ReplyPhase::idle);
      bench.chat->openConversation(id);
      QTRY_COMPARE(bench.chat->currentId(), id);
      QCOMPARE(bench.last().content, benchReply());
    }
  }

  void stopsInAnotherConversation() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    bench.chat->newConversation();
    bench.chat->stop();  // of the shown one, which does nothing
    QTest::qWait(20);
    QCOMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::decode);
    bench.chat->stop(first);
    QTRY_COMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::idle);
  }

  void deletingStopsItFirstAndCanBeUndone() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    const QString written = bench.last().content;
    bench.chat->deleteConversation(first);
    QVERIFY(bench.chat->conversations().empty());
    QVERIFY(!bench.chat->currentId().valid());
    QTRY_COMPARE(bench.chat->replyStatus(first).phase, ReplyPhase::idle);
    QVERIFY(bench.waitStored());
    QTest::qWait(50);
    QVERIFY(bench.chat->conversations().empty());  // its end did not bring it back

    bench.chat->undoDelete(first);
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    bench.chat->openConversation(first);
    QTRY_COMPARE(bench.chat->currentId(), first);
    QVERIFY(bench.last().content.startsWith(written));
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    QVERIFY(bench.failures->empty());
  }

  void deletingWhatIsOnItsWayToTheStore() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    const ConversationId id = bench.chat->currentId();
    bench.chat->setSeed(5);  // not stored yet
    QVERIFY(bench.chat->send(QStringLiteral("two")));
    QCOMPARE(bench.chat->replyStatus(id).phase, ReplyPhase::queued);
    bench.chat->deleteConversation(id);
    QTRY_COMPARE(bench.chat->replyStatus(id).phase, ReplyPhase::idle);
    QVERIFY(bench.waitStored());
    QTest::qWait(50);
    QVERIFY(bench.chat->conversations().empty());
    bench.chat->undoDelete(id);
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    bench.chat->openConversation(id);
    QTRY_COMPARE(bench.chat->currentId(), id);
    QCOMPARE(bench.chat->current()->messages().size(), size_t{4});
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    QCOMPARE(bench.chat->settings().seed, std::optional<quint64>(5));
    QVERIFY(bench.failures->empty());
  }

  void deletedStaysDeletedAtTheNextStart() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    bench.chat->deleteConversation(bench.chat->currentId());
    QVERIFY(bench.restart());
    QVERIFY(bench.chat->conversations().empty());
  }

  void anotherModelStopsTheReplyFirst() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ConversationId first = beginWriting(bench);
    bench.chat->newConversation();
    QVERIFY(bench.say(QStringLiteral("second")));
    Script other = script("Another voice.");
    other.text.name = "another";
    const QString path = bench.directory.filePath(QStringLiteral("another.gguf"));
    scripted_model(other).write(QFile::encodeName(path).toStdString());
    bench.chat->loadModel(path);
    QCOMPARE(bench.chat->modelStatus().state, ModelState::loading);
    bench.pace->release();
    // The first was stopped; the second, which waited, is written by the new model.
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, QStringLiteral("Another voice."));
    QCOMPARE(bench.last().model, QStringLiteral("another"));
    bench.chat->openConversation(first);
    QTRY_COMPARE(bench.chat->currentId(), first);
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    QVERIFY(benchReply().startsWith(bench.last().content));
    QCOMPARE(bench.chat->recentModels(), (QStringList{path, bench.model}));
  }

  // After a crash it would be continued from ids of a model that did not write them, and scripts would be told wrongly.
  void storesWhoWritesAWaitingReplyWhenItBegins() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(beginWriting(bench).valid());
    bench.chat->newConversation();
    QVERIFY(bench.say(QStringLiteral("second")));
    engine::SamplingParams warmer = bench.chat->settings().params;
    warmer.temperature = 1.75F;
    bench.chat->setParams(warmer);
    Script other = script("Another voice.");
    other.text.name = "another";
    const QString path = bench.directory.filePath(QStringLiteral("another.gguf"));
    scripted_model(other).write(QFile::encodeName(path).toStdString());
    bench.pace->holdAfter(1);
    bench.chat->loadModel(path);
    QVERIFY(bench.waitTokens(1));
    const QString row = QStringLiteral("SELECT %1 FROM v_messages WHERE state = 'streaming'");
    QTRY_COMPARE(bench.sql(row.arg(QStringLiteral("model"))), QStringLiteral("another"));
    QCOMPARE(bench.sql(row.arg(QStringLiteral("json_extract(sampling_timeline, '$[0].params.temperature')"))),
             QStringLiteral("1.75"));
    QCOMPARE(bench.sql(row.arg(QStringLiteral("json_array_length(sampling_timeline)"))), QStringLiteral("1"));
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, QStringLiteral("Another voice."));
  }

  void cancelledOrFailedLoadsEndWhatWaits_data() {
    QTest::addColumn<bool>("cancelled");
    QTest::newRow("cancelled") << true;
    QTest::newRow("failed") << false;
  }

  void cancelledOrFailedLoadsEndWhatWaits() {
    QFETCH(bool, cancelled);
    ChatBench bench;
    QVERIFY(bench.start());
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(bench.model);
    QVERIFY(bench.say(QStringLiteral("hello")));
    if (cancelled) {
      bench.chat->cancelLoading();
    } else {
      QVERIFY(QFile::remove(bench.model));
      bench.pace->release();
    }
    QTRY_VERIFY(bench.chat->modelStatus().state != ModelState::loading);
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.chat->modelStatus().state, cancelled ? ModelState::none : ModelState::failed);
    QVERIFY(bench.last().state == (cancelled ? MessageState::complete : MessageState::failed));
    QCOMPARE(bench.last().error.isEmpty(), cancelled);
    if (!cancelled) QVERIFY(bench.chat->modelStatus().error.contains(bench.model));
    QVERIFY(bench.waitStored());
  }

  void cancelledOrFailedLoadsKeepTheModelThatWasThere_data() { cancelledOrFailedLoadsEndWhatWaits_data(); }
  void cancelledOrFailedLoadsKeepTheModelThatWasThere() {
    QFETCH(bool, cancelled);
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const ModelStatus before = bench.chat->modelStatus();
    const QSignalSpy refused(bench.chat.get(), &ChatController::modelRefused);
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(QStringLiteral("/nowhere/other.gguf"));
    QCOMPARE(bench.chat->modelStatus().name, QStringLiteral("other"));
    QVERIFY(bench.say(QStringLiteral("for the other one")));
    if (cancelled) bench.chat->cancelLoading();
    bench.pace->release();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QCOMPARE(bench.chat->modelStatus().path, before.path);
    QCOMPARE(bench.chat->modelStatus().name, before.name);
    QCOMPARE(bench.chat->recentModels(), QStringList{bench.model});
    QCOMPARE(refused.count(), cancelled ? 0 : 1);
    if (!cancelled) {
      const QString sentence = refused[0][0].toString();
      QVERIFY(sentence.contains(QStringLiteral("/nowhere/other.gguf")) && sentence.contains(before.name));
    }
    // What was meant for the other model is not answered by this one.
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().state == (cancelled ? MessageState::complete : MessageState::failed));
    QVERIFY(bench.last().content.isEmpty());
    QVERIFY(bench.say(QStringLiteral("for this one")));
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    QVERIFY(bench.waitStored());
    QTRY_VERIFY(!bench.sql(QStringLiteral("SELECT coalesce(max(model_hash), '') FROM messages")).isEmpty());
  }

  void beginsWithTheStarterModelUntilAnotherIsOpened() {
    ChatBench bench;
    bench.starter = bench.model;
    QVERIFY(bench.start());
    bench.chat->restoreLastModel();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QCOMPARE(bench.chat->modelStatus().path, bench.starter);
    QVERIFY(bench.waitStored());
    // It is remembered as what it is, not by where it lay.
    const QString moved = bench.directory.filePath(QStringLiteral("moved.gguf"));
    QVERIFY(QFile::copy(bench.model, moved));
    bench.starter = moved;
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->recentModels(), QStringList{moved});
    QVERIFY(bench.load());  // a model of the person's own
    QVERIFY(bench.waitStored());
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->recentModels(), (QStringList{bench.model, moved}));
    bench.chat->restoreLastModel();
    QTRY_COMPARE(bench.chat->modelStatus().path, bench.model);
    bench.starter.clear();  // a build without one
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->recentModels(), QStringList{bench.model});
  }

  void saysThatTheLastModelIsGone() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->recentModels(), QStringList{bench.model});
    bench.chat->restoreLastModel();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QVERIFY(QFile::remove(bench.model));
    QVERIFY(bench.restart());
    bench.chat->restoreLastModel();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::failed);
    QVERIFY(bench.chat->modelStatus().error.contains(bench.model));
    QCOMPARE(bench.chat->modelStatus().path, bench.model);
  }

  void aSecondLoadReplacesTheFirst() {
    ChatBench bench;
    QVERIFY(bench.start());
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(QStringLiteral("/nowhere/model.gguf"));
    bench.chat->loadModel(bench.model);
    bench.pace->release();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QCOMPARE(bench.chat->modelStatus().path, bench.model);
  }
};

QTEST_GUILESS_MAIN(RepliesWaitInLine)
#include "test_queueing.moc"
