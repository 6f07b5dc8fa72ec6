// What the keys of a model file mean for the computation.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "model/architecture.h"
#include "sotto/engine/error.h"
#include "support/tiny_model.h"

using namespace sotto::engine;

class ArchitectureTest : public QObject {
  Q_OBJECT

 private slots:
  // As llama.cpp reads it: positions are scaled linearly unless the file names another method.
  void ropeIsScaledAsTheFileSays_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<float>("factor");  // 0: no such key
    QTest::addColumn<float>("oldFactor");
    QTest::addColumn<double>("scale");
    QTest::newRow("nothing said") << "" << 0.0F << 0.0F << 1.0;
    QTest::newRow("linear") << "linear" << 4.0F << 0.0F << 4.0;
    QTest::newRow("linear, old key") << "linear" << 0.0F << 4.0F << 4.0;
    QTest::newRow("linear, both keys") << "linear" << 2.0F << 4.0F << 2.0;
    QTest::newRow("linear, no factor") << "linear" << 0.0F << 0.0F << 1.0;
    QTest::newRow("a factor alone") << "" << 4.0F << 0.0F << 4.0;
    QTest::newRow("the old key alone") << "" << 0.0F << 4.0F << 4.0;
    QTest::newRow("none, in spite of a factor") << "none" << 4.0F << 0.0F << 1.0;
    QTest::newRow("none, in spite of the old key") << "none" << 0.0F << 4.0F << 1.0;
  }
  void ropeIsScaledAsTheFileSays() {
    QFETCH(QString, type);
    QFETCH(float, factor);
    QFETCH(float, oldFactor);
    auto writer = sotto::test::random_model();
    if (!type.isEmpty()) writer.set("llama.rope.scaling.type", type.toStdString());
    if (factor != 0) writer.set("llama.rope.scaling.factor", factor);
    if (oldFactor != 0) writer.set("llama.rope.scale_linear", oldFactor);
    const QTemporaryDir dir;
    const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
    writer.write(path);
    QTEST(read_architecture(*GgufFile::open(path)).rope.scale, "scale");
  }

  // Of layers with and without a sliding window, as llama.cpp counts them.
  void windowsStandWhereTheFileSays() {
    const auto local = [](std::optional<std::uint32_t> pattern) {
      sotto::test::TinyShape shape;
      shape.architecture = "gemma3";
      shape.layers = 6;
      auto writer = sotto::test::random_model(shape);
      writer.set("gemma3.attention.sliding_window", 8U);
      if (pattern) writer.set("gemma3.attention.sliding_window_pattern", *pattern);
      const QTemporaryDir dir;
      const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
      writer.write(path);
      std::string kinds;
      for (const LayerKind& kind : read_architecture(*GgufFile::open(path)).kinds) kinds += kind.local ? 'w' : '-';
      return kinds;
    };
    QCOMPARE(local({}), std::string("wwwww-"));
    QCOMPARE(local(3), std::string("ww-ww-"));
    QCOMPARE(local(1), std::string("------"));
    QCOMPARE(local(0), std::string("wwwwww"));
  }

  // Computed without these a model would write something else, and nobody would know why.
  void whatChangesTheResultAndIsNotComputedIsRefused() {
    const auto with = [](const char* architecture, const auto& set) {
      sotto::test::TinyShape shape;
      shape.architecture = architecture;
      auto writer = sotto::test::random_model(shape);
      set(writer);
      const QTemporaryDir dir;
      const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
      writer.write(path);
      try {
        (void)read_architecture(*GgufFile::open(path));
      } catch (const Error& error) {
        return error.code() == ErrorCode::unsupported ? error.where() : std::string("another error: ") + error.what();
      }
      return std::string();
    };
    using Writer = sotto::test::GgufWriter;
    QCOMPARE(with("llama", [](Writer&) {}), std::string());
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.attention.causal", false); }),
             std::string("llama.attention.causal"));
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.attention.causal", true); }), std::string());
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.expert_gating_func", 2U); }),
             std::string("llama.expert_gating_func"));
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.expert_gating_func", 1U); }), std::string());
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.expert_weights_scale", 2.5F); }),
             std::string("llama.expert_weights_scale"));
    QCOMPARE(with("llama", [](Writer& w) { w.set("llama.expert_weights_norm", false); }),
             std::string("llama.expert_weights_norm"));
    QCOMPARE(with("olmoe", [](Writer& w) { w.set("olmoe.expert_weights_norm", false); }), std::string());
    QCOMPARE(with("olmo2", [](Writer& w) { w.set("olmo2.attention.sliding_window", 4096U); }),
             std::string("olmo2.attention.sliding_window"));
    QCOMPARE(with("gemma3", [](Writer& w) { w.set("gemma3.rope.freq_base_swa", 20000.0F); }),
             std::string("gemma3.rope.freq_base_swa"));
    QCOMPARE(with("gemma3", [](Writer& w) { w.set("gemma3.rope.freq_base_swa", 10000.0F); }), std::string());
  }
};

QTEST_GUILESS_MAIN(ArchitectureTest)
#include "test_architecture.moc"
