// Every supported tensor type turns into the floats of the reference, wherever its blocks lie in memory.
#include <QTest>
#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "io/gguf.h"
#include "ops/half.h"
#include "ops/kernels.h"
#include "ops/tensor_type.h"
#include "support/npy.h"

using namespace sotto::engine;

namespace {

const std::filesystem::path golden = SOTTO_SOURCE_DIR "/../shared/golden/quant";

std::vector<float> dequantised(const GgufTensor& tensor) {
  std::vector<float> values(tensor.elements());
  const TensorTypeTraits& type = traits(tensor.type);
  type.dequantise(tensor.data, values.data(), values.size() / type.block_size);
  return values;
}

}  // namespace

class DequantiseTest : public QObject {
  Q_OBJECT

 private slots:
  void matches_the_reference_data();
  void matches_the_reference();
  void random_blocks_match_the_reference();
  void worked_examples();
  void every_type_has_a_kernel();
  void reads_blocks_at_any_address_data() { matches_the_reference_data(); }
  void reads_blocks_at_any_address();
  void every_type_has_its_row();
  void halves_convert_exactly();
  void floats_round_to_the_nearest_half();
};

void DequantiseTest::matches_the_reference_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("type");
  const auto row = [](const char* name, TensorType type) {
    QTest::newRow(name) << QString(name) << static_cast<int>(type);
  };
  row("F16", TensorType::f16);
  row("BF16", TensorType::bf16);
  row("Q8_0", TensorType::q8_0);
  row("Q4_0", TensorType::q4_0);
  row("Q4_1", TensorType::q4_1);
  row("Q5_0", TensorType::q5_0);
  row("Q5_1", TensorType::q5_1);
  row("Q4_K_M", TensorType::q4_k);
  row("Q4_K_S", TensorType::q4_k);
  row("Q5_K_M", TensorType::q5_k);
  row("Q6_K", TensorType::q6_k);
  row("Q2_K", TensorType::q2_k);
  row("Q3_K_M", TensorType::q3_k);
  row("Q3_K_S", TensorType::q3_k);
  row("IQ1_M", TensorType::iq1_m);
  row("IQ3_XXS", TensorType::iq3_xxs);
  row("IQ3_S", TensorType::iq3_s);
  row("IQ4_NL", TensorType::iq4_nl);
  row("IQ4_XS", TensorType::iq4_xs);
  row("TQ1_0", TensorType::tq1_0);
  row("TQ2_0", TensorType::tq2_0);
  row("MXFP4_MOE", TensorType::mxfp4);
}

// Random blocks of the types that no quantiser makes without data of a model.
void DequantiseTest::random_blocks_match_the_reference() {
  if (!std::filesystem::exists(golden)) QSKIP("needs the golden data in ../shared, which this clone does not have");
  const auto file = GgufFile::open(golden / "blocks.gguf");
  for (const char* name : {"IQ1_S", "IQ2_XXS", "IQ2_XS", "IQ2_S"}) {
    const GgufTensor* tensor = file->tensor(name);
    QVERIFY(tensor != nullptr);
    QCOMPARE(std::string(traits(tensor->type).name), std::string(name));
    const sotto::test::Npy reference = sotto::test::read_npy(golden / ("blocks." + std::string(name) + ".npy"));
    const std::vector<float> values = dequantised(*tensor);
    QCOMPARE(values.size(), reference.values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float wanted = reference.values[i];
      QVERIFY2(std::abs(values[i] - wanted) <= 1e-6F * std::abs(wanted),
               qPrintable(QString("%1 %2: %3, not %4").arg(name).arg(i).arg(values[i]).arg(wanted)));
    }
  }
}

