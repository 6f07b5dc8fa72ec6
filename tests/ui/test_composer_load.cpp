// Texts larger than anybody types do not stop the window: what is pasted, what comes as a burst of keys, what is sent.
// ctest: serial timeout=300
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTest>
#include <algorithm>

#include "composer/message_edit.h"
#include "support/ui/window_bench.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto;
using namespace sotto::test;

namespace {

constexpr int kKeys = 10'000;
constexpr double kLongestTurn = 300 * instrumented;  // ms; what is measured is half of it, and less

// Runs the event loop until `condition` holds, an event at a time; returns the longest that the loop was busy, ms.
template <class Condition>
double longestTurn(const Condition& condition) {
  double longest = 0;
  QElapsedTimer patience;
  patience.start();
  while (!condition() && patience.elapsed() < 60'000) {
    ThreadTimer timer;
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents);
    longest = std::max(longest, timer.ms());
  }
  return longest;
}

}  // namespace

class LargeTextsInTheComposer : public QObject {
  Q_OBJECT

 private slots:
  void aBurstOfKeys() {
    WindowBench bench;
    QVERIFY(bench.open());
    bench.message()->setFocus();
    for (int i = 0; i < kKeys; ++i) {
      const QString letter(i % 7 == 6 ? u' ' : QChar(u'a' + i % 26));
      QCoreApplication::postEvent(bench.message(), new QKeyEvent(QEvent::KeyPress, 0, Qt::NoModifier, letter));
      QCoreApplication::postEvent(bench.message(), new QKeyEvent(QEvent::KeyRelease, 0, Qt::NoModifier, letter));
    }
    const double longest = longestTurn([&] { return bench.message()->toPlainText().size() == kKeys; });
    qInfo("%d keys: longest turn %d ms", kKeys, int(longest));
    QCOMPARE(bench.message()->toPlainText().size(), kKeys);
    QVERIFY2(longest < kLongestTurn, qPrintable(QString::number(longest)));
  }

  void aMessageOf10MegabytesIsPastedAndSent() {
    const QString text = QStringLiteral("Some words that make a sentence, and one more.\n").repeated(220'000);
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QApplication::clipboard()->setText(text);
    ThreadTimer timer;
    bench.message()->paste();
    double longest = timer.ms();
    const auto* scroll = bench.message()->verticalScrollBar();
    longest = std::max(longest, longestTurn([&] { return scroll->maximum() >= 220'000 - 20; }));
    qInfo("pasted: longest turn %d ms", int(longest));
    QVERIFY2(longest < kLongestTurn, qPrintable(QString::number(longest)));
    QCOMPARE(bench.message()->toPlainText(), text);
    bench.pace->hold(Pace::Stage::prefill);
    timer.start();
    QTest::keyClick(bench.message(), Qt::Key_Return);
    longest = timer.ms();
    longest = std::max(longest, longestTurn([&] { return bench.chat->current()->messages().size() == 2; }));
    qInfo("sent: longest turn %d ms", int(longest));
    QVERIFY2(longest < kLongestTurn, qPrintable(QString::number(longest)));
    bench.chat->stop();
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.chat->current()->messages().front().content, text);
  }
};

QTEST_MAIN(LargeTextsInTheComposer)
#include "test_composer_load.moc"
