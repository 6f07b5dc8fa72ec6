// A reply may be anything: nothing of it is loaded or run, nothing stops the window.
// ctest: serial timeout=300
#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QHelpEvent>
#include <QImage>
#include <QMessageBox>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocument>
#include <QToolTip>

#include "theme/theme.h"
#include "ui/transcript_support/pointer.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto::app;
using namespace sotto::ui;

namespace {

QString many(const char* piece, int count) { return QString::fromUtf8(piece).repeated(count); }

}  // namespace

class TestTranscriptHostile : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { Theme::instance().setMode(Theme::Mode::light); }

  void nothingIsLoaded() {
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QSignalSpy visits(&server, &QTcpServer::newConnection);
    QTemporaryDir folder;
    QImage red(64, 64, QImage::Format_RGB32);
    red.fill(Qt::red);
    QVERIFY(red.save(folder.filePath(QStringLiteral("red.png"))));
    const QString file = QStringLiteral("file://") + folder.filePath(QStringLiteral("red.png"));
    const QString web = QStringLiteral("http://127.0.0.1:%1/a.png").arg(server.serverPort());
    Stage stage;
    stage.source.addReply(
        QStringLiteral("<img src=\"%1\">\n\n<img src='%2'/>\n\n![](%1)\n\n![x](%2)\n\n"
                       "<style>@import url(%2);</style>\n\n<iframe src=\"%2\"></iframe>\n\n| ![](%1) |\n|--|\n")
            .arg(file, web));
    stage.source.addUser(QStringLiteral("<img src=\"%1\"> ![](%2)").arg(file, web));
    QTest::qWait(200);
    QCOMPARE(visits.size(), 0);
    const QImage seen = stage.view.grab().toImage();
    for (int y = 0; y < seen.height(); ++y) {
      for (int x = 0; x < seen.width(); ++x) QVERIFY(seen.pixel(x, y) != red.pixel(0, 0));
    }
    QVERIFY(stage.view.allText().contains(QStringLiteral("<img src=\"file://")));  // HTML is text
  }

  void addressesThatAreNotOfTheWebAreNotOpened_data() {
    QTest::addColumn<QString>("address");
    for (const char* address :
         {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "smb://host/share",
          "ssh://host", "vscode://x", "/etc/passwd", "x-y:z", "//host/share"}) {
      QTest::newRow(address) << QString::fromLatin1(address);
    }
  }
  void addressesThatAreNotOfTheWebAreNotOpened() {
    QFETCH(QString, address);
    Stage stage;
    stage.source.addReply(QStringLiteral("[docs](%1)").arg(address));
    QSignalSpy opened(&stage.view, &TranscriptView::linkActivated);
    stage.pointer.click(stage.letter(1, 0, 2));
    auto* box = stage.view.findChild<QMessageBox*>(QStringLiteral("openLink"));
    QVERIFY(box != nullptr);
    for (QAbstractButton* button : box->buttons()) QVERIFY(button->text() != QStringLiteral("Open"));
    QCOMPARE(opened.size(), 0);
  }

  // What the person reads before a link is opened is what will be opened, whatever letters turn the text around.
  void anAddressIsShownWithoutTricks() {
    Stage stage;
    stage.source.addReply(
        QStringLiteral("[https://good.example](https://evil.example/%1gpj.exe%2)").arg(QChar(0x202E), QChar(0x200B)));
    stage.pointer.click(stage.letter(1, 0, 2));
    auto* box = stage.view.findChild<QMessageBox*>(QStringLiteral("openLink"));
    QVERIFY(box != nullptr);
    QVERIFY2(box->informativeText().startsWith(QStringLiteral("https://evil.example/%E2%80%AE")),
             qPrintable(box->informativeText()));
    for (const QChar c : box->informativeText()) QVERIFY(c.unicode() < 128);
  }

  void aRefusedAddressIsShownWithoutTricksToo() {
    Stage stage;
    stage.source.addReply(QStringLiteral("[x](javascript:%1abc%2)").arg(QChar(0x202E), QChar(0x200B)));
    stage.pointer.click(stage.letter(1, 0, 0));
    auto* box = stage.view.findChild<QMessageBox*>(QStringLiteral("openLink"));
    QVERIFY(box != nullptr);
    for (const QChar c : box->informativeText()) QVERIFY2(c.unicode() < 128, qPrintable(box->informativeText()));
  }

  // A tool tip reads HTML where it believes to see some, and would load its pictures.
  void aToolTipIsNoHtml() {
    Stage stage;
    stage.source.addReply(QStringLiteral("[docs](\\<img/src=file:///etc/x.png\\>)"));
    const QPoint at = stage.letter(1, 0, 2);
    QCOMPARE(stage.view.rows().item(0).body()->blocks().front().links.size(), 1);
    QHelpEvent event(QEvent::ToolTip, at, stage.view.viewport()->mapToGlobal(at));
    QApplication::sendEvent(stage.view.viewport(), &event);
    QVERIFY(QToolTip::text().contains(QStringLiteral("img")));
    QVERIFY2(!Qt::mightBeRichText(QToolTip::text()), qPrintable(QToolTip::text()));
    QToolTip::hideText();
  }

  // No frame over 300 ms: the whole reply at once, a token more, a look at its middle, its end.
  void noReplyStopsTheWindow_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("10,000 quote marks") << many(">", 10000) + QStringLiteral(" x");
    QTest::newRow("10,000 quote marks with blanks") << many("> ", 10000) + QStringLiteral("x");
    QTest::newRow("10,000 bullets in one line") << many("- ", 10000) + QStringLiteral("x");
    QTest::newRow("lists 500 deep") << [] {
      QString text;
      for (int i = 0; i < 500; ++i) text += QString(2 * i, u' ') + QStringLiteral("- item\n");
      return text;
    }();
    QTest::newRow("a line of 1 MB") << many("words and ", 100000);
    QTest::newRow("a line of 1 MB without a blank") << QString(1000000, u'x');
    QTest::newRow("a line of 1 MB in an item") << QStringLiteral("- ") + QString(1000000, u'x');
    QTest::newRow("a line of code of 1 MB") << QStringLiteral("```\n") + QString(1000000, u'x');
    QTest::newRow("100,000 cells in a row") << QStringLiteral("| a | b |\n|---|---|\n") + many("| x ", 100000);
    QTest::newRow("100,000 columns") << many("| x ", 100000) + u'\n' + many("|---", 100000) + u'\n' +
                                            many("| y ", 100000);
    QTest::newRow("128 columns, 200 rows")
        << many("| x ", 128) + u'\n' + many("|---", 128) + u'\n' + (many("| y ", 128) + u'\n').repeated(200);
    QTest::newRow("100,000 brackets") << many("[", 100000);
    QTest::newRow("100,000 links") << many("[a](b) ", 100000);
    QTest::newRow("definitions") << many("[a]: b\n", 20000) + many("[a] ", 20000);
    QTest::newRow("stars") << many("**a *", 100000);
    QTest::newRow("100,000 backticks and letters") << many("`a``", 25000);
    QTest::newRow("dollars") << many("$a ", 100000);
    QTest::newRow("control characters") << many("\x01\x02\x07\x1b[31m\x7f", 20000);
    QTest::newRow("zeros") << QString(100000, QChar(0));
    QTest::newRow("bidi overrides") << QString(QChar(0x202E)).repeated(50000) + QStringLiteral("abc");
    QTest::newRow("zero width") << QString(QChar(0x200B)).repeated(100000);
    QTest::newRow("combining") << u'e' + QString(QChar(0x0301)).repeated(100000);
    QTest::newRow("lone surrogates") << QString(100000, QChar(0xD800));
    QTest::newRow("carriage returns") << QString(100000, u'\r');
    QTest::newRow("100,000 empty items") << many("-\n", 100000);
    QTest::newRow("1 MB of prose") << many("Some words that make a **sentence**.\n\n", 27000);
  }
  void noReplyStopsTheWindow() {
    QFETCH(QString, text);
    Stage stage;
    stage.source.beginReply();
    ThreadTimer timer;
    double slowest = 0;
    const auto frame = [&](const char* what) {
      stage.view.viewport()->repaint();
      if (timer.ms() > 100) qInfo("%s: %d ms", what, int(timer.ms()));
      slowest = std::max(slowest, timer.ms());
    };
    timer.start();
    stage.source.append(text);
    frame("the whole at once");
    for (int i = 0; i < 3; ++i) {
      timer.start();
      stage.source.append(QStringLiteral("x"));
      frame("a token");
    }
    timer.start();
    stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->maximum() / 2);
    frame("a jump to the middle");
    timer.start();
    stage.source.finish();
    frame("the end");
    QVERIFY2(slowest < 300 * instrumented, qPrintable(QString::number(slowest)));
  }

  void aMessageOf10MegabytesIsRead() {
    Stage stage;
    ThreadTimer timer;
    stage.source.addReply(many("Some words that make a **sentence**, and `code`.\n\n- one\n- two\n\n", 160000));
    stage.view.viewport()->repaint();
    qInfo("10 MB in %d ms", int(timer.ms()));
    QVERIFY2(timer.ms() < 20000 * instrumented, qPrintable(QString::number(timer.ms())));
  }
};

QTEST_MAIN(TestTranscriptHostile)
#include "test_transcript_hostile.moc"