// Without a reference: worked out by hand from the formats.
void DequantiseTest::worked_examples() {
  const auto floats = [](TensorType type, const std::vector<std::uint8_t>& bytes) {
    const TensorTypeTraits& row = traits(type);
    const std::size_t blocks = bytes.size() / row.block_bytes;
    std::vector<float> values(blocks * row.block_size);
    row.dequantise(reinterpret_cast<const std::byte*>(bytes.data()), values.data(), blocks);
    return values;
  };
  // NVFP4: scales 1.0 (exponent 7), 448 (the largest), 2^-9 (the smallest), and what is no number.
  std::vector<std::uint8_t> nvfp4(36, 0);
  nvfp4[0] = 7 << 3;
  nvfp4[1] = 0x7E;
  nvfp4[2] = 1;
  nvfp4[3] = 0x7F;
  nvfp4[4] = 0x7A;       // elements 0 and 8: -1 and 6
  nvfp4[4 + 8] = 0x21;   // 16 and 24: 0.5 and 1
  nvfp4[4 + 16] = 0x0F;  // 32 and 40: -6 and 0
  nvfp4[4 + 24] = 0x77;
  std::vector<float> values = floats(TensorType::nvfp4, nvfp4);
  QCOMPARE(values[0], -1.0F);
  QCOMPARE(values[8], 6.0F);
  QCOMPARE(values[16], 224.0F);
  QCOMPARE(values[24], 448.0F);
  QCOMPARE(values[32], -6.0F / 512);
  QCOMPARE(values[40], 0.0F);
  QCOMPARE(values[48], 0.0F);
  // Q1_0: scale 0.5, bits from the lowest up.
  std::vector<std::uint8_t> q1(18, 0);
  q1[1] = 0x38;
  q1[2] = 0x05;
  q1[17] = 0x80;
  values = floats(TensorType::q1_0, q1);
  QCOMPARE(values[0], 0.5F);
  QCOMPARE(values[1], -0.5F);
  QCOMPARE(values[2], 0.5F);
  QCOMPARE(values[127], 0.5F);
  QCOMPARE(values[126], -0.5F);
  // MXFP4's ends: the smallest scale is 2^-127.
  std::vector<std::uint8_t> mxfp4(17, 0x22);
  mxfp4[0] = 0;
  QCOMPARE(floats(TensorType::mxfp4, mxfp4)[5], 0x1p-127F);
  // Numbers.
  QCOMPARE(floats(TensorType::f64, {0, 0, 0, 0, 0, 0, 0xF8, 0xBF}), std::vector<float>{-1.5F});
  QCOMPARE(floats(TensorType::i8, {0xFF, 5}), (std::vector<float>{-1, 5}));
  QCOMPARE(floats(TensorType::i16, {0, 1}), std::vector<float>{256});
  QCOMPARE(floats(TensorType::i32, {0xFE, 0xFF, 0xFF, 0xFF}), std::vector<float>{-2});
  QCOMPARE(floats(TensorType::i64, {3, 0, 0, 0, 0, 0, 0, 0}), std::vector<float>{3});
}

// All types of weights can be computed with, by every kernel that this machine runs, as their floats would be.
void DequantiseTest::every_type_has_a_kernel() {
  for (const Kernels* kernels : {portable_kernels(), avx2_kernels(), avx512_kernels()}) {
    if (kernels == nullptr) continue;
    for (std::uint32_t number = 0; number < 42; ++number) {
      const TensorTypeTraits* row = tensor_type_traits(number);
      if (row == nullptr || row->type == TensorType::q8_1 || row->type == TensorType::q8_k) continue;
      const auto gemv = kernels->gemv(row->type);
      QVERIFY2(gemv != nullptr && row->dequantise != nullptr, qPrintable(QString::fromLatin1(row->name.data())));
      constexpr std::size_t columns = 512, rows = 3;
      const std::size_t row_bytes = columns / row->block_size * row->block_bytes;
      std::vector<std::byte> bytes(rows * row_bytes);
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((i * 37 + 11) % 59);  // no NaN
      std::vector<float> weights(rows * columns);
      row->dequantise(bytes.data(), weights.data(), weights.size() / row->block_size);
      std::vector<float> x(columns), sums(columns / 32);
      for (std::size_t c = 0; c < columns; ++c) {
        x[c] = static_cast<float>(static_cast<int>(c * 7 % 13) - 6);
        sums[c / 32] += x[c];
      }
      std::vector<float> y(rows);
      gemv(bytes.data(), row_bytes, rows, columns, x.data(), sums.data(), y.data());
      for (std::size_t r = 0; r < rows; ++r) {
        double wanted = 0, size = 0;
        for (std::size_t c = 0; c < columns; ++c) {
          const double term = static_cast<double>(weights[r * columns + c]) * static_cast<double>(x[c]);
          wanted += term;
          size += std::abs(term);
        }
        QVERIFY2(std::abs(static_cast<double>(y[r]) - wanted) <= 1e-5 * size,
                 qPrintable(QString("%1 %2: %3, not %4")
                                .arg(kernels->name, QString::fromLatin1(row->name.data()))
                                .arg(static_cast<double>(y[r]))
                                .arg(wanted)));
      }
    }
  }
}

