// What oneDNN itself says (ONEDNN_VERBOSE) of the kernels that sotto-cli runs.
#include <QMap>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class OnednnKernels : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString model_;

  static QByteArray words(int count) {
    QByteArray text;
    for (int i = 0; i < count; ++i) text += i % 3 == 0 ? " once" : " upon";
    return text.trimmed();
  }

 private slots:
  void initTestCase() {
    TinyShape shape;
    shape.embedding = 96;
    shape.heads = 6;
    shape.kv_heads = 2;
    shape.ffn = 250 * 2;  // no multiple of a panel's rows
    shape.context = 4096;
    model_ = dir_.filePath("model.gguf");
    random_model(shape).write(model_.toStdString());
    qputenv("ONEDNN_VERBOSE", "2");
  }
  void cleanupTestCase() { qunsetenv("ONEDNN_VERBOSE"); }

  void areFastOnesAndEachIsCreatedOnce_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("bench") << QStringList{"bench", model_, "-p", "700", "-n", "5", "-r", "3"} << QByteArray();
    QTest::newRow("bench at a depth") << QStringList{"bench", model_, "-p", "77", "-d", "300", "-n", "2", "-r", "2"}
                                      << QByteArray();
    QByteArray lines;
    for (const int count : {1, 40, 3, 400, 17, 90, 33, 300}) lines += words(count) + "\n";
    QTest::newRow("chat of several turns") << QStringList{"chat", model_, "-n", "7", "--seed", "1"} << lines;
    const QString text = dir_.filePath("text.txt");
    write_file(text.toStdString(), words(900).toStdString());
    QTest::newRow("perplexity") << QStringList{"perplexity", model_, "--file", text, "-c", "200"} << QByteArray();
    QTest::newRow("logits") << QStringList{"logits", model_, "--text", words(75), "--out", dir_.filePath("l.npy")}
                            << QByteArray();
  }
  void areFastOnesAndEachIsCreatedOnce() {
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, input);
    const CliRun run = run_cli(arguments, input);
    QVERIFY2(run.code == 0, run.text());
    // onednn_verbose[,primitive],create:cache_miss,cpu,matmul,IMPLEMENTATION,...,PROBLEM,TIME
    QMap<QByteArray, int> created;
    int executed = 0;
    for (const QByteArray& line : run.out.split('\n')) {
      if (!line.contains("onednn_verbose") || !line.contains(",cpu,matmul,")) {
        QVERIFY2(!line.contains(",cpu,reorder,"), line);
        continue;
      }
      const QByteArray implementation = line.mid(line.indexOf(",cpu,matmul,") + 12).split(',').value(0);
      QVERIFY2(implementation.startsWith("brg") || implementation.contains("jit"), line);
      QVERIFY2(!implementation.contains("ref"), line);
      executed += line.contains("exec") ? 1 : 0;
      if (line.contains(",create"))
        ++created[line.mid(line.indexOf(",cpu,")).left(line.lastIndexOf(',') - line.indexOf(",cpu,"))];
    }
    QVERIFY(executed > 0 && !created.isEmpty());
    for (auto one = created.cbegin(); one != created.cend(); ++one) QVERIFY2(one.value() == 1, one.key());
  }
};

QTEST_GUILESS_MAIN(OnednnKernels)
#include "test_cli_onednn.moc"
