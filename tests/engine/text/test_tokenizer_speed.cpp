// Five megabytes of English a second on one core, at least, with every real vocabulary of ../shared/golden/tokenizer
// and with the starter model's. Measured, not promised, where the build is not an optimised one.
// ctest: serial
#include <QDir>
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>

#include "sotto/engine/tokenizer.h"
#include "support/english.h"

using namespace sotto::engine;

class TokenizerSpeed : public QObject {
  Q_OBJECT

 private slots:
  void fiveMegabytesASecond_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("starter") << QStringLiteral(SOTTO_SOURCE_DIR "/resources/starter/starter.gguf");
    const QDir golden(QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/tokenizer"));
    for (const QString& name : golden.entryList({QStringLiteral("*.gguf")})) {
      QTest::newRow(qPrintable(name)) << golden.filePath(name);
    }
  }

  void fiveMegabytesASecond() {
    QFETCH(QString, path);
    const auto tokenizer = load_tokenizer(path.toStdString());
    const std::string text = sotto::test::english(2'000'000);
    double best = 0;
    for (int run = 0; run < 3; ++run) {
      QElapsedTimer timer;
      timer.start();
      const std::vector<Token> ids = tokenizer->encode(text);
      best = std::max(best, static_cast<double>(text.size()) / 1e6 / (static_cast<double>(timer.nsecsElapsed()) / 1e9));
      QVERIFY(ids.size() > text.size() / 12 && ids.size() < text.size());
    }
    qInfo("%.1f MB/s", best);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(best > 5, qPrintable(QString::number(best)));
#endif
  }
};

QTEST_GUILESS_MAIN(TokenizerSpeed)
#include "test_tokenizer_speed.moc"