void DequantiseTest::matches_the_reference() {
  QFETCH(QString, name);
  QFETCH(int, type);
  if (!std::filesystem::exists(golden)) QSKIP("needs the golden data in ../shared, which this clone does not have");
  const auto file = GgufFile::open(golden / (name + ".gguf").toStdString());
  const GgufTensor* tensor = file->tensor("blk.0.attn_k.weight");
  QVERIFY(tensor != nullptr);
  QCOMPARE(static_cast<int>(tensor->type), type);
  const sotto::test::Npy reference = sotto::test::read_npy(golden / (name + ".attn_k.npy").toStdString());
  QCOMPARE(reference.values.size(), std::size_t{tensor->elements()});

  const std::vector<float> values = dequantised(*tensor);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float wanted = reference.values[i];
    QVERIFY2(std::abs(values[i] - wanted) <= 1e-6F * std::abs(wanted),
             qPrintable(QString("element %1: %2, the reference has %3").arg(i).arg(values[i]).arg(wanted)));
  }
}

void DequantiseTest::reads_blocks_at_any_address() {
  QFETCH(int, type);
  const TensorTypeTraits& row = traits(static_cast<TensorType>(type));
  constexpr std::size_t blocks = 4;
  std::vector<std::byte> bytes(blocks * row.block_bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>((i * 37 + 11) % 97);  // no NaN
  std::vector<std::byte> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);

  std::vector<float> even(blocks * row.block_size);
  std::vector<float> odd(blocks * row.block_size);
  row.dequantise(bytes.data(), even.data(), blocks);
  row.dequantise(shifted.data() + 1, odd.data(), blocks);
  QCOMPARE(odd, even);
  QVERIFY(std::ranges::any_of(even, [](float value) { return value != 0; }));
}

void DequantiseTest::every_type_has_its_row() {
  int known = 0;
  for (std::uint32_t number = 0; number < 100; ++number) {
    const TensorTypeTraits* row = tensor_type_traits(number);
    if (row == nullptr) continue;
    ++known;
    QCOMPARE(static_cast<std::uint32_t>(row->type), number);
    QCOMPARE(&traits(row->type), row);
    QVERIFY(row->block_size > 0 && row->block_bytes > 0 && !row->name.empty());
  }
  QCOMPARE(known, 34);
  for (const std::uint32_t gone : {4U, 5U, 31U, 32U, 33U, 36U, 37U, 38U, 42U, 0xFFFFFFFFU}) {
    QVERIFY2(tensor_type_traits(gone) == nullptr, qPrintable(QString::number(gone)));
  }
}

void DequantiseTest::halves_convert_exactly() {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const int exponent = static_cast<int>(bits >> 10U & 31U);
    const int mantissa = static_cast<int>(bits & 1023U);
    const float sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
    const float value = half_to_float(half);
    if (exponent == 31) {
      QCOMPARE(std::isnan(value), mantissa != 0);
      QCOMPARE(std::isinf(value), mantissa == 0);
    } else {
      const float wanted = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                         : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
      QCOMPARE(std::bit_cast<std::uint32_t>(value), std::bit_cast<std::uint32_t>(sign * wanted));
    }
    if (!std::isnan(value)) QCOMPARE(float_to_half(value), half);
  }
}

void DequantiseTest::floats_round_to_the_nearest_half() {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  QCOMPARE(float_to_half(65519.0F), std::uint16_t{0x7BFF});  // the largest half
  QCOMPARE(float_to_half(65520.0F), std::uint16_t{0x7C00});  // half way to the next: infinity
  QCOMPARE(float_to_half(-infinity), std::uint16_t{0xFC00});
  QVERIFY(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
  QCOMPARE(float_to_half(0x1p-25F), std::uint16_t{0});  // half way to the smallest: to even
  QCOMPARE(float_to_half(0x1.8p-25F), std::uint16_t{1});
  // Every value between two neighbouring halves goes to the nearer one, or to the even one half way.
  for (std::uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const auto low = static_cast<std::uint16_t>(bits);
    const auto high = static_cast<std::uint16_t>(bits + 1);
    const float a = half_to_float(low);
    const float b = half_to_float(high);
    const float middle = a + (b - a) / 2;
    QCOMPARE(float_to_half(middle), bits % 2 == 0 ? low : high);
    QCOMPARE(float_to_half(std::nextafter(middle, a)), low);
    QCOMPARE(float_to_half(std::nextafter(middle, b)), high);
  }
}

QTEST_GUILESS_MAIN(DequantiseTest)
#include "test_dequantise.moc"
