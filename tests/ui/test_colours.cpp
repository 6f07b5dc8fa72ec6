// No colour is written outside the theme's palette, and no icon brings one of its own.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace {

// "#22211F", QColor(0x22211F), QColor(1, 2, 3), QColor("name"), qRgb(), Qt::red
constexpr char kColour[] =
    "#[0-9A-Fa-f]{6}\\b|\"#[0-9A-Fa-f]{3}\"|\\bQColor\\s*[({]\\s*[\"0-9]|\\bqRgba?\\(|\\brgba?\\(|QColor::from|"
    "Qt::(white|black|red|green|blue|cyan|magenta|yellow|gray|dark\\w+|light\\w+)\\b";
constexpr char kOwnColour[] = "(stroke|fill)=\"(?!none\"|currentColor\")";

}  // namespace

class Colours : public QObject {
  Q_OBJECT

  static QStringList offenders(const QString& folder, const QStringList& endings, const QRegularExpression& pattern,
                               const QString& except, int* read) {
    QStringList found;
    QDirIterator it(folder, endings, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
      const QString path = it.next();
      if (!except.isEmpty() && path.endsWith(except)) continue;
      QFile file(path);
      if (!file.open(QIODevice::ReadOnly)) continue;
      ++*read;
      const QString text = QString::fromUtf8(file.readAll());
      const auto match = pattern.match(text);
      if (match.hasMatch()) {
        const auto line = QStringView(text).left(match.capturedStart()).count(QLatin1Char('\n')) + 1;
        found << QStringLiteral("%1:%2: %3").arg(path).arg(line).arg(match.captured());
      }
    }
    return found;
  }

 private slots:
  void onlyThePaletteNamesColours() {
    const QRegularExpression literal{QString::fromLatin1(kColour)};
    int read = 0;
    const QStringList found =
        offenders(QStringLiteral(SOTTO_SOURCE_DIR "/ui"), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, literal,
                  QStringLiteral("/ui/theme/palette.cpp"), &read);
    QVERIFY(read > 5);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
  }

  void iconsAreColouredByTheirRole() {
    const QRegularExpression literal{QString::fromLatin1(kOwnColour)};
    int read = 0;
    const QStringList found = offenders(QStringLiteral(SOTTO_SOURCE_DIR "/resources/icons"), {QStringLiteral("*.svg")},
                                        literal, QStringLiteral("/sotto.svg"), &read);
    QVERIFY(read > 3);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
  }
};

QTEST_GUILESS_MAIN(Colours)
#include "test_colours.moc"
