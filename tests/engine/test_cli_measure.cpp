// sotto-cli perplexity and bench.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "engine/cli_process.h"
#include "support/npy.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class MeasuringCommands : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString random_;
  QString scripted_;
  QString text_;

  static QJsonObject json_of(const CliRun& run) { return QJsonDocument::fromJson(run.out).object(); }

 private slots:
  void initTestCase() {
    random_ = dir_.filePath("random.gguf");
    random_model().write(random_.toStdString());
    scripted_ = dir_.filePath("scripted.gguf");
    scripted_model(script("A reply that ends at once.")).write(scripted_.toStdString());
    text_ = dir_.filePath("text.txt");
    std::string text;
    for (int i = 0; i < 40; ++i) text += "The quick brown fox number " + std::to_string(i) + " jumps. ";
    write_file(text_.toStdString(), text);
  }

  // Against the definition, worked out from `tokenize` and `logits`.
  void perplexityIsThatOfTheSecondHalves() {
    constexpr int window = 64;
    QList<QByteArray> ids = run_cli({"tokenize", random_, "--file", text_, "--bos"}).out.trimmed().split(' ');
    double nll = 0;
    int tokens = 0;
    for (qsizetype start = 0; start + window <= ids.size(); start += window) {
      ids[start] = "1";  // BOS
      QByteArray list;
      for (qsizetype i = start; i < start + window; ++i) list += (i > start ? "," : "") + ids[i];
      const QString out = dir_.filePath("window.npy");
      const CliRun run = run_cli({"logits", random_, "--ids", list, "--out", out});
      QVERIFY2(run.code == 0, run.text());
      const Npy logits = read_npy(out.toStdString());
      const std::size_t columns = logits.shape[1];
      for (int i = window / 2; i + 1 < window; ++i) {
        const float* row = logits.values.data() + static_cast<std::size_t>(i) * columns;
        double sum = 0;
        for (std::size_t c = 0; c < columns; ++c) sum += std::exp(static_cast<double>(row[c]));
        nll += std::log(sum) - row[ids[start + i + 1].toInt()];
        ++tokens;
      }
    }
    QVERIFY(tokens > 100);
    const CliRun run = run_cli({"perplexity", random_, "--file", text_, "-c", QString::number(window), "--json"});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    const QJsonObject json = json_of(run);
    QCOMPARE(json.keys(), (QStringList{"nll", "perplexity", "tokens"}));
    QCOMPARE(json["tokens"].toInt(), tokens);
    QVERIFY2(std::abs(json["nll"].toDouble() - nll / tokens) < 2e-3, run.text());  // an f16 KV cache
    QVERIFY(std::abs(json["perplexity"].toDouble() - std::exp(json["nll"].toDouble())) < 1e-6);
    const CliRun readable = run_cli({"perplexity", random_, "--file", text_, "-c", QString::number(window)});
    QVERIFY2(readable.code == 0 && readable.out.startsWith("perplexity  "), readable.text());
  }

  void textShorterThanOneWindowIsAnError() {
    const QString shorter = dir_.filePath("short.txt");
    write_file(shorter.toStdString(), "Too short.");
    const CliRun run = run_cli({"perplexity", random_, "--file", shorter});
    QVERIFY2(run.code == 1 && run.out.isEmpty() && error_sentence(run).contains("512"), run.text());
    write_file(shorter.toStdString(), "");
    const CliRun empty = run_cli({"perplexity", random_, "--file", shorter, "-c", "4"});
    QVERIFY2(empty.code == 1 && !error_sentence(empty).isEmpty(), empty.text());
  }

  void windowAboveTheContextIsAnError() {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "words and more words ";
    const QString file = dir_.filePath("long.txt");
    write_file(file.toStdString(), text);
    const CliRun run = run_cli({"perplexity", random_, "--file", file, "-c", "1024"});
    QVERIFY2(run.code == 1 && error_sentence(run).contains("512"), run.text());
  }

  void benchAsJsonHasTheKeysThatScriptsRead() {
    const CliRun run = run_cli({"bench", random_, "-p", "32", "-n", "8", "-d", "16", "-r", "3", "-t", "1", "--json"});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    const QJsonObject json = json_of(run);
    QStringList expected{
        "prefill_tokens_per_s", "decode_tokens_per_s", "load_ms",       "peak_rss_bytes", "threads",      "model",
        "prompt_tokens",        "generated_tokens",    "depth",         "runs",           "exact",        "kernels",
        "read_bytes_per_s",     "int8_ops_per_s",      "f32_ops_per_s", "decode_share",   "prefill_share"};
    expected.sort();
    QCOMPARE(json.keys(), expected);
    QVERIFY(json["prefill_tokens_per_s"].toDouble() > 0 && json["decode_tokens_per_s"].toDouble() > 0);
    QVERIFY(json["load_ms"].toDouble() > 0);
    QVERIFY(json["peak_rss_bytes"].toInteger() > 1'000'000);
    QCOMPARE(json["threads"].toInt(), 1);
    QCOMPARE(json["model"].toString(), random_);
    QCOMPARE(json["prompt_tokens"].toInt(), 32);
    QCOMPARE(json["generated_tokens"].toInt(), 8);
    QCOMPARE(json["depth"].toInt(), 16);
    QCOMPARE(json["runs"].toInt(), 3);
    QCOMPARE(json["exact"].toBool(), false);
    QVERIFY(!json["kernels"].toString().isEmpty());
    for (const char* limit : {"read_bytes_per_s", "int8_ops_per_s", "f32_ops_per_s"}) {
      QVERIFY2(json[limit].toDouble() > 1e8, limit);
    }
    QVERIFY(json["decode_share"].toDouble() > 0);  // above 1 where the model lies in the processor's cache
    QVERIFY(json["prefill_share"].toDouble() > 0 && json["prefill_share"].toDouble() < 1);
  }

  void benchGoesOnPastTheEndOfAReply() {
    const CliRun run = run_cli({"bench", scripted_, "-p", "4", "-n", "200", "-r", "1", "--json"});
    QVERIFY2(run.code == 0, run.text());
    QVERIFY(std::isfinite(json_of(run)["decode_tokens_per_s"].toDouble()));
    QVERIFY(json_of(run)["decode_tokens_per_s"].toDouble() > 0);
  }

  // A token costs its whole pass through the model, also where there is only one.
  void benchCountsWholeTokens() {
    Script slow = script("A reply that takes its time.");
    slow.loop = true;
    slow.ballast = 60'000'000;
    const QString file = dir_.filePath("slow.gguf");
    scripted_model(slow).write(file.toStdString());
    const auto speed = [&](const char* count) {
      const CliRun run = run_cli({"bench", file, "-p", "4", "-n", count, "-r", "5", "--json"});
      return json_of(run)["decode_tokens_per_s"].toDouble();
    };
    // What else runs on the machine may slow one of the two; a token that is not counted shows every time.
    double one = 0;
    double many = 0;
    for (int attempt = 0; attempt < 4 && !(one > 0 && one < 3 * many); ++attempt) {
      one = speed("1");
      many = speed("40");
    }
    QVERIFY2(one > 0 && one < 3 * many, qPrintable(QString("%1 and %2 tokens/s").arg(one).arg(many)));
  }

  void benchSaysWhatTurnsTake() {
    const CliRun run = run_cli({"bench", random_, "--turns", "-p", "200", "-r", "1", "--json"});
    QCOMPARE(run.code, 0);
    const QJsonArray turns = json_of(run)["turns"].toArray();
    QCOMPARE(turns.size(), 5);
    const auto read = [&](qsizetype i) { return turns[i].toObject()["read_tokens"].toInt(); };
    QVERIFY(read(0) >= 200);
    QVERIFY(read(1) < 100);                         // what is new
    QVERIFY(read(2) > 3 && read(2) < read(0) / 2);  // from the edit on
    QCOMPARE(read(3), turns[3].toObject()["prompt_tokens"].toInt());
    QVERIFY(read(4) < 30);  // the last word, and what the template closes with
    for (const QJsonValue& turn : turns) QVERIFY(turn.toObject()["first_token_ms"].toDouble() > 0);
    QVERIFY(run_cli({"bench", random_, "--turns", "-p", "200", "-r", "1"}).out.contains("follow-up"));
    const CliRun large = run_cli({"bench", random_, "--turns", "-p", "100000"});
    QCOMPARE(large.code, 1);
    QVERIFY(large.err.contains("context"));
  }

  void benchAsTextIsReadable() {
    const CliRun run = run_cli({"bench", random_, "-p", "8", "-n", "4", "-r", "1"});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    for (const char* word : {"model ", "threads ", "load ", "prefill ", "decode ", "memory ", "runs "}) {
      QVERIFY2(run.out.contains(word), run.text());
    }
  }
};

QTEST_GUILESS_MAIN(MeasuringCommands)
#include "test_cli_measure.moc"
