// What the tests' own writer makes is what the reader reads, and its quantisers stay within half a step.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include "io/gguf.h"
#include "ops/tensor_type.h"
#include "support/gguf_writer.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using sotto::test::GgufWriter;
using sotto::test::WeightType;

class GgufWriterTest : public QObject {
  Q_OBJECT

 private slots:
  void keys_of_every_type_come_back_data();
  void keys_of_every_type_come_back();
  void quantised_weights_come_back_data();
  void quantised_weights_come_back();
  void random_models_have_the_shape_asked_for();
  void scripts_are_cut_into_different_pieces_data();
  void scripts_are_cut_into_different_pieces();
  void scripted_heads_answer_with_the_next_step();

 private:
  [[nodiscard]] std::filesystem::path path(const char* name) const {
    return std::filesystem::path(folder_.path().toStdString()) / name;
  }
  QTemporaryDir folder_;
};

void GgufWriterTest::keys_of_every_type_come_back_data() {
  QTest::addColumn<unsigned>("version");
  QTest::newRow("version 2") << 2U;
  QTest::newRow("version 3") << 3U;
}

void GgufWriterTest::keys_of_every_type_come_back() {
  QFETCH(unsigned, version);
  GgufWriter writer(version);
  writer.set("u8", std::uint8_t{200}).set("i8", std::int8_t{-100}).set("u16", std::uint16_t{60000});
  writer.set("i16", std::int16_t{-30000}).set("u32", 4000000000U).set("i32", -2000000000).set("f32", 0.5F);
  writer.set("bool", true).set("string", "old").set("string", std::string_view("a\0\xFF", 3));
  writer.set("u64", std::uint64_t{1} << 63U).set("i64", -(std::int64_t{1} << 62)).set("f64", 1e300);
  writer.set("strings", std::vector<std::string>{"one", "", "three"});
  writer.set("i32s", std::vector<std::int32_t>{1, -2, 3}).set("f32s", std::vector<float>{0.25F, -4.0F});
  writer.set("none", std::vector<std::string>{});
  writer.write(path("keys.gguf"));

  const auto file = GgufFile::open(path("keys.gguf"));
  QCOMPARE(file->unsigned_integer("u8"), std::optional<std::uint64_t>(200));
  QCOMPARE(file->integer("i8"), std::optional<std::int64_t>(-100));
  QCOMPARE(file->unsigned_integer("u16"), std::optional<std::uint64_t>(60000));
  QCOMPARE(file->integer("i16"), std::optional<std::int64_t>(-30000));
  QCOMPARE(file->integer("u32"), std::optional<std::int64_t>(4000000000));
  QCOMPARE(file->integer("i32"), std::optional<std::int64_t>(-2000000000));
  QCOMPARE(file->number("f32"), std::optional<double>(0.5));
  QCOMPARE(file->number("i16"), std::optional<double>(-30000));
  QCOMPARE(file->boolean("bool"), std::optional<bool>(true));
  QCOMPARE(file->string("string"), std::optional<std::string>(std::string("a\0\xFF", 3)));
  QCOMPARE(file->unsigned_integer("u64"), std::optional<std::uint64_t>(std::uint64_t{1} << 63U));
  QCOMPARE(file->integer("i64"), std::optional<std::int64_t>(-(std::int64_t{1} << 62)));
  QCOMPARE(file->number("f64"), std::optional<double>(1e300));
  QCOMPARE(file->strings("strings"), (std::optional<std::vector<std::string>>({"one", "", "three"})));
  QCOMPARE(file->strings("none"), std::optional<std::vector<std::string>>(std::vector<std::string>{}));
  QCOMPARE(file->integers("i32s"), (std::optional<std::vector<std::int64_t>>({1, -2, 3})));
  QCOMPARE(file->numbers("f32s"), (std::optional<std::vector<double>>({0.25, -4.0})));
  QCOMPARE(file->numbers("i32s"), (std::optional<std::vector<double>>({1, -2, 3})));
  QVERIFY(!file->has("nothing") && !file->string("nothing") && !file->strings("nothing"));
  QVERIFY(file->is_array("strings") && !file->is_array("string"));
}

void GgufWriterTest::quantised_weights_come_back_data() {
  QTest::addColumn<unsigned>("type");
  QTest::addColumn<float>("error");  // allowed, as a share of the largest weight
  const auto row = [](const char* name, WeightType type, float error) {
    QTest::newRow(name) << static_cast<unsigned>(type) << error;
  };
  row("F32", WeightType::f32, 0);
  row("F16", WeightType::f16, 0x1p-11F);
  row("BF16", WeightType::bf16, 0x1p-8F);
  row("Q8_0", WeightType::q8_0, 0.6F / 127);
  row("Q4_0", WeightType::q4_0, 1.1F / 8);  // the other sign's largest value has no level
  row("Q4_1", WeightType::q4_1, 1.1F / 15);
  row("Q5_0", WeightType::q5_0, 1.1F / 16);
  row("Q5_1", WeightType::q5_1, 1.1F / 31);
  row("Q4_K", WeightType::q4_k, 1.6F / 15);
  row("Q5_K", WeightType::q5_k, 1.6F / 31);
  row("Q6_K", WeightType::q6_k, 1.5F / 32);
}

