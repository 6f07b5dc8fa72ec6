// One process per data directory.
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLocalSocket>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <iostream>
#include <memory>

#include "startup/single_instance.h"
#include "support/app/full_disk.h"

using namespace sotto::app;
using sotto::test::ReadOnlyFolder;

namespace {

// The other process: says what became of its claim, then what it is asked for.
int runChild(QCoreApplication& app, const QStringList& arguments) {
  SingleInstance instance(arguments[2]);
  QObject::connect(&instance, &SingleInstance::raiseRequested, &app, [](const QStringList& asked) {
    std::cout << "raise " << asked.join(QLatin1Char(' ')).toStdString() << std::endl;
  });
  switch (instance.claim(arguments.mid(3), 1500)) {
    case SingleInstance::Outcome::first:
      std::cout << "first" << std::endl;
      break;
    case SingleInstance::Outcome::handedOver:
      std::cout << "handed over" << std::endl;
      return 0;
    case SingleInstance::Outcome::failed:
      std::cout << instance.error().toStdString() << std::endl;
      return 1;
  }
  if (arguments.mid(3) == QStringList{QStringLiteral("hang")}) QThread::sleep(60);  // serves nobody
  return app.exec();
}

std::unique_ptr<QProcess> startChild(const QString& directory, const QStringList& arguments = {}) {
  auto child = std::make_unique<QProcess>();
  child->start(QCoreApplication::applicationFilePath(), QStringList{QStringLiteral("--child"), directory} + arguments);
  return child;
}

QString readLine(QProcess& child) {
  while (!child.canReadLine()) {
    if (!child.waitForReadyRead(10000)) return QStringLiteral("no answer");
  }
  return QString::fromUtf8(child.readLine()).trimmed();
}

}  // namespace

class OneProcessHasTheDataDirectory : public QObject {
  Q_OBJECT

 private slots:
  void handsItsArgumentsToTheFirst() {
    QTemporaryDir directory;
    SingleInstance first(directory.path());
    QCOMPARE(first.claim({}), SingleInstance::Outcome::first);
    QSignalSpy raised(&first, &SingleInstance::raiseRequested);
    const QStringList asked{QStringLiteral("--model"), QStringLiteral("/a b/m\u00f6del.gguf"), QStringLiteral("--new")};
    const auto second = startChild(directory.path(), asked);
    QVERIFY(raised.wait(10000));
    QCOMPARE(raised[0][0].toStringList(), asked);
    QVERIFY(second->waitForFinished(10000));
    QCOMPARE(second->exitCode(), 0);
    QCOMPARE(readLine(*second), QStringLiteral("handed over"));
  }

  void takesOverFromAKilledProcess() {
    QTemporaryDir directory;
    const auto killed = startChild(directory.path());
    QCOMPARE(readLine(*killed), QStringLiteral("first"));
    killed->kill();
    QVERIFY(killed->waitForFinished(10000));
    SingleInstance next(directory.path());
    QCOMPARE(next.claim({}), SingleInstance::Outcome::first);
    QSignalSpy raised(&next, &SingleInstance::raiseRequested);
    const auto third = startChild(directory.path());
    QVERIFY(raised.wait(10000));
    QVERIFY(third->waitForFinished(10000));
  }

  // In a container, or after a long time, the number of a killed process belongs to another one: here to this one,
  // which even has the right name.
  void takesOverWhenTheNumberIsAnothers() {
    QTemporaryDir directory;
    const auto killed = startChild(directory.path());
    QCOMPARE(readLine(*killed), QStringLiteral("first"));
    const QByteArray number = QByteArray::number(killed->processId());
    killed->kill();
    QVERIFY(killed->waitForFinished(10000));
    const QString path = directory.filePath(QStringLiteral("sotto.lock"));
    QFile lock(path);
    QVERIFY(lock.open(QIODevice::ReadOnly));
    QList<QByteArray> lines = lock.readAll().split('\n');
    lock.close();
    QCOMPARE(lines[0], number);
    lines[0] = QByteArray::number(QCoreApplication::applicationPid());
    QVERIFY(lock.open(QIODevice::WriteOnly) && lock.write(lines.join('\n')) > 0);
    lock.close();
    SingleInstance next(directory.path());
    QVERIFY2(next.claim({}, 400) == SingleInstance::Outcome::first, qPrintable(next.error()));
    const auto third = startChild(directory.path());  // and has it now
    QSignalSpy raised(&next, &SingleInstance::raiseRequested);
    QVERIFY(raised.wait(10000));
    QVERIFY(third->waitForFinished(10000));
    QCOMPARE(third->exitCode(), 0);
  }

