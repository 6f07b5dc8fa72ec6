// Who a model is, found out in the background.
#include <QCryptographicHash>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "library/model_hasher.h"

using namespace sotto::app;

class ModelsAreHashedInTheBackground : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    content_ = QByteArray(3 * 1024 * 1024 + 17, 'm');
    QCOMPARE(file.write(content_), content_.size());
  }

  void computesSha256() {
    ModelHasher hasher;
    QSignalSpy hashed(&hasher, &ModelHasher::hashed);
    const auto stamp = stampOf(path());
    QVERIFY(stamp.has_value());
    QCOMPARE(stamp->size, content_.size());
    hasher.compute(*stamp);
    QVERIFY(hashed.wait(20000));
    QVERIFY(hashed[0][0].value<FileStamp>() == *stamp);
    QCOMPARE(hashed[0][1].toString(),
             QString::fromLatin1(QCryptographicHash::hash(content_, QCryptographicHash::Sha256).toHex()));
  }

  void waitsWhilePaused() {
    ModelHasher hasher;
    QSignalSpy hashed(&hasher, &ModelHasher::hashed);
    hasher.setPaused(true);
    hasher.compute(*stampOf(path()));
    QVERIFY(!hashed.wait(200));
    hasher.setPaused(false);
    QVERIFY(hashed.wait(20000));
  }

  void tellsNothingOfWhatWasGivenUp() {
    ModelHasher hasher;
    QSignalSpy hashed(&hasher, &ModelHasher::hashed);
    hasher.setPaused(true);
    hasher.compute(*stampOf(path()));
    hasher.compute(*stampOf(path()));
    hasher.giveUp(*stampOf(path()));
    hasher.setPaused(false);
    QVERIFY(!hashed.wait(300));
    hasher.compute(*stampOf(path()));
    QVERIFY(hashed.wait(20000));
    QCOMPARE(hashed.size(), 1);
  }

  void readsOneAfterTheOtherAndNoneTwice() {
    const QString other = directory_.filePath(QStringLiteral("other.gguf"));
    QFile file(other);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("other") == 5);
    file.close();
    ModelHasher hasher;
    QSignalSpy hashed(&hasher, &ModelHasher::hashed);
    hasher.compute(*stampOf(path()));
    hasher.compute(*stampOf(other));
    hasher.compute(*stampOf(path()));
    QTRY_COMPARE_WITH_TIMEOUT(hashed.size(), 2, 20000);
    QVERIFY(!hashed.wait(200));
    QVERIFY(hashed[0][0].value<FileStamp>() == *stampOf(path()));
    QVERIFY(hashed[1][0].value<FileStamp>() == *stampOf(other));
  }

  void tellsNothingOfAFileThatChangedMeanwhile() {
    ModelHasher hasher;
    QSignalSpy hashed(&hasher, &ModelHasher::hashed);
    FileStamp stamp = *stampOf(path());
    stamp.modified -= 1000;
    hasher.compute(stamp);
    QVERIFY(!hashed.wait(500));
  }

  void endsWhilePaused() {
    ModelHasher hasher;
    hasher.setPaused(true);
    hasher.compute(*stampOf(path()));
  }

  void knowsFilesFromOthers() {
    QVERIFY(!stampOf(directory_.path()));
    QVERIFY(!stampOf(path() + QStringLiteral(".gone")));
    const auto before = stampOf(path());
    QFile file(path());
    QVERIFY(file.open(QIODevice::Append));
    file.write("x");
    file.close();
    QVERIFY(stampOf(path()) != before);
  }

 private:
  [[nodiscard]] QString path() const { return directory_.filePath(QStringLiteral("model.gguf")); }
  QTemporaryDir directory_;
  QByteArray content_;
};

QTEST_GUILESS_MAIN(ModelsAreHashedInTheBackground)
#include "test_model_hasher.moc"
