// ctest: serial timeout=300
// The memory that a model takes, at the size of real ones, and what is said of one that does not fit.
#include <sys/resource.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"
#include "support/large_model.h"

using namespace sotto::engine;
using namespace sotto::test;

class MemoryOfModels : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;

 private slots:
  // Packed weights replace the file's pages: at most 1.3 times its size, and the KV cache.
  void peaksBelowTheFileAndAThird_data() {
    QTest::addColumn<bool>("quantised");
    QTest::newRow("Q4_K") << true;
    QTest::newRow("F16") << false;
  }
  void peaksBelowTheFileAndAThird() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer takes memory of its own");
#endif
    QFETCH(bool, quantised);
    LargeShape shape;
    shape.quantised = quantised;
    const QString file = dir_.filePath("large.gguf");
    write_large_model(file.toStdString(), shape);
    constexpr int prompt = 512, generated = 4;
    const CliRun run =
        run_cli({"bench", file, "-p", QString::number(prompt), "-n", QString::number(generated), "-r", "1", "--json"},
                {}, 250000);
    QVERIFY2(run.code == 0, run.text());
    const double peak = QJsonDocument::fromJson(run.out).object()["peak_rss_bytes"].toDouble();
    const auto bytes = static_cast<double>(std::filesystem::file_size(file.toStdString()));
    const auto model = Model::load(file.toStdString());
    const auto cache = static_cast<double>(model->kv_bytes(prompt + generated));
    qInfo("file %.0f MB, KV cache %.0f MB, peak %.0f MB: %.3f of the file", bytes / 1e6, cache / 1e6, peak / 1e6,
          (peak - cache) / bytes);
    QVERIFY(peak > bytes);  // all of the file was read
    QVERIFY(peak <= 1.3 * bytes + cache);
  }

  void aLargeFileTellsItsProgressAHundredTimesAtTheMost() {
    const QString file = dir_.filePath("large.gguf");
    write_large_model(file.toStdString());
    std::vector<double> progress;
    LoadOptions options;
    options.progress = [&](double value) { progress.push_back(value); };
    QVERIFY(Model::load(file.toStdString(), options) != nullptr);
    QVERIFY(progress.size() > 50 && progress.size() <= 100);
    QVERIFY(std::is_sorted(progress.begin(), progress.end()));
    QCOMPARE(progress.back(), 1.0);
  }

  // ulimit -v: the file cannot even be mapped.
  void aModelAboveTheProcessLimitIsRefusedWithBothNumbers() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer maps more memory than any limit");
#endif
    const QString file = dir_.filePath("large.gguf");
    write_large_model(file.toStdString());
    QProcess process;
    process.setChildProcessModifier([] {
      const rlimit limit{300'000'000, 300'000'000};
      setrlimit(RLIMIT_AS, &limit);
    });
    process.start(cli_program(), {"ask", file, "hello"});
    const CliRun run = finish_cli(process);
    QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
    static const QRegularExpression sentence(
        " needs [0-9]+ MB of memory, but this process may take 300 MB at the most");
    QVERIFY2(sentence.match(error_sentence(run)).hasMatch(), run.text());
  }

  void aModelLargerThanTheMachineIsRefusedAtOnce() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer leaves no room to map a file of 4 TB");
#endif
    LargeShape shape;
    shape.quantised = false;
    shape.embedding = 16384;
    shape.heads = 128;
    shape.ffn = 65536;
    shape.layers = 500;  // 4 TB
    const QString file = dir_.filePath("huge.gguf");
    try {
      write_large_model(file.toStdString(), shape);
    } catch (const std::exception&) {
      QSKIP("this file system holds no file of 4 TB, be it empty");
    }
    const CliRun run = run_cli({"ask", file, "hello"});
    QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
    static const QRegularExpression sentence(
        "^This model needs [0-9.]+ GB of memory and [0-9.]+ [GM]B are available; close other programs or choose a "
        "smaller model or context\\.$");
    QVERIFY2(sentence.match(error_sentence(run)).hasMatch(), run.text());
  }
};

QTEST_GUILESS_MAIN(MemoryOfModels)
#include "test_memory.moc"
