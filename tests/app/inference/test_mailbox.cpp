// The way of the engine's events to the GUI thread.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <atomic>
#include <thread>

#include "inference/event_pump.h"
#include "inference/mailbox.h"

using namespace sotto::app;

class MailboxHandsEventsOver : public QObject {
  Q_OBJECT

 private slots:
  void wakesOnceForManyEvents() {
    int wakes = 0;
    Mailbox<int> box([&wakes] { ++wakes; });
    for (int i = 0; i < 100; ++i) box.post(i);
    QCOMPARE(wakes, 1);
    const std::vector<int> events = box.drain();
    QCOMPARE(events.size(), size_t{100});
    for (int i = 0; i < 100; ++i) QCOMPARE(events[static_cast<size_t>(i)], i);
    box.post(7);
    QCOMPARE(wakes, 2);
  }

  void losesAndRepeatsNothingBetweenThreads() {
    constexpr int writers = 4;
    constexpr int each = 20000;
    std::atomic<int> wakes = 0;
    Mailbox<std::pair<int, int>> box([&wakes] { ++wakes; });
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
      threads.emplace_back([&box, w] {
        for (int i = 0; i < each; ++i) box.post({w, i});
      });
    }
    std::vector<int> next(writers, 0);
    int seen = 0;
    while (seen < writers * each) {
      for (const auto& [writer, number] : box.drain()) {
        QCOMPARE(number, next[static_cast<size_t>(writer)]++);
        ++seen;
      }
      std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
    QVERIFY(wakes.load() >= 1);
    QVERIFY(box.drain().empty());
  }

  void staysReadableWhenTheWakeFails() {
    bool failing = true;
    int wakes = 0;
    Mailbox<int> box([&] {
      if (failing) throw std::bad_alloc();
      ++wakes;
    });
    QVERIFY_EXCEPTION_THROWN(box.post(1), std::bad_alloc);
    failing = false;
    box.post(2);
    QCOMPARE(wakes, 1);
    QCOMPARE(box.drain(), std::vector<int>{2});
  }

  void dropsWhatComesAfterClose() {
    int wakes = 0;
    Mailbox<int> box([&wakes] { ++wakes; });
    box.close();
    box.post(1);
    QCOMPARE(wakes, 0);
    QVERIFY(box.drain().empty());
  }

  void joinsNeighbouringDeltasOfOneJobOnly() {
    EngineMailbox box([] {}, mergeEngineEvents);
    box.post(ReplyDelta{.job = 1, .tokens = {5}, .timeline = {{.token = 0, .params = {}, .textOffset = 0}}});
    box.post(ReplyDelta{.job = 1, .text = "a"});
    box.post(ReplyDelta{.job = 1, .tokens = {6}, .text = "b", .decodeSeconds = 2});
    box.post(ReplyDelta{.job = 2, .tokens = {7}});
    box.post(PrefillProgress{.job = 3, .done = 1, .total = 9});
    box.post(PrefillProgress{.job = 3, .done = 8, .total = 9});
    box.post(ReplyEnded{.job = 2});
    box.post(ReplyEnded{.job = 2});
    const std::vector<EngineEvent> events = box.drain();
    QCOMPARE(events.size(), size_t{5});
    const auto& delta = std::get<ReplyDelta>(events[0]);
    QCOMPARE(delta.tokens, (std::vector<std::int32_t>{5, 6}));
    QCOMPARE(delta.text, std::string("ab"));
    QCOMPARE(delta.timeline.size(), size_t{1});
    QCOMPARE(delta.decodeSeconds, 2.0);
    QCOMPARE(std::get<ReplyDelta>(events[1]).job, JobId{2});
    QCOMPARE(std::get<PrefillProgress>(events[2]).done, 8);
  }

  void isEmptiedAtMostOnceAFrame() {
    int batches = 0;
    bool first = true;
    int handled = 0;
    EventPump pump([&](EngineEvent&) {
      ++handled;
      if (std::exchange(first, false)) ++batches;
    });
    QTimer counter;  // runs between batches
    connect(&counter, &QTimer::timeout, this, [&first] { first = true; });
    counter.start(0);
    std::atomic<bool> stop = false;
    std::thread writer([&] {
      for (JobId job = 1; !stop; ++job) {
        pump.mailbox()->post(ReplyEnded{.job = job});
        std::this_thread::sleep_for(std::chrono::microseconds(300));
      }
    });
    QElapsedTimer clock;
    clock.start();
    QTest::qWait(400);
    const qint64 elapsed = clock.elapsed();
    stop = true;
    writer.join();
    QVERIFY(handled > 20);
    QVERIFY2(batches <= elapsed / (EventPump::frameMs - 1) + 1, qPrintable(QString::number(batches)));
    QVERIFY(batches >= 2);
  }

  void mayOutliveItsReader() {
    auto pump = std::make_unique<EventPump>([](EngineEvent&) { QFAIL("nobody reads any more"); });
    const auto box = pump->mailbox();
    box->post(ReplyEnded{.job = 1});
    pump.reset();
    box->post(ReplyEnded{.job = 2});
    QCoreApplication::processEvents();
    QVERIFY(box->drain().empty());
  }
};

QTEST_GUILESS_MAIN(MailboxHandsEventsOver)
#include "test_mailbox.moc"
