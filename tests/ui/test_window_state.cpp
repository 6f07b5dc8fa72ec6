// What the window keeps of itself from one start to the next.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <chrono>
#include <thread>

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

  // Opening a pipe waits for its other end, and saving would put a file in the place of whatever a link leads to.
  void whatIsNoFileIsLeftAlone() {
    const QTemporaryDir dir;
    const QString pipe = dir.filePath(QStringLiteral("pipe")), link = dir.filePath(QStringLiteral("window.json"));
    const QByteArray name = QFile::encodeName(pipe);
    QVERIFY(mkfifo(name.constData(), 0600) == 0 && QFile::link(pipe, link));
    for (const QString& path : {pipe, link}) {
      std::atomic<bool> loaded{false};
      std::jthread rescue([&] {  // ends a load that waits
        for (int i = 0; i < 100 && !loaded; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (!loaded) ::close(::open(name.constData(), O_RDWR | O_NONBLOCK));
      });
      QElapsedTimer clock;
      clock.start();
      QVERIFY(WindowState::load(path) == WindowState());
      loaded = true;
      QVERIFY2(clock.elapsed() < 900, "the load waited for the pipe");
      WindowState().save(path);
      struct stat there {};
      QVERIFY(::stat(name.constData(), &there) == 0 && S_ISFIFO(there.st_mode));
    }
    QVERIFY(QFileInfo(link).isSymLink());
  }
};

QTEST_GUILESS_MAIN(TheWindowsState)
#include "test_window_state.moc"
