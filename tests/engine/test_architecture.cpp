// What the keys of a model file mean for the computation.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "model/architecture.h"
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
};

QTEST_GUILESS_MAIN(ArchitectureTest)
#include "test_architecture.moc"
