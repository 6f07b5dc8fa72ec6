// Signals of the system arrive on the event loop.
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <csignal>
#include <thread>

#include "startup/unix_signals.h"

using namespace sotto::app;

class UnixSignalsArriveOnTheEventLoop : public QObject {
  Q_OBJECT

 private slots:
  void tellsEachOne() {
    UnixSignals signalsOf;
    QSignalSpy received(&signalsOf, &UnixSignals::received);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
      QVERIFY(::raise(number) == 0);
      QCOMPARE(received.size(), 0);  // nothing is done in the handler
      QVERIFY(received.wait(5000));
      QCOMPARE(received.takeFirst()[0].toInt(), number);
    }
  }

  void tellsSignalsOfOtherThreadsHere() {
    UnixSignals signalsOf;
    QThread* where = nullptr;
    connect(&signalsOf, &UnixSignals::received, this, [&] { where = QThread::currentThread(); });
    std::thread([] { ::raise(SIGTERM); }).join();
    QTRY_COMPARE(where, thread());
  }

  void givesTheHandlersBack() {
    struct sigaction before {};
    struct sigaction after {};
    ::sigaction(SIGTERM, nullptr, &before);
    { UnixSignals signalsOf; }
    ::sigaction(SIGTERM, nullptr, &after);
    QVERIFY(before.sa_handler == after.sa_handler);
  }

  // Last: this process keeps ignoring them.
  void anotherOneDoesNotCutTheEndShort() {
    {
      UnixSignals signalsOf;
      QSignalSpy received(&signalsOf, &UnixSignals::received);
      QVERIFY(::raise(SIGTERM) == 0);
      QVERIFY(received.wait(5000));
    }
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) QVERIFY(::raise(number) == 0);
  }
};

QTEST_GUILESS_MAIN(UnixSignalsArriveOnTheEventLoop)
#include "test_unix_signals.moc"
