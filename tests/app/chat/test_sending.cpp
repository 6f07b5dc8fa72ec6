// A message's way: stored before anything is written, streamed, stopped at every stage, and never lost.
#include <QSignalSpy>
#include <QTest>

#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;
namespace engine = sotto::engine;

class MessagesGetReplies : public QObject {
  Q_OBJECT

 private slots:
  void streamsAndStoresAReply() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QCOMPARE(bench.chat->modelStatus().name, QStringLiteral("scripted"));
    QSignalSpy changes(bench.chat.get(), &ChatController::messageChanged);
    QSignalSpy paths(bench.chat.get(), &ChatController::pathChanged);
    QSignalSpy lists(bench.chat.get(), &ChatController::conversationsChanged);
    QVERIFY(!bench.chat->currentId().valid());
    QVERIFY(bench.say(QStringLiteral("Plan a trip\nwith details")));
    QVERIFY(bench.chat->currentId().valid());
    QCOMPARE(paths.first()[0].toInt(), 0);
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QCOMPARE(reply.content, benchReply());
    QVERIFY(reply.state == MessageState::complete);
    QVERIFY(reply.stopReason == StopReason::end);
    QCOMPARE(reply.model, QStringLiteral("scripted"));
    QVERIFY(reply.seed.has_value());
    QCOMPARE(reply.timeline.size(), size_t{1});
    QCOMPARE(reply.timeline[0].token, 0);
    QVERIFY(reply.stats.promptTokens > 0);
    QCOMPARE(reply.stats.generatedTokens, static_cast<int>(reply.tokens.size()));
    QVERIFY(!changes.empty());

    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    QTRY_COMPARE(bench.chat->conversations()[0].messages, 2);
    QCOMPARE(bench.chat->conversations()[0].title, QStringLiteral("Plan a trip"));
    QVERIFY(!lists.empty());
    QVERIFY(bench.waitStored());
    const ConversationTree stored = bench.stored(bench.chat->currentId());
    QCOMPARE(stored.messages().size(), size_t{2});
    QCOMPARE(stored.activeLeaf(), reply.id);
    const Message* row = stored.find(reply.id);
    QVERIFY(row != nullptr);
    QCOMPARE(row->content, reply.content);
    QCOMPARE(row->tokens, reply.tokens);
    QVERIFY(row->state == MessageState::complete);
    QVERIFY(row->timeline == reply.timeline);
    QCOMPARE(row->seed, reply.seed);
    QCOMPARE(row->stats.generatedTokens, reply.stats.generatedTokens);
    QVERIFY(bench.failures->empty());
  }

  void whatWasWrittenIsReadBeforeItIsSent() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const QString text = QStringLiteral("Plan a trip with many details, and say what it costs to go there");
    bench.chat->readAhead(text);
    QVERIFY(bench.say(text));
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());  // whether it was read in time or not
    bench.chat->newConversation();
    const QString other =
        QStringLiteral("Now there is another text, of which nothing has been read before this moment");
    bench.chat->readAhead(other);
    QTest::qWait(500);
    QVERIFY(bench.say(other));
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QCOMPARE(reply.content, benchReply());
    QVERIFY2(reply.stats.reusedTokens > reply.stats.promptTokens / 2,
             qPrintable(QString::number(reply.stats.reusedTokens)));
    // And the edit of a message.
    const Message first = *bench.chat->current()->find(reply.parent);
    bench.chat->readAhead(QStringLiteral("Something else that is long enough to be read before"), first.id);
    QTest::qWait(500);
    QVERIFY(bench.chat->edit(first.id, QStringLiteral("Something else that is long enough to be read before")));
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stats.reusedTokens > bench.last().stats.promptTokens / 2);
  }

  void storesBothRowsBeforeTheFirstToken() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.pace->hold(Pace::Stage::prefill);
    QVERIFY(bench.say(QStringLiteral("hello")));
    QTRY_COMPARE(bench.phase(), ReplyPhase::prefill);
    QCOMPARE(bench.sql(QStringLiteral("SELECT group_concat(role || ' ' || state, ', ') FROM v_messages")),
             QStringLiteral("user complete, assistant streaming"));
    bench.pace->release();
    QVERIFY(bench.waitIdle());
  }

  void storesTextWhileItIsWritten() {
    // Even when the window does nothing at all meanwhile.
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.pace->slow(std::chrono::milliseconds(2));
    bench.pace->holdAfter(40);
    QVERIFY(bench.say(QStringLiteral("hello")));
    const QString length =
        QStringLiteral("SELECT coalesce(sum(length(content)), 0) FROM v_messages WHERE state = 'streaming'");
    QString stored;
    for (int tries = 0; tries < 100 && stored.toInt() < 100; ++tries) {
      QTest::qSleep(50);  // no event loop
      stored = bench.sql(length);
    }
    QVERIFY2(stored.toInt() >= 100, qPrintable(stored));
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    QVERIFY(bench.waitStored());
    QCOMPARE(bench.sql(length), QStringLiteral("0"));
  }

  void goesOnWithTheConversation() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    const int first = bench.last().stats.promptTokens + bench.last().stats.generatedTokens;
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    // The reply before went in as the ids that are in the cache already.
    QVERIFY2(bench.last().stats.reusedTokens >= first - 2,
             qPrintable(QString::number(bench.last().stats.reusedTokens)));
    QCOMPARE(bench.chat->contextUsed(), bench.last().stats.promptTokens + bench.last().stats.generatedTokens);
    QCOMPARE(bench.chat->current()->activePath().size(), size_t{4});
  }

  void refusesWithoutAModelOrWords() {
    ChatBench bench;
    QVERIFY(bench.start());
    QVERIFY(!bench.chat->send(QStringLiteral("hello")));
    QVERIFY(bench.load());
    QVERIFY(!bench.chat->send(QStringLiteral(" \n")));
    QCOMPARE(bench.sql(QStringLiteral("SELECT count(*) FROM v_messages")), QStringLiteral("0"));
  }

  void writesWhenTheModelIsThere() {
    ChatBench bench;
    QVERIFY(bench.start());
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(bench.model);
    QVERIFY(bench.say(QStringLiteral("early")));
    QCOMPARE(bench.phase(), ReplyPhase::queued);
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    QCOMPARE(bench.last().model, QStringLiteral("scripted"));
  }

  void stopsAtEveryStage_data() {
    QTest::addColumn<QString>("stage");
    QTest::addColumn<bool>("empty");
    QTest::newRow("before it is stored") << "storing" << true;
    QTest::newRow("queued behind a load") << "load" << true;
    QTest::newRow("while the prompt is read") << "prefill" << true;
    QTest::newRow("at the first token") << "first" << false;
    QTest::newRow("in the middle") << "middle" << false;
  }

  void stopsAtEveryStage() {
    QFETCH(QString, stage);
    QFETCH(bool, empty);
    ChatBench bench;
    QVERIFY(bench.start());
    if (stage == QLatin1String("load")) {
      bench.pace->hold(Pace::Stage::load);
      bench.chat->loadModel(bench.model);
    } else {
      QVERIFY(bench.load());
    }
    if (stage == QLatin1String("prefill")) bench.pace->hold(Pace::Stage::prefill);
    if (stage == QLatin1String("first")) bench.pace->holdAfter(1);
    if (stage == QLatin1String("middle")) bench.pace->holdAfter(20);
    if (stage == QLatin1String("storing")) {
      QVERIFY(bench.chat->send(QStringLiteral("hello")));
      QCOMPARE(bench.phase(), ReplyPhase::queued);
      bench.chat->stop();
      QTRY_COMPARE(bench.chat->current()->messages().size(), size_t{2});
    } else {
      QVERIFY(bench.say(QStringLiteral("hello")));
      if (stage == QLatin1String("prefill")) QTRY_VERIFY(bench.pace->waiting());
      if (stage == QLatin1String("first")) QVERIFY(bench.waitTokens(1));
      if (stage == QLatin1String("middle")) QVERIFY(bench.waitTokens(20));
      bench.chat->stop();
    }
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QVERIFY(reply.state == MessageState::complete);
    QVERIFY(reply.stopReason == StopReason::stopped);
    QVERIFY(reply.content != benchReply());
    if (empty) QVERIFY(reply.content.isEmpty());
    QVERIFY(benchReply().startsWith(reply.content));

    // What was stopped goes on, to the same end.
    bench.pace->release();
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QVERIFY(bench.chat->continueReply(reply.id));
    QTRY_VERIFY(bench.last().stopReason == StopReason::end);
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    QVERIFY(bench.waitStored());
    QCOMPARE(bench.stored(bench.chat->currentId()).find(reply.id)->content, benchReply());
    QCOMPARE(bench.stored(bench.chat->currentId()).find(reply.id)->tokens, bench.last().tokens);
  }

  void mayBeStoppedAtItsEnd() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    bench.chat->stop();
    bench.chat->stop();
    QVERIFY(bench.last().stopReason == StopReason::end);
    QVERIFY(!bench.chat->continueReply(bench.last().id));  // it said all it had to say
    QVERIFY(bench.say(QStringLiteral("again")) && bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::end);
  }

  void keepsAPromptThatIsTooLong() {
    Script small = script(benchReply().toStdString());
    small.context = 256;
    ChatBench bench(small);
    QVERIFY(bench.start() && bench.load());
    const QString text = QStringLiteral("much too long ").repeated(200);
    QVERIFY(bench.say(text) && bench.waitIdle());
    QVERIFY(bench.last().state == MessageState::failed);
    QVERIFY(bench.last().stopReason == StopReason::context);
    QVERIFY2(bench.last().error.contains(QLatin1String("too long")), qPrintable(bench.last().error));
    // What to do is something that can be done in the window, where nobody can choose a context.
    QVERIFY2(bench.last().error.contains(QLatin1String("start a new chat")), qPrintable(bench.last().error));
    QVERIFY2(!bench.last().error.contains(QLatin1String("longer context")), qPrintable(bench.last().error));
    QVERIFY(bench.last().error.endsWith(QLatin1Char('.')));
    const ConversationTree* tree = bench.chat->current();
    QCOMPARE(tree->find(tree->activePath()[0])->content, text);
    QVERIFY(bench.waitStored());
    QCOMPARE(bench.sql(QStringLiteral("SELECT state || ' ' || stop_reason FROM v_messages WHERE role = 'assistant'")),
             QStringLiteral("failed context"));
    // A shorter version of the message goes through.
    QVERIFY(bench.chat->edit(tree->activePath()[0], QStringLiteral("short")));
    QTRY_COMPARE(bench.last().content, benchReply());
    QVERIFY(bench.waitIdle());
  }

  void endsWhereTheContextEnds() {
    Script small = script(benchReply().toStdString());
    small.context = 64;
    ChatBench bench(small);
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("hi")) && bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::context);
    QVERIFY(bench.last().state == MessageState::complete);
    QVERIFY(benchReply().startsWith(bench.last().content));
  }

  void keepsItsTextWhenTheEngineFails_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("out of memory") << 0;
    QTest::newRow("unknown exception") << 1;
    QTest::newRow("the model's file changed") << 2;
  }

  void keepsItsTextWhenTheEngineFails() {
    QFETCH(int, kind);
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.pace->failAt(10, [kind] {
      if (kind == 0) throw std::bad_alloc();
      if (kind == 1) throw 42;
      throw engine::Error(engine::ErrorCode::io, "The model's file changed while it was in use");
    });
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QVERIFY(bench.last().state == MessageState::failed);
    QVERIFY(!bench.last().error.isEmpty());
    QVERIFY(!bench.last().content.isEmpty());
    QCOMPARE(bench.last().tokens.size(), size_t{10});
    QVERIFY(bench.waitStored());
    QCOMPARE(bench.stored(bench.chat->currentId()).find(bench.last().id)->content, bench.last().content);
    if (kind == 2) {
      QCOMPARE(bench.chat->modelStatus().state, ModelState::failed);
      QVERIFY(!bench.chat->send(QStringLiteral("more")));
      QVERIFY(bench.load());
    }
    bench.pace->failAt(-1, {});
    QVERIFY(bench.chat->continueReply(bench.last().id));
    QTRY_VERIFY(bench.last().stopReason == StopReason::end);
    QCOMPARE(bench.last().content, benchReply());
    QVERIFY(bench.last().error.isEmpty());
  }

  // Without a template there is no conversation: nothing is left out in silence.
  void saysWhatAModelWithoutTemplateDoesNotSee() {
    Script plain = script("A voice.");
    plain.text.chat_template.clear();
    ChatBench bench(plain);
    QVERIFY(bench.start() && bench.load());
    QVERIFY(!bench.chat->modelStatus().templated());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 0);  // it saw all there is
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 1);
    QVERIFY(bench.notices->last()[0].toString().contains(QStringLiteral("does not see the earlier ones")));
    QVERIFY(bench.say(QStringLiteral("three")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 1);  // once is enough
    bench.chat->newConversation();
    bench.chat->setSystemPrompt(QStringLiteral("Be brief."));
    QVERIFY(bench.say(QStringLiteral("four")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 2);
    QVERIFY(bench.notices->last()[0].toString().contains(QStringLiteral("system prompt")));

    ChatBench templated;
    QVERIFY(templated.start() && templated.load());
    QVERIFY(templated.chat->modelStatus().templated());
    templated.chat->setSystemPrompt(QStringLiteral("Be brief."));
    QVERIFY(templated.say(QStringLiteral("one")) && templated.waitIdle());
    QVERIFY(templated.say(QStringLiteral("two")) && templated.waitIdle());
    QCOMPARE(templated.notices->size(), 0);
  }

  void countsStopsInMaxTokens() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.chat->setMaxTokens(30);
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(10));
    bench.chat->stop();
    QVERIFY(bench.waitIdle());
    bench.pace->release();
    QVERIFY(bench.chat->continueReply(bench.last().id));
    QTRY_VERIFY(bench.last().stopReason == StopReason::length);
    QCOMPARE(bench.last().tokens.size(), size_t{30});
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.chat->continueReply(bench.last().id));
    QTRY_COMPARE(bench.last().tokens.size(), size_t{60});
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::length);
  }
};

QTEST_GUILESS_MAIN(MessagesGetReplies)
#include "test_sending.moc"
