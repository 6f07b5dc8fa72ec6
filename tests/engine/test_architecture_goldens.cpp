// Every architecture of ../shared/golden/arch computes what the reference does, in prefill and in decode, and the same
// bits however a text is cut into calls.
#include <QDir>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "io/gguf.h"
#include "model/transformer.h"
#include "support/npy.h"

using namespace sotto::engine;

namespace {

const QString golden = QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/arch");
const std::vector<Token> ids{1,   403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421,
                             395, 317, 426, 338, 401, 396, 267, 337, 410, 408, 419, 292};

struct Loaded {
  explicit Loaded(const QString& name) {
    file = GgufFile::open((golden + '/' + name + ".gguf").toStdString());
    architecture = read_architecture(*file);
    weights = find_weights(*file, architecture);
  }
  std::shared_ptr<const GgufFile> file;
  Architecture architecture;
  Weights weights;
};

// Logits of all tokens, read in calls of `step`.
std::vector<float> run(const Loaded& m, Phase phase, std::size_t step, int threads = 2) {
  OpContext context(threads);
  Transformer transformer(m.architecture, m.weights, context, static_cast<int>(ids.size()));
  const Architecture& a = m.architecture;
  KvCache cache({a.layers, a.kv_heads, a.key_dim, a.value_dim}, KvType::f32);
  std::vector<float> all;
  for (std::size_t start = 0; start < ids.size(); start += step) {
    const std::size_t count = std::min(step, ids.size() - start);
    if (!transformer.forward(phase, std::span(ids).subspan(start, count), cache)) return {};
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> row(static_cast<std::size_t>(a.vocabulary));
      transformer.logits(static_cast<int>(i), row);
      all.insert(all.end(), row.begin(), row.end());
    }
  }
  return all;
}

}  // namespace

class EveryArchitecture : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!QDir(golden).exists()) QSKIP("the goldens are not there: ../shared/golden is missing");
  }

  void computesWhatTheReferenceDoes_data() {
    QTest::addColumn<QString>("name");
    const QStringList files = QDir(golden).entryList({QStringLiteral("*.gguf")}, QDir::Files, QDir::Name);
    QCOMPARE(files.size(), 33);
    for (const QString& file : files) QTest::newRow(qPrintable(file.chopped(5))) << file.chopped(5);
  }
  void computesWhatTheReferenceDoes() {
    QFETCH(QString, name);
    const Loaded model(name);
    const auto expected = sotto::test::read_npy((golden + '/' + name + ".npy").toStdString()).values;
    // The reference takes GELU from a table of halves.
    const float bound = model.architecture.family->activation == Activation::gelu ? 2e-3F : 1e-4F;
    const std::vector<float> prefill = run(model, Phase::prefill, ids.size());
    const std::vector<float> decode = run(model, Phase::decode, 1);
    for (const auto& [phase, logits] : {std::pair("prefill", &prefill), std::pair("decode", &decode)}) {
      QCOMPARE(logits->size(), expected.size());
      float largest = 0, difference = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        difference = std::max(difference, std::abs((*logits)[i] - expected[i]));
      }
      qInfo("%s: max|a-b| / max|b| = %.2g", phase, static_cast<double>(difference / largest));
      QVERIFY2(difference <= bound * largest, phase);
    }
    QVERIFY(run(model, Phase::prefill, 7) == prefill);
    QVERIFY(run(model, Phase::prefill, 3, 1) == prefill);
    QVERIFY(run(model, Phase::decode, 4, 1) == decode);
  }
};

QTEST_GUILESS_MAIN(EveryArchitecture)
#include "test_architecture_goldens.moc"
