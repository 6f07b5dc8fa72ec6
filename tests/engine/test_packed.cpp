// Packed weights times quantised activations, in every instruction set that this machine has.
#include <QtTest>
#include <cmath>
#include <limits>

#include "engine/random_blocks.h"
#include "io/gguf.h"
#include "ops/linear.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

constexpr TensorType packed_types[] = {TensorType::q4_0, TensorType::q4_1, TensorType::q5_0, TensorType::q5_1,
                                       TensorType::q8_0, TensorType::q4_k, TensorType::q5_k, TensorType::q6_k};

// One row, as a table quantises it.
struct Row {
  std::vector<std::int8_t> values;
  std::vector<float> scales, sums;
  std::vector<std::int32_t> minus_sums, minus_halves;

  Row(const Kernels& kernel, const float* x, std::size_t columns)
      : values(columns),
        scales(columns / 32),
        sums(columns / 32),
        minus_sums(columns / 32),
        minus_halves(columns / 16) {
    kernel.quantise_row(x, columns, values.data(), scales.data(), sums.data(), minus_sums.data(), minus_halves.data());
  }
};

// A weight tensor on the spot.
struct Weight {
  std::vector<std::byte> bytes;
  std::vector<float> exact;  // [rows][columns]
  GgufTensor tensor;

  Weight(TensorType type, std::size_t rows, std::size_t columns)
      : bytes(random_rows(type, rows, columns)), exact(rows * columns) {
    traits(type).dequantise(bytes.data(), exact.data(), exact.size() / traits(type).block_size);
    tensor.name = "weight";
    tensor.type = type;
    tensor.dims = {columns, rows, 1, 1};
    tensor.dim_count = 2;
    tensor.bytes = bytes.size();
    tensor.data = bytes.data();
  }
};

}  // namespace

class PackedTest : public QObject {
  Q_OBJECT

  static void types() {
    QTest::addColumn<int>("number");
    for (const TensorType type : packed_types) {
      QTest::newRow(std::string(traits(type).name).c_str()) << static_cast<int>(type);
    }
  }

 private slots:
  // Up to 11 tokens are multiplied with the packed weights, 29 with panels of them: tiles of all heights and widths.
  void theProductIsThatOfTheDequantisedWeights_data() {
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("count");
    for (const TensorType type : packed_types) {
      for (const int count : {2, 3, 4, 5, 6, 7, 8, 11, 29}) {
        QTest::addRow("%s, %d tokens", std::string(traits(type).name).c_str(), count)
            << static_cast<int>(type) << count;
      }
    }
  }
  void theProductIsThatOfTheDequantisedWeights() {
    QFETCH(int, number);
    QFETCH(int, count);
    const auto type = static_cast<TensorType>(number);
    const auto tokens = static_cast<std::size_t>(count);
    constexpr std::size_t rows = 48, columns = 768;
    const Weight weight(type, rows, columns);
    const std::size_t row_bytes = columns / traits(type).block_size * traits(type).block_bytes;
    std::vector<std::uint8_t> packed(rows / kPackedRows * packed_bytes(type, columns));
    for (std::size_t g = 0; g < rows / kPackedRows; ++g) {
      pack_rows(type, weight.bytes.data() + g * kPackedRows * row_bytes, row_bytes, kPackedRows, columns,
                packed.data() + g * packed_bytes(type, columns));
    }
    const std::vector<float> x = random_floats(tokens * columns, 5);
    std::vector<std::vector<float>> results;
    for (const Kernels* table : tables()) {
      ThreadTeam team(1);
      QuantisedBuffer buffer;
      const QuantisedRows& quantised = buffer.quantise(team, *table, x.data(), tokens, columns);
      std::vector<float> y(tokens * rows);
      table->packed_product(type)(packed.data(), rows / kPackedRows, quantised, tokens, y.data(), rows);
      for (std::size_t t = 0; t < tokens; ++t) {
        for (std::size_t r = 0; r < rows; ++r) {
          double expected = 0, size = 0;
          for (std::size_t c = 0; c < columns; ++c) {
            const double activation = quantised.values(t)[c] * static_cast<double>(quantised.scales(t)[c / 32]);
            expected += static_cast<double>(weight.exact[r * columns + c]) * activation;
            size += std::abs(static_cast<double>(weight.exact[r * columns + c]) * activation);
          }
          QVERIFY2(std::abs(static_cast<double>(y[t * rows + r]) - expected) <= 1e-5 * size, table->name);
        }
        // A token alone: the same bits.
        std::vector<float> alone(rows);
        table->packed_product(type)(packed.data(), rows / kPackedRows, quantised.from(t), 1, alone.data(), rows);
        QVERIFY2(std::equal(alone.begin(), alone.end(), y.begin() + static_cast<std::ptrdiff_t>(t * rows)),
                 table->name);
      }
      results.push_back(y);
    }
    // Where there are fused multiplications the vectors' widths make no difference.
    if (results.size() == 3) QCOMPARE(results[2], results[1]);
  }