  // A machine that was called otherwise when the power went, or a container.
  void takesOverFromAnotherNameOfThisComputer() {
    QTemporaryDir directory;
    const auto other = startChild(directory.path());
    QCOMPARE(readLine(*other), QStringLiteral("first"));
    QFile lock(directory.filePath(QStringLiteral("sotto.lock")));
    QVERIFY(lock.open(QIODevice::ReadOnly));
    QList<QByteArray> lines = lock.readAll().split('\n');
    lock.close();
    QCOMPARE(QString::fromUtf8(lines[2]), QSysInfo::machineHostName());
    lines[2] = "elsewhere";
    if (lines.size() > 3) lines[3] = "00000000000000000000000000000000";  // the machine's id
    QVERIFY(lock.open(QIODevice::WriteOnly) && lock.write(lines.join('\n')) > 0);
    lock.close();
    QVERIFY(QFile::remove(directory.filePath(QStringLiteral("sotto.socket"))));
    {
      SingleInstance next(directory.path());
      QCOMPARE(next.claim({}, 200), SingleInstance::Outcome::failed);  // it still runs
      QVERIFY2(next.error().contains(QStringLiteral("elsewhere")) && next.error().contains(lock.fileName()),
               qPrintable(next.error()));
    }
    other->kill();
    QVERIFY(other->waitForFinished(10000));
    SingleInstance next(directory.path());
    QVERIFY2(next.claim({}, 400) == SingleInstance::Outcome::first, qPrintable(next.error()));
  }

  void doesWithoutASocketInTheDataDirectory() {
    QTemporaryDir directory;
    QVERIFY(QDir(directory.path()).mkpath(QStringLiteral("sotto.socket/taken")));
    SingleInstance first(directory.path());
    QVERIFY2(first.claim({}) == SingleInstance::Outcome::first, qPrintable(first.error()));
    QSignalSpy raised(&first, &SingleInstance::raiseRequested);
    const auto second = startChild(directory.path());
    QVERIFY(raised.wait(10000));
    QVERIFY(second->waitForFinished(10000));
    QCOMPARE(second->exitCode(), 0);
  }

