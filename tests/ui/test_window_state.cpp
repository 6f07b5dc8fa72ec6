// What the window keeps of itself from one start to the next.
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "window_state.h"

using namespace sotto::ui;

class TheWindowsState : public QObject {
  Q_OBJECT
 private slots:
  void comesBackAsItWasLeft() {
    const QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("window.json"));
    const WindowState state{QByteArray("\x01\xD9\xD0\xCB\0\x03", 6), false, true, Theme::Mode::dark};
    state.save(path);
    QVERIFY(WindowState::load(path) == state);
    QCOMPARE(
        QFileInfo(path).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
        QFile::Permissions());
  }

  void aMissingOrDamagedFileIsAFirstStart() {
    const QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("window.json"));
    QVERIFY(WindowState::load(path) == WindowState());
    for (const char* content : {"", "{", "[1,2]", "{\"geometry\": 7, \"conversations\": \"x\"}"}) {
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(content);
      file.close();
      QVERIFY2(WindowState::load(path) == WindowState(), content);
    }
  }
};

QTEST_GUILESS_MAIN(TheWindowsState)
#include "test_window_state.moc"