void GgufWriterTest::quantised_weights_come_back() {
  QFETCH(unsigned, type);
  QFETCH(float, error);
  std::mt19937 generator(3);
  std::vector<float> values(2048);
  for (float& value : values) value = static_cast<float>(generator() % 2001) / 1000.0F - 1.0F;
  GgufWriter().add("t", {256, 8}, values, static_cast<WeightType>(type)).write(path("weights.gguf"));

  const auto file = GgufFile::open(path("weights.gguf"));
  const GgufTensor* tensor = file->tensor("t");
  QVERIFY(tensor != nullptr);
  const TensorTypeTraits& row = traits(tensor->type);
  QCOMPARE(tensor->bytes, std::uint64_t{2048 / row.block_size * row.block_bytes});
  std::vector<float> back(2048);
  row.dequantise(tensor->data, back.data(), 2048 / row.block_size);
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    QVERIFY2(std::abs(back[i] - values[i]) <= error,
             qPrintable(QString("%1: %2 became %3").arg(i).arg(values[i]).arg(back[i])));
    sum += std::abs(back[i] - values[i]);
  }
  QVERIFY2(sum / 2048 <= error * 0.6F, qPrintable(QString("mean error %1").arg(sum / 2048)));
}

void GgufWriterTest::random_models_have_the_shape_asked_for() {
  sotto::test::TinyShape shape;
  shape.layers = 3;
  shape.embedding = 96;
  shape.heads = 6;
  shape.kv_heads = 2;
  shape.head_dim = 32;
  shape.ffn = 64;
  shape.vocabulary = 700;
  shape.type = WeightType::q8_0;
  sotto::test::random_model(shape).write(path("random.gguf"));
  const auto file = GgufFile::open(path("random.gguf"));
  QCOMPARE(file->tensors().size(), std::size_t{3 + 3 * 9});
  const auto shape_of = [&](const char* name) { return file->tensor(name)->dims; };
  QCOMPARE(shape_of("token_embd.weight"), (std::array<std::uint64_t, 4>{96, 700, 1, 1}));
  QCOMPARE(shape_of("blk.2.attn_q.weight"), (std::array<std::uint64_t, 4>{96, 192, 1, 1}));
  QCOMPARE(shape_of("blk.2.attn_k.weight"), (std::array<std::uint64_t, 4>{96, 64, 1, 1}));
  QCOMPARE(shape_of("blk.2.attn_output.weight"), (std::array<std::uint64_t, 4>{192, 96, 1, 1}));
  QCOMPARE(shape_of("blk.2.ffn_down.weight"), (std::array<std::uint64_t, 4>{64, 96, 1, 1}));
  QCOMPARE(file->strings("tokenizer.ggml.tokens")->size(), std::size_t{700});
  QVERIFY(sotto::test::random_model(shape).bytes() == sotto::test::random_model(shape).bytes());
}

void GgufWriterTest::scripts_are_cut_into_different_pieces_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::newRow("a sentence") << QByteArray(
      "Hello there, this is the reply. It says the same thing as the reply before.");
  QTest::newRow("short") << QByteArray("ab");
  QTest::newRow("one character") << QByteArray("\u4F60");
  QTest::newRow("Chinese and emoji") << QByteArray(
      "\u4F60\u597D\uFF0C\u4E16\u754C \U0001F469\u200D\U0001F469\u200D\U0001F467!");
  QTest::newRow("one letter, many times") << QByteArray(1001, 'a');
  QTest::newRow("paragraphs") << QByteArray("A paragraph that is repeated.\n\nWith a second line.\n").repeated(50);
}

void GgufWriterTest::scripts_are_cut_into_different_pieces() {
  QFETCH(QByteArray, text);
  const sotto::test::Script script = sotto::test::script(text.toStdString());
  std::string joined;
  for (const auto& step : script.steps) {
    QCOMPARE(step.size(), std::size_t{1});
    QVERIFY(!QString::fromStdString(step[0].text).contains(QChar::ReplacementCharacter));
    joined += step[0].text;
  }
  QCOMPARE(QByteArray::fromStdString(joined), text);
  QVERIFY(!sotto::test::scripted_model(script).bytes().empty());  // refuses pieces that occur twice
}

// The head alone, worked out by hand: after every token of the script the next step's has the logit 20 less its gap and
// all others lie far below.
void GgufWriterTest::scripted_heads_answer_with_the_next_step() {
  sotto::test::Script script = sotto::test::branching_script(400, 3, 0.5F);
  script.loop = true;
  sotto::test::scripted_model(script).write(path("scripted.gguf"));
  const auto file = GgufFile::open(path("scripted.gguf"));
  const auto values = [&](const char* name) { return reinterpret_cast<const float*>(file->tensor(name)->data); };
  const std::uint64_t width = file->tensor("output.weight")->dims[0];
  const std::uint64_t tokens = file->tensor("output.weight")->dims[1];
  const auto pieces = *file->strings("tokenizer.ggml.tokens");
  QCOMPARE(pieces.size(), std::size_t{tokens});
  const float* embedding = values("token_embd.weight");
  const float* head = values("output.weight");
  for (std::size_t step = 0; step < 400; step += 7) {
    const auto from = static_cast<std::uint64_t>(sotto::test::script_token(script, step, step % 3));
    const std::size_t next = (step + 1) % 400;
    for (std::uint64_t token = 0; token < tokens; ++token) {
      double logit = 0;
      for (std::uint64_t i = 0; i < width; ++i) logit += double{embedding[from * width + i]} * head[token * width + i];
      double wanted = -1;
      for (std::size_t choice = 0; choice < 3; ++choice) {
        if (token == static_cast<std::uint64_t>(sotto::test::script_token(script, next, choice))) {
          wanted = 20 - 0.5 * static_cast<double>(choice);
          QCOMPARE(QString::fromStdString(pieces[token]),
                   QString("\u0120%1%2").arg(QChar('a' + static_cast<int>(choice))).arg(next));
        }
      }
      QVERIFY2(wanted > 0 ? std::abs(logit - wanted) < 1e-3 : logit < -150, qPrintable(QString::number(logit)));
    }
  }
}

QTEST_GUILESS_MAIN(GgufWriterTest)
#include "test_gguf_writer.moc"
