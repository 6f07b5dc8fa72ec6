// Sliders moved while a reply is written act on the next token, and the stored timeline says on which.
#include <QTest>

#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;
namespace engine = sotto::engine;

namespace {

engine::SamplingParams warmth(float temperature) {
  engine::SamplingParams params;
  params.temperature = temperature;
  params.top_k = 0;
  params.top_p = 1;
  params.min_p = 0;
  params.repeat_penalty = 1;
  return params;
}

}  // namespace

class SlidersActOnTheNextToken : public QObject {
  Q_OBJECT

 private slots:
  void landsAtTheRightToken() {
    // Cold, the model takes " a0 a1 a2 ..." only; hot, anything.
    ChatBench bench(branching_script(60, 4, 3));
    QVERIFY(bench.start() && bench.load());
    bench.chat->setParams(warmth(0.1F));
    bench.chat->setSeed(3);
    bench.pace->holdAfter(17);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(17));
    QTRY_VERIFY(bench.pace->waiting());
    bench.chat->setParams(warmth(5));
    bench.pace->holdAfter(41);
    QVERIFY(bench.waitTokens(41));
    QTRY_VERIFY(bench.pace->waiting());
    bench.chat->setParams(warmth(0.1F));
    bench.pace->release();
    QVERIFY(bench.waitIdle());

    const Message reply = bench.last();
    QCOMPARE(reply.timeline.size(), size_t{3});
    QCOMPARE(reply.timeline[0].token, 0);
    QCOMPARE(reply.timeline[1].token, 17);
    QCOMPARE(reply.timeline[2].token, 41);
    QVERIFY(reply.timeline[1].params == warmth(5));
    const QStringList words = reply.content.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QCOMPARE(words.size(), 60);
    int strange = 0;
    for (int i = 0; i < 60; ++i) {
      const bool cold = words[i] == QStringLiteral("a%1").arg(i);
      if (i < 17 || i >= 41) QVERIFY2(cold, qPrintable(words[i]));
      strange += cold ? 0 : 1;
    }
    QVERIFY(strange >= 3);
    // The mark stands before the 17th word.
    QCOMPARE(reply.content.mid(reply.timeline[1].textOffset).trimmed().section(QLatin1Char(' '), 0, 0), words[17]);

    QVERIFY(bench.waitStored());
    QVERIFY(bench.stored(bench.chat->currentId()).find(reply.id)->timeline == reply.timeline);
    QCOMPARE(bench.sql(QStringLiteral("SELECT json_extract(sampling_timeline, '$[1].token') FROM v_messages "
                                      "WHERE role = 'assistant'")),
             QStringLiteral("17"));
  }

  void makesOneEntryATokenOfADrag() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.chat->setParams(warmth(0.5F));
    bench.pace->holdAfter(5);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(5));
    QTRY_VERIFY(bench.pace->waiting());
    // Between two tokens a thousand positions: one entry, the last position.
    for (int i = 0; i < 1000; ++i) bench.chat->setParams(warmth(0.5F + static_cast<float>(i) / 1000.0F));
    bench.pace->slow(std::chrono::milliseconds(3));
    bench.pace->holdAfter(10);
    QVERIFY(bench.waitTokens(10));
    QTRY_VERIFY(bench.pace->waiting());
    QCOMPARE(bench.last().timeline.size(), size_t{2});
    QCOMPARE(bench.last().timeline[1].token, 5);
    QCOMPARE(bench.last().timeline[1].params.temperature, 0.5F + 999.0F / 1000.0F);
    // And a thousand while tokens come: no more entries than tokens, each at a token of its own.
    bench.pace->release();
    for (int i = 0; i < 1000 && bench.phase() != ReplyPhase::idle; ++i) {
      bench.chat->setParams(warmth(static_cast<float>(i % 100) / 50.0F));
      if (i % 10 == 0) QTest::qWait(1);
    }
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QCOMPARE(reply.content, benchReply());
    QVERIFY(reply.timeline.size() > 2);
    QVERIFY(reply.timeline.size() <= reply.tokens.size());
    for (size_t i = 1; i < reply.timeline.size(); ++i) {
      QVERIFY(reply.timeline[i].token > reply.timeline[i - 1].token);
      QVERIFY(reply.timeline[i].params != reply.timeline[i - 1].params);
      QVERIFY(reply.timeline[i].textOffset >= reply.timeline[i - 1].textOffset);
    }
    QVERIFY(bench.waitStored());
    QVERIFY(bench.stored(bench.chat->currentId()).find(reply.id)->timeline == reply.timeline);
  }

  void takesWhatWasSetWhileItWaited() {
    ChatBench bench;
    QVERIFY(bench.start());
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(bench.model);
    QVERIFY(bench.say(QStringLiteral("hello")));
    bench.chat->setParams(warmth(1.5F));
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().timeline.size(), size_t{1});
    QVERIFY(bench.last().timeline[0].params == warmth(1.5F));
  }

  void leavesOtherConversationsAlone() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const engine::SamplingParams before = bench.chat->settings().params;
    bench.pace->holdAfter(5);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(5));
    const ConversationId writing = bench.chat->currentId();
    bench.chat->newConversation();
    bench.chat->setParams(warmth(1.9F));
    bench.pace->release();
    QTRY_COMPARE(bench.chat->replyStatus(writing).phase, ReplyPhase::idle);
    bench.chat->openConversation(writing);
    QTRY_COMPARE(bench.chat->currentId(), writing);
    QVERIFY(bench.chat->settings().params == before);
    QCOMPARE(bench.last().timeline.size(), size_t{1});
  }
};

QTEST_GUILESS_MAIN(SlidersActOnTheNextToken)
#include "test_live_sampling_flow.moc"