  // What a power cut or a full disk leaves of a lock names no owner; nobody holds it, so it must not bar the way
  // forever.
  void takesOverALockThatNamesNobody_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("zeros") << QByteArray(300, '\0');
    QTest::newRow("half") << QByteArray("12");
  }
  void takesOverALockThatNamesNobody() {
    QFETCH(QByteArray, content);
    QTemporaryDir directory;
    QFile lock(directory.filePath(QStringLiteral("sotto.lock")));
    QVERIFY(lock.open(QIODevice::WriteOnly) && lock.write(content) == content.size() && lock.flush());
    QVERIFY(lock.setFileTime(QDateTime::currentDateTime().addSecs(-3600), QFileDevice::FileModificationTime));
    lock.close();
    SingleInstance next(directory.path());
    QVERIFY2(next.claim({}, 400) == SingleInstance::Outcome::first, qPrintable(next.error()));
  }

  // A lock is made before its owner is written down: one that is new may be just that.
  void leavesALockThatIsJustBeingMade() {
    QTemporaryDir directory;
    QFile lock(directory.filePath(QStringLiteral("sotto.lock")));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    SingleInstance next(directory.path());
    QCOMPARE(next.claim({}, 200), SingleInstance::Outcome::failed);
    QVERIFY(lock.exists());
  }

  void saysWhenTheFirstHangs() {
    QTemporaryDir directory;
    const auto hung = startChild(directory.path(), {QStringLiteral("hang")});
    QCOMPARE(readLine(*hung), QStringLiteral("first"));
    SingleInstance second(directory.path());
    QElapsedTimer clock;
    clock.start();
    const auto outcome = second.claim({QStringLiteral("--new")}, 400);
    QCOMPARE(outcome, SingleInstance::Outcome::failed);
    QVERIFY(clock.elapsed() < 5000);
    QVERIFY(second.error().contains(QString::number(hung->processId())));
    QVERIFY(second.error().endsWith(QLatin1Char('.')));
    hung->kill();
    hung->waitForFinished();
  }

  void waitsForAProcessThatIsEnding() {
    QTemporaryDir directory;
    auto ending = std::make_unique<SingleInstance>(directory.path());
    QCOMPARE(ending->claim({}), SingleInstance::Outcome::first);
    // It does not serve any more (no event loop here), and lets go while the second one waits.
    const auto second = startChild(directory.path());
    QTest::qSleep(300);
    ending.reset();
    QCOMPARE(readLine(*second), QStringLiteral("first"));
    second->kill();
    second->waitForFinished();
  }

  void letsOnlyOneOfManyIn() {
    QTemporaryDir directory;
    std::vector<std::unique_ptr<QProcess>> children;
    for (int i = 0; i < 4; ++i) children.push_back(startChild(directory.path()));
    int firsts = 0;
    int handed = 0;
    for (const auto& child : children) {
      const QString line = readLine(*child);
      firsts += line == QLatin1String("first") ? 1 : 0;
      handed += line == QLatin1String("handed over") ? 1 : 0;
    }
    QCOMPARE(firsts, 1);
    QCOMPARE(handed, 3);
    for (const auto& child : children) {
      child->kill();
      child->waitForFinished();
    }
  }

  void worksWithALongPath() {
    QTemporaryDir directory;
    const QString deep = directory.path() + QLatin1Char('/') + QString(120, QLatin1Char('d'));
    QVERIFY(QDir().mkpath(deep));
    SingleInstance first(deep);
    QVERIFY2(first.claim({}) == SingleInstance::Outcome::first, qPrintable(first.error()));
    QSignalSpy raised(&first, &SingleInstance::raiseRequested);
    const auto second = startChild(deep);
    QVERIFY(raised.wait(10000));
    QVERIFY(second->waitForFinished(10000));
  }

  void saysWhenTheDirectoryCannotBeWritten() {
    SingleInstance instance(QStringLiteral("/proc/sotto-cannot-be-here"));
    QCOMPARE(instance.claim({}, 300), SingleInstance::Outcome::failed);
    QVERIFY(!instance.error().isEmpty());
  }

  // Not that a process is running which the lock file of a copied directory names.
  void saysWhenAKnownDirectoryCannotBeWritten() {
    QTemporaryDir directory;
    const auto killed = startChild(directory.path());
    QCOMPARE(readLine(*killed), QStringLiteral("first"));
    killed->kill();
    QVERIFY(killed->waitForFinished(10000));
    const ReadOnlyFolder folder(directory.path());
    if (!folder.works()) QSKIP("This system does not let tests make a folder read-only.");
    SingleInstance instance(directory.path());
    QCOMPARE(instance.claim({}, 300), SingleInstance::Outcome::failed);
    QVERIFY2(instance.error().contains(QStringLiteral("cannot write")), qPrintable(instance.error()));
  }

  void survivesNoiseOnItsSocket() {
    QTemporaryDir directory;
    SingleInstance first(directory.path());
    QCOMPARE(first.claim({}), SingleInstance::Outcome::first);
    QSignalSpy raised(&first, &SingleInstance::raiseRequested);
    QLocalSocket noise;
    noise.connectToServer(directory.filePath(QStringLiteral("sotto.socket")));
    QVERIFY(noise.waitForConnected(5000));
    noise.write(QByteArray(200 * 1024, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(noise.state(), QLocalSocket::UnconnectedState, 10000);
    QCOMPARE(raised.size(), 0);
    const auto second = startChild(directory.path());
    QVERIFY(raised.wait(10000));
    QVERIFY(second->waitForFinished(10000));
  }
};

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  const QStringList arguments = QCoreApplication::arguments();
  if (arguments.value(1) == QLatin1String("--child")) return runChild(app, arguments);
  OneProcessHasTheDataDirectory test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_single_instance.moc"