  // Of a layer: odd numbers of rows, a bias, a scale, any number of threads and tokens, prefill and decode.
  void aLayerGivesTheSameWhateverIsComputedBesideIt_data() { types(); }
  void aLayerGivesTheSameWhateverIsComputedBesideIt() {
    QFETCH(int, number);
    const auto type = static_cast<TensorType>(number);
    constexpr std::size_t rows = 837, columns = 512, tokens = 150;
    const Weight weight(type, rows, columns);
    const std::vector<float> x = random_floats(padded_rows(tokens) * columns, 5);
    std::vector<float> bias_values = random_floats(rows, 6);
    GgufTensor bias;
    bias.name = "bias";
    bias.dims = {rows, 1, 1, 1};
    bias.dim_count = 1;
    bias.data = reinterpret_cast<const std::byte*>(bias_values.data());
    std::vector<float> first;
    for (const int threads : {1, 2, 5}) {
      OpContext context(threads);
      const auto layer = make_linear(weight.tensor, &bias, 0.5F);
      std::vector<float> unpacked(padded_rows(tokens) * rows);
      forward(context, Phase::decode, *layer, x.data(), 1, unpacked.data());
      QVERIFY(layer->packable_bytes() > 0 && !layer->is_packed());
      std::vector<std::uint8_t> memory(layer->packable_bytes());
      layer->pack(context.team, memory.data(), 0, 400);
      layer->pack(context.team, memory.data(), 400, rows);
      layer->use_packed(memory.data());
      QVERIFY(layer->is_packed());
      std::vector<float> prefill(padded_rows(tokens) * rows), decode(prefill.size());
      forward(context, Phase::prefill, *layer, x.data(), tokens, prefill.data());
      forward(context, Phase::decode, *layer, x.data(), 9, decode.data());
      QVERIFY(std::equal(decode.begin(), decode.begin() + 9 * rows, prefill.begin()));
      prefill.resize(tokens * rows);
      if (first.empty()) first = prefill;
      QCOMPARE(prefill, first);
      double error = 0, size = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        error += std::pow(static_cast<double>(unpacked[r] - prefill[r]), 2);
        size += std::pow(static_cast<double>(unpacked[r]), 2);
      }
      QVERIFY2(std::sqrt(error / size) < 0.02, qPrintable(QString::number(std::sqrt(error / size))));
    }
  }

  void activationsAreRoundedToTheNearestOf255() {
    std::vector<float> x = random_floats(64, 3);
    x[5] = -4;  // the largest: a scale of 4 / 127
    x[7] = 2;
    for (const Kernels* table : tables()) {
      const Row row(*table, x.data(), 64);
      QCOMPARE(row.values[5], std::int8_t{-127});
      QCOMPARE(row.values[7], std::int8_t{64});
      std::int32_t halves[2] = {0, 0};
      for (std::size_t i = 0; i < 32; ++i) {
        QVERIFY(std::abs(static_cast<float>(row.values[i]) * row.scales[0] - x[i]) <= row.scales[0] * 0.5001F);
        halves[i / 16] -= row.values[i];
      }
      QCOMPARE(row.minus_halves[0], halves[0]);
      QCOMPARE(row.minus_halves[1], halves[1]);
      QCOMPARE(row.minus_sums[0], halves[0] + halves[1]);
      QCOMPARE(row.sums[0], -row.scales[0] * static_cast<float>(row.minus_sums[0]));
    }
  }

  void whatIsNoNumberStaysNone() {
    for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      for (const Kernels* table : tables()) {
        std::vector<float> x(64, 1.0F);
        x[3] = bad;
        const Row row(*table, x.data(), 64);
        QVERIFY2(std::isnan(row.scales[0]), table->name);
        QCOMPARE(row.scales[1], 1.0F / 127);
        const Row zeros(*table, std::vector<float>(32).data(), 32);
        QCOMPARE(zeros.scales[0], 0.0F);
        QCOMPARE(zeros.values[9], std::int8_t{0});
      }
    }
  }

  void otherTypesStayAsTheyAre() {
    for (const TensorType type : {TensorType::f32, TensorType::f16, TensorType::q2_k, TensorType::iq4_xs}) {
      QCOMPARE(packed_bytes(type, 512), std::size_t{0});
      for (const Kernels* table : tables()) QVERIFY(table->packed_product(type) == nullptr);
    }
  }
};

QTEST_GUILESS_MAIN(PackedTest)
#include "test_packed.moc"
