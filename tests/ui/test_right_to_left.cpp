// A window that is right to left: what is mirrored, what keeps its own direction, and that nothing lies over another.
#include <QApplication>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QTest>

#include "support/ui/window_bench.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "ui/transcript_support/pointer.h"

using namespace sotto::ui;
using sotto::test::WindowBench;

namespace {

constexpr QRect kRoom(10, 0, 300, 30);

template <class Paint>
QImage painted(Qt::LayoutDirection direction, const Paint& paint) {
  QImage image(320, 30, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setFont(Theme::instance().textFont(12));
  painter.setLayoutDirection(direction);
  paint(&painter);
  return image;
}

// Of the pixels that are not of the ground.
QRect ink(const QImage& image) {
  QRect found;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (image.pixel(x, y) != image.pixel(0, 0)) found |= QRect(x, y, 1, 1);
    }
  }
  return found;
}

}  // namespace

class AWindowFromRightToLeft : public QObject {
  Q_OBJECT

 private slots:
  void cleanup() { QApplication::setLayoutDirection(Qt::LeftToRight); }

  void numbersStayAmongTheirWords_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("number first") << QStringLiteral("853 of 2,048 tokens");
    QTest::newRow("a dot between") << QStringLiteral("stories260K · 19:27");
    QTest::newRow("a dot at the end") << QStringLiteral("Tom had 2 big balls.");
  }
  void numbersStayAmongTheirWords() {
    QFETCH(QString, text);
    const auto tabular = [&](QPainter* painter) { paintTabular(painter, kRoom, Qt::AlignRight, text); };
    const auto line = [&](QPainter* painter) { paintLine(painter, kRoom, Qt::AlignRight, text); };
    QVERIFY(!ink(painted(Qt::LeftToRight, tabular)).isEmpty());
    QCOMPARE(painted(Qt::RightToLeft, tabular), painted(Qt::LeftToRight, tabular));
    QCOMPARE(painted(Qt::RightToLeft, line), painted(Qt::LeftToRight, line));
  }

  void linesKeepTheSideThatIsAskedFor() {
    const QString hebrew = QString::fromUtf8("\u05e9\u05dc\u05d5\u05dd 12");
    for (const QString& text : {QStringLiteral("words"), hebrew}) {
      for (const Qt::LayoutDirection direction : {Qt::LeftToRight, Qt::RightToLeft}) {
        const QRect left = ink(painted(direction, [&](QPainter* p) { paintLine(p, kRoom, Qt::AlignLeft, text); }));
        const QRect right = ink(painted(direction, [&](QPainter* p) { paintLine(p, kRoom, Qt::AlignRight, text); }));
        const QRect tabular =
            ink(painted(direction, [&](QPainter* p) { paintTabular(p, kRoom, Qt::AlignRight, text); }));
        QVERIFY(left.left() <= kRoom.left() + 3);
        QVERIFY(right.right() >= kRoom.right() - 5);
        QVERIFY(tabular.right() >= kRoom.right() - 5);
      }
    }
  }

  void messagesChangeTheirSides() {
    Stage stage;
    const sotto::app::MessageId user = stage.source.addUser(QStringLiteral("Hello")).id;
    const sotto::app::MessageId reply = stage.source.addReply(QStringLiteral("Hello yourself.")).id;
    const QRect column = stage.view.messageRect(reply);
    QCOMPARE(stage.view.messageRect(user).right(), column.right());
    const QRect copy = stage.view.actionRect(reply, MessageAction::copy);
    QVERIFY(copy.center().x() < column.center().x());
    stage.view.setLayoutDirection(Qt::RightToLeft);
    const QRect mirrored = stage.view.messageRect(reply);
    QCOMPARE(stage.view.messageRect(user).left(), mirrored.left());
    const QRect mirroredCopy = stage.view.actionRect(reply, MessageAction::copy);
    QCOMPARE(mirrored.right() - mirroredCopy.right(), copy.left() - column.left());
  }

  // Its words were painted, once, four thousand pixels to the right.
  void aChangeMarkCanBeRead() {
    const auto shot = [](Qt::LayoutDirection direction) {
      Stage stage;
      stage.view.setLayoutDirection(direction);
      sotto::app::Message& reply = stage.source.addReply(QStringLiteral("One two three four five six seven eight."));
      sotto::engine::SamplingParams cooler;
      cooler.temperature = 0.35F;
      reply.timeline = {{.token = 0, .params = {}, .textOffset = 0}, {.token = 9, .params = cooler, .textOffset = 13}};
      stage.source.say(0);
      return stage.view.grab().toImage();
    };
    const auto accents = [](  // light mode's is green
                             const QImage& image) {
      int count = 0;
      for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
          const QColor color = image.pixelColor(x, y);
          count += color.green() - color.red() > 30 ? 1 : 0;
        }
      }
      return count;
    };
    const int expected = accents(shot(Qt::LeftToRight));
    QVERIFY2(expected > 150, qPrintable(QString::number(expected)));  // more than the bars
    QCOMPARE(accents(shot(Qt::RightToLeft)), expected);
  }

  void theFiltersShortcutLiesBesideItsWords() {
    for (const Qt::LayoutDirection direction : {Qt::LeftToRight, Qt::RightToLeft}) {
      QApplication::setLayoutDirection(direction);
      WindowBench bench;
      QVERIFY(bench.open());
      auto* filter = bench.find<QLineEdit>("Filter conversations");
      const QImage both = filter->grab().toImage();
      const QString words = filter->placeholderText();
      filter->setPlaceholderText({});
      const QImage shortcut = filter->grab().toImage();
      QVERIFY(both != shortcut);
      // Where the shortcut is, within the frame, the words are not.
      const QRect inside = shortcut.rect().adjusted(6, 6, -6, -6);
      const QRect place = ink(shortcut.copy(inside)).translated(inside.topLeft());
      QVERIFY(!place.isEmpty());
      QCOMPARE(both.copy(place), shortcut.copy(place));
    }
  }
};

QTEST_MAIN(AWindowFromRightToLeft)
#include "test_right_to_left.moc"
