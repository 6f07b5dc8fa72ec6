// sotto-cli against the goldens in ../shared: logits of the reference, a real model's story, quantised models, real
// vocabularies. Skipped where that folder is missing.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "engine/cli_process.h"
#include "support/npy.h"

using namespace sotto::test;

namespace {

const QString shared = QStringLiteral(SOTTO_SOURCE_DIR "/../shared");
const QString ids = "1,403,407,261,378,432,383,286,261,376,298,315,421,395,317,426,338,401,396,267,337,410,408,419,292";
const QByteArray story =
    ", there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
    "She wanted to play with it, but it was too high.\nLily's mom said, \"Lily, let's go to the park.\" Lily was sad "
    "and didn't know what to do.";
const QByteArray story_ids =
    "432 383 286 261 376 298 315 421 395 317 426 338 401 396 267 337 410 408 419 292 411 322 265 282 295 433 426 385 "
    "328 "
    "432 358 394 261 370 432 352 266 268 388 426 338 391 266 267 337 335 312 432 398 312 286 267 414 270 333 415 426 "
    "13 "
    "438 310 439 419 357 336 432 313 438 310 432 278 316 439 419 298 414 267 265 282 295 433 426 436 317 286 296 418 "
    "269 "
    "279 292 416 439 413 409 416 327 263 415 294 267 400";

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// KL divergence of two softmaxes, in nats.
double divergence(const float* reference, const float* actual, std::size_t count) {
  const auto normaliser = [count](const float* logits) {
    const double largest = *std::max_element(logits, logits + count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += std::exp(logits[i] - largest);
    return largest + std::log(sum);
  };
  const double a = normaliser(reference);
  const double b = normaliser(actual);
  double result = 0;
  for (std::size_t i = 0; i < count; ++i) result += std::exp(reference[i] - a) * ((reference[i] - a) - (actual[i] - b));
  return result;
}

}  // namespace

class CliMatchesTheGoldens : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;

  Npy logits(const QString& model) {
    const QString out = dir_.filePath("out.npy");
    const CliRun run = run_cli({"logits", model, "--ids", ids, "--out", out});
    if (run.code != 0) {
      qWarning() << run.text();
      return {};
    }
    return read_npy(out.toStdString());
  }

 private slots:
  void initTestCase() {
    if (!QDir(shared + "/golden").exists()) QSKIP("the goldens are not there: ../shared/golden is missing");
  }

  void logitsOfArchitectures_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"llama-mha", "llama3-ropefreqs", "llama-yarn", "mixtral", "qwen3", "olmo2"}) {
      QTest::newRow(name) << QString(name);  // engine_architecture_goldens has them all
    }
  }
  void logitsOfArchitectures() {
    QFETCH(QString, name);
    const QString base = shared + "/golden/arch/" + name;
    const Npy expected = read_npy((base + ".npy").toStdString());
    const Npy actual = logits(base + ".gguf");
    QCOMPARE(actual.shape, expected.shape);
    float largest = 0;
    float difference = 0;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      largest = std::max(largest, std::abs(expected.values[i]));
      difference = std::max(difference, std::abs(actual.values[i] - expected.values[i]));
    }
    qInfo("max|a-b| / max|b| = %.2g", static_cast<double>(difference / largest));
    QVERIFY(difference <= 1e-4F * largest);
  }

  void quantisedModels_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"F16",    "BF16",   "Q8_0",   "Q4_0",  "Q4_1",   "Q5_0",      "Q5_1",  "Q4_K_S",
                             "Q4_K_M", "Q5_K_M", "Q6_K",   "Q2_K",  "Q3_K_S", "Q3_K_M",    "IQ1_M", "IQ3_XXS",
                             "IQ3_S",  "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0",  "MXFP4_MOE", "Q1_0"}) {
      QTest::newRow(name) << QString(name);
    }
  }
  void quantisedModels() {
    QFETCH(QString, name);
    const QString base = shared + "/golden/quant/" + name;
    if (!QFile::exists(base + ".gguf")) QSKIP("there is no such golden");
    const Npy expected = read_npy((base + ".logits.npy").toStdString());
    const Npy actual = logits(base + ".gguf");
    QCOMPARE(actual.shape, expected.shape);
    const std::size_t columns = expected.shape[1];
    double worst = 0;
    for (std::size_t row = 0; row < expected.shape[0]; ++row) {
      worst = std::max(worst, divergence(&expected.values[row * columns], &actual.values[row * columns], columns));
    }
    qInfo("largest divergence of a token: %.2g nats", worst);
    QVERIFY(worst < 0.02);
  }

  void storyTokenForToken() {
    const QString model = shared + "/models/stories260K.gguf";
    const CliRun run = run_cli({"ask", model, "Once upon a time", "--raw", "--greedy", "-n",
                                QString::number(story_ids.count(' ') + 2)});  // the ids end before the full stop
    QVERIFY2(run.code == 0, run.text());
    QCOMPARE(run.out, story + "\n");
    const CliRun tokens = run_cli({"tokenize", model, "--bos"}, "Once upon a time" + story.chopped(1));
    QCOMPARE(tokens.out, "1 403 407 261 378 " + story_ids + "\n");
    const CliRun prompt = run_cli({"tokenize", model, "--bos"}, "Once upon a time");
    QCOMPARE(prompt.out, QByteArray("1 403 407 261 378\n"));
  }

  void realVocabularies_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"llama-spm", "llama-bpe", "qwen2", "gpt-2"}) QTest::newRow(name) << QString(name);
  }
  void realVocabularies() {
    QFETCH(QString, name);
    const QString model = shared + "/golden/tokenizer/ggml-vocab-" + name + ".gguf";
    const QByteArray input = contents(model + ".inp");
    const QByteArray separator = "\n__ggml_vocab_test__\n";
    QList<QByteArray> cases;
    for (qsizetype start = 0; start <= input.size();) {
      const qsizetype end = input.indexOf(separator, start);
      cases.append(input.mid(start, end < 0 ? -1 : end - start));
      start = end < 0 ? input.size() + 1 : end + separator.size();
    }
    const QList<QByteArray> expected = contents(model + ".out").split('\n');
    QVERIFY(cases.size() > 30 && expected.size() >= cases.size());
    // Each start reads a large vocabulary: a sample here, all of them in the tokenizer's own tests.
    for (qsizetype i = 0; i < cases.size(); i += 6) {
      const CliRun run = run_cli({"tokenize", model}, cases[i]);
      QVERIFY2(run.code == 0, run.text());
      QCOMPARE(run.out.trimmed(), expected[i].trimmed());
    }
  }

  void vocabularyAloneIsNoModel() {
    const CliRun run = run_cli({"ask", shared + "/golden/tokenizer/ggml-vocab-llama-spm.gguf", "p"});
    QVERIFY2(run.code == 1 && !error_sentence(run).isEmpty(), run.text());
  }
};

QTEST_GUILESS_MAIN(CliMatchesTheGoldens)
#include "test_cli_goldens.moc"
