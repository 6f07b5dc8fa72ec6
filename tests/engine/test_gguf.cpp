// GGUF files whose container is broken are refused, each with a message that names the cause; what is merely unusual is
// read. The items are those of published reader tests and vulnerabilities.
#include <QTemporaryDir>
#include <QTest>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "io/gguf.h"
#include "io/gguf_reader.h"
#include "sotto/engine/error.h"
#include "support/gguf_writer.h"

using namespace sotto::engine;
using sotto::test::Bytes;
using sotto::test::GgufWriter;

namespace {

constexpr std::uint64_t all_ones = std::numeric_limits<std::uint64_t>::max();

std::string header(std::uint32_t version, std::uint64_t tensors, std::uint64_t keys) {
  return Bytes().put_raw("GGUF").put(version).put(tensors).put(keys).data();
}

// One F32 tensor with a given name, shape, type and offset; `data` bytes of data behind it.
std::string tensor_file(const std::string& name, const std::vector<std::uint64_t>& dims, std::uint32_t type = 0,
                        std::uint64_t offset = 0, std::size_t data = 1024) {
  return GgufWriter().add_raw_tensor(name, dims, type, std::string(data, '\0'), offset).bytes();
}

std::string two_tensors(const std::string& first, std::uint64_t first_offset, const std::string& second,
                        std::uint64_t second_offset) {
  const std::string data(64, '\0');  // 16 floats each
  return GgufWriter()
      .add_raw_tensor(first, {16}, 0, data, first_offset)
      .add_raw_tensor(second, {16}, 0, data, second_offset)
      .bytes();
}

std::string key_file(std::uint32_t type, const std::string& value, const std::string& key = "key") {
  return GgufWriter().add_raw(key, type, value).bytes();
}

// Everything the reader promises of a file that it accepts.
void check_promises(std::span<const GgufTensor> tensors, std::span<const std::byte> bytes) {
  std::uint64_t total = 0;
  for (const GgufTensor& tensor : tensors) {
    QVERIFY(tensor.offset <= bytes.size() || tensor.bytes == 0);
    QVERIFY(tensor.bytes == 0 || tensor.bytes <= bytes.size() - tensor.offset);
    QVERIFY(tensor.bytes == 0 || tensor.data == bytes.data() + tensor.offset);
    const TensorTypeTraits& type = traits(tensor.type);
    QCOMPARE(tensor.elements() / type.block_size * type.block_bytes, tensor.bytes);
    total += tensor.bytes;
  }
  QVERIFY(total <= bytes.size());  // they do not overlap
}

}  // namespace

class GgufTest : public QObject {
  Q_OBJECT

 private slots:
  void refuses_data();
  void refuses();
  void accepts_data();
  void accepts();
  void other_types_than_asked_for_are_errors_data();
  void other_types_than_asked_for_are_errors();
  void names_in_messages_are_printable();
  void no_shortened_file_does_harm();
  void no_mutation_does_harm();
  void a_file_with_mutated_values_does_no_harm();
  void many_tensors_take_no_quadratic_time();
  void tensors_are_found_by_name();

 private:
  std::shared_ptr<const GgufFile> open(std::string_view bytes) {
    const std::filesystem::path path = std::filesystem::path(folder_.path().toStdString()) / "file.gguf";
    std::filesystem::remove(path);  // some file systems flush a file that is truncated and written again
    sotto::test::write_file(path, bytes);
    return GgufFile::open(path);
  }
  QTemporaryDir folder_;
};

void GgufTest::refuses_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QString>("message");
  const auto row = [](const char* name, const std::string& bytes, const char* message) {
    QTest::newRow(name) << QByteArray::fromStdString(bytes) << message;
  };
  row("empty file", "", "it is empty");
  row("two bytes", "GG", "does not begin with the letters GGUF");
  row("wrong magic", "GGML" + header(3, 0, 0).substr(4), "does not begin with the letters GGUF");
  row("version 0", header(0, 0, 0), "version is 0, which is too old");
  row("version 1", header(1, 0, 0), "version is 1, which is too old");
  row("version 4", header(4, 0, 0), "version is 4, which is too new");
  row("big-endian", header(0x03000000, 0, 0), "big-endian");
  row("header cut", header(3, 0, 0).substr(0, 20), "ends within the number of keys");
  row("2^64-1 tensors", header(3, all_ones, 0), "claims 18446744073709551615 tensors");
  row("2^64-1 keys", header(3, 0, all_ones), "claims 18446744073709551615 keys");
  row("more tensors than fit", header(3, 10, 0) + std::string(100, '\0'), "claims 10 tensors");
  row("more keys than fit", header(3, 0, 10) + std::string(100, '\0'), "claims 10 keys");

  row("key length 2^64-1", header(3, 0, 1) + Bytes().put(all_ones).put(all_ones).data(), "ends within a key");
  row("empty key", key_file(4, Bytes().put(1U).data(), ""), "a key is empty");
  row("key of 65536 bytes", key_file(4, Bytes().put(1U).data(), std::string(65536, 'k')), "more than 65535 bytes");
  row("type out of range", key_file(13, std::string(8, '\0')), "\"key\" has the unknown type 13");
  row("type 2^32-1", key_file(0xFFFFFFFF, std::string(8, '\0')), "\"key\" has the unknown type 4294967295");
  row("duplicate key", GgufWriter().set("twice", 1U).add_raw("twice", 4, Bytes().put(2U).data()).bytes(),
      "\"twice\" occurs twice");
  row("bool of 2", key_file(7, "\2"), "\"key\" is neither true nor false");
  row("value cut", key_file(10, "1234567"), "ends within the value of the key \"key\"");
  row("string past the end", key_file(8, Bytes().put(std::uint64_t{100}).put_raw("short").data()),
      "ends within the value of the key \"key\"");
  row("string of 2^64-1", key_file(8, Bytes().put(all_ones).put_raw("short").data()),
      "ends within the value of the key \"key\"");
  const auto array = [](std::uint32_t type, std::uint64_t count, const std::string& elements) {
    return key_file(9, Bytes().put(type).put(count).put_raw(elements).data());
  };
  row("array past the end", array(4, 3, std::string(8, '\0')), "\"key\" claims 3 elements");
  row("array of 2^64-1", array(0, all_ones, "123"), "\"key\" claims 18446744073709551615 elements");
  row("array whose bytes overflow", array(10, std::uint64_t{1} << 61U, std::string(8, '\0')), "elements, more than");
  row("array of 2^40 strings", array(8, std::uint64_t{1} << 40U, std::string(800, '\0')), "claims 1099511627776");
  row("string of an array past the end", array(8, 1, Bytes().put(std::uint64_t{9}).put_raw("short").data()),
      "ends within the array of the key \"key\"");
  row("array of an unknown type", array(99, 1, "1"), "\"key\" has the unknown type 99");
  row("nested array", array(9, 1, Bytes().put(0U).put(std::uint64_t{1}).put_raw("x").data()), "array of arrays");

  for (const std::uint32_t alignment : {13U, 0U, 0x80000000U}) {
    row(qPrintable(QString("alignment %1").arg(alignment)), GgufWriter().set("general.alignment", alignment).bytes(),
        "is not a power of two");
  }
  row("alignment of another type", GgufWriter().set("general.alignment", std::uint64_t{32}).bytes(),
      "\"general.alignment\" is not an unsigned 32-bit number");
  row("alignment a string", GgufWriter().set("general.alignment", "32").bytes(), "is not an unsigned 32-bit number");
  row("alignment an array", GgufWriter().set("general.alignment", std::vector<std::int32_t>{32}).bytes(),
      "is not an unsigned 32-bit number");

  row("tensor name of 64 bytes", tensor_file(std::string(64, 'n'), {16}), "has 64 bytes or more");
  row("5 dimensions", tensor_file("t", {1, 1, 1, 1, 1}), "\"t\" has 5 dimensions, more than 4");
  row("negative dimension", tensor_file("t", {16, all_ones}), "\"t\" has a negative dimension");
  row("4 x INT32_MAX", tensor_file("t", {0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF}), "more elements than can");
  row("product of 2^64", tensor_file("t", {1ULL << 32U, 1ULL << 32U}), "\"t\" has more elements than can be counted");
  row("product of 2^64 beside a 0", tensor_file("t", {0, 1ULL << 32U, 1ULL << 32U}), "more elements than can");
  // 1.01 * sqrt(SIZE_MAX / 8): the number of elements fits, the bytes do not
  row("byte size overflow", tensor_file("t", {1533706282, 1533706282}, 27), "\"t\" has more bytes than can be counted");
  row("type out of range", tensor_file("t", {256}, 42), "\"t\" has the unknown type 42");
  row("type 2^32-1", tensor_file("t", {256}, 0xFFFFFFFF), "\"t\" has the unknown type 4294967295");
  row("type that was removed", tensor_file("t", {256}, 4), "\"t\" has the unknown type 4");
  row("duplicate tensor", two_tensors("same", 0, "same", 64), "\"same\" occurs twice");
  row("offset 2^64-1", tensor_file("t", {16}, 0, all_ones), "not a multiple of the alignment");
  row("offset 2^64-32", tensor_file("t", {16}, 0, all_ones - 31), "needs 64 bytes at 18446744073709551584");
  row("offset unaligned", tensor_file("t", {16}, 0, 8), "\"t\" lies at 8, not a multiple of the alignment 32");
  row("offset past the end", tensor_file("t", {16}, 0, 4096), "\"t\" needs 64 bytes at 4096");
  row("end past the end", tensor_file("t", {16}, 0, 992), "needs 64 bytes at 992 of the data, which has only 1024");
  row("overlap", two_tensors("a", 0, "b", 32), "\"b\" overlaps the tensor \"a\"");
  row("the same place", two_tensors("a", 64, "b", 64), "overlaps the tensor");
  row("row no multiple of the block", tensor_file("t", {48, 2}, 8), "rows of 48 elements, not a multiple of the 32");
  row("row no multiple of a super-block", tensor_file("t", {128, 2}, 12),
      "not a multiple of the 256 in a block of Q4_K");
  row("one byte short", GgufWriter().add("t", {16}, std::vector<float>(16)).bytes().substr(0, 64 + 63),
      "\"t\" needs 64 bytes at 0");
  row("two I8 tensors of 0x7FFFFFFFFFFFFFC0",
      GgufWriter()
          .add_raw_tensor("a", {0x7FFFFFFFFFFFFFC0}, 24, "", 0)
          .add_raw_tensor("b", {0x7FFFFFFFFFFFFFC0}, 24, "", 0x7FFFFFFFFFFFFFC0)
          .bytes(),
      "\"a\" needs 9223372036854775744 bytes at 0");
  row("tensor table cut", tensor_file("t", {16}).substr(0, 50), "ends within the offset of the tensor \"t\"");
}

void GgufTest::refuses() {
  QFETCH(QByteArray, bytes);
  QFETCH(QString, message);
  try {
    (void)open(bytes.toStdString());
  } catch (const Error& error) {
    const QString text = error.what();
    QCOMPARE(error.code(), ErrorCode::format);
    QVERIFY2(text.contains(message), qPrintable(text));
    QVERIFY2(text.contains("file.gguf") && text.contains("(at byte "), qPrintable(text));
    QVERIFY2(text.endsWith('.') && text.size() < 500, qPrintable(text));
    return;
  }
  QFAIL("it was accepted");
}

void GgufTest::accepts_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<int>("tensors");
  const auto row = [](const char* name, const std::string& bytes, int tensors) {
    QTest::newRow(name) << QByteArray::fromStdString(bytes) << tensors;
  };
  const std::vector<float> values(16, 1.5F);
  row("nothing", header(3, 0, 0), 0);
  row("nothing, version 2", header(2, 0, 0), 0);
  row("version 2", GgufWriter(2).set("key", 1U).add("t", {16}, values).bytes(), 1);
  row("unknown keys", GgufWriter().set("who.knows", "what").set("\xC3\x28 odd", 1.0F).add("t", {16}, values).bytes(),
      1);
  row("alignment 1", GgufWriter().align(1).add("t", {16}, values).add("u", {16}, values).bytes(), 2);
  row("alignment 4096", GgufWriter().align(4096).add("t", {16}, values).add("u", {16}, values).bytes(), 2);
  row("a dimension of 0", GgufWriter().add("t", {16, 0, 3}, {}).add("u", {16}, values).bytes(), 2);
  row("a dimension of 0, at the end, unpadded", GgufWriter().add("t", {0}, {}).bytes().substr(0, 60), 1);
  row("no dimensions", GgufWriter().add("t", {}, std::vector<float>(1)).bytes(), 1);
  row("tensors in any order", two_tensors("a", 64, "b", 0), 2);
  row("a gap", two_tensors("a", 0, "b", 96) + std::string(64, '\0'), 2);
  row("no padding behind the last tensor", GgufWriter().add("t", {3}, std::vector<float>(3)).bytes().substr(0, 64 + 12),
      1);
  row("more bytes behind the last tensor", GgufWriter().add("t", {16}, values).bytes() + std::string(1000, 'x'), 1);
  row("a name of 63 bytes", tensor_file(std::string(63, 'n'), {16}), 1);
  row("empty string and array", GgufWriter().set("s", "").set("a", std::vector<std::string>{}).bytes(), 0);
  row("a type without kernels", tensor_file("t", {256}, 10, 0, 96), 1);
}

void GgufTest::accepts() {
  QFETCH(QByteArray, bytes);
  QFETCH(int, tensors);
  const auto file = open(bytes.toStdString());
  QCOMPARE(static_cast<int>(file->tensors().size()), tensors);
  QCOMPARE(file->file_bytes(), std::uint64_t(bytes.size()));
  check_promises(file->tensors(), file->file().bytes());
}

void GgufTest::other_types_than_asked_for_are_errors_data() {
  QTest::addColumn<QString>("key");
  QTest::addColumn<QString>("call");
  QTest::addColumn<QString>("message");
  const auto row = [](const char* key, const char* call, const char* message) {
    QTest::addRow("%s as %s", key, call) << key << call << message;
  };
  row("string", "integer", "is not a number but a string");
  row("string", "boolean", "is of type string, not true or false");
  row("string", "strings", "is of type string, not an array of strings");
  row("u32", "string", "is of type u32, not a string");
  row("u32", "numbers", "is of type u32, not an array of numbers");
  row("u32", "boolean", "is of type u32, not true or false");
  row("bool", "unsigned", "is not a number but a bool");
  row("f32", "integer", "is a floating-point number, not an integer");
  row("minus", "unsigned", "is -1, out of range");
  row("huge", "integer", "is 18446744073709551615, out of range");
  row("nan", "number", "is not a finite number");
  row("infinity", "number", "is not a finite number");
  row("nans", "numbers", "is not a finite number");
  row("floats", "integers", "is a floating-point number, not an integer");
  row("floats", "number", "is an array of f32, not a number");
  row("floats", "strings", "is an array of f32, not an array of strings");
  row("strings", "string", "is an array of string, not a string");
  row("strings", "integers", "is not a number but a string");
  row("bools", "integers", "is not a number but a bool");
}

void GgufTest::other_types_than_asked_for_are_errors() {
  QFETCH(QString, key);
  QFETCH(QString, call);
  QFETCH(QString, message);
  GgufWriter writer;
  writer.set("string", "text").set("u32", 7U).set("bool", true).set("f32", 1.0F).set("minus", -1).set("huge", all_ones);
  writer.set("nan", std::numeric_limits<float>::quiet_NaN()).set("infinity", -std::numeric_limits<double>::infinity());
  writer.set("nans", std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()});
  writer.set("floats", std::vector<float>{1, 2}).set("strings", std::vector<std::string>{"a"});
  writer.set_raw("bools", 9, Bytes().put(7U).put(std::uint64_t{2}).put_raw("\1\1").data());
  const auto file = open(writer.bytes());
  const std::string name = key.toStdString();
  try {
    if (call == "string") (void)file->string(name);
    if (call == "unsigned") (void)file->unsigned_integer(name);
    if (call == "integer") (void)file->integer(name);
    if (call == "number") (void)file->number(name);
    if (call == "boolean") (void)file->boolean(name);
    if (call == "strings") (void)file->strings(name);
    if (call == "integers") (void)file->integers(name);
    if (call == "numbers") (void)file->numbers(name);
  } catch (const Error& error) {
    QCOMPARE(error.code(), ErrorCode::format);
    QCOMPARE(QString::fromStdString(error.where()), key);
    QVERIFY2(QString(error.what()).contains("\"" + key + "\" " + message), error.what());
    return;
  }
  QFAIL("no error");
}

void GgufTest::names_in_messages_are_printable() {
  const std::string name("evil\n\"\x1B[31m\xFF\0\xC2\x85 \xE4\xBD\xA0", 19);
  try {
    (void)open(tensor_file(name, {16}, 99));
    QFAIL("it was accepted");
  } catch (const Error& error) {
    const QString text = error.what();
    QVERIFY2(text.contains("\"evil\\x0A\\x22\\x1B[31m\\xFF\\x00\\xC2\\x85 \u4F60\""), error.what());
    QVERIFY(!text.contains('\n') && !text.contains(QChar::ReplacementCharacter));
  }
  try {
    (void)open(GgufWriter().add_raw(std::string(60000, 'k'), 99, "").bytes());
    QFAIL("it was accepted");
  } catch (const Error& error) {
    QVERIFY(QString(error.what()).size() < 500);
  }
}

namespace {

// A small file with everything in it.
std::string sample() {
  const std::vector<float> values(64, 0.5F);
  GgufWriter writer;
  writer.set("general.architecture", "llama").set("general.alignment", 16U).set("flag", true).set("number", 1.5);
  writer.set("big", std::uint64_t{1} << 40U).set("small", std::int8_t{-3});
  writer.set("tokens", std::vector<std::string>{"<unk>", "a", "\u2581the", "<0x0A>"});
  writer.set("scores", std::vector<float>{0, -1, -2, -3}).set("types", std::vector<std::int32_t>{2, 1, 1, 6});
  writer.align(16).add("a.weight", {8, 8}, values).add("b.weight", {64}, values, sotto::test::WeightType::q8_0);
  writer.add("c.weight", {2, 2, 2, 2}, std::vector<float>(16, 1.0F), sotto::test::WeightType::f16);
  return writer.bytes();
}

// Reads the structure from a copy that ends exactly where it should, so that sanitizers see every byte read behind it.
bool read_exactly(const std::string& bytes) {
  const std::vector<std::byte> copy(reinterpret_cast<const std::byte*>(bytes.data()),
                                    reinterpret_cast<const std::byte*>(bytes.data()) + bytes.size());
  try {
    const GgufStructure structure = read_gguf_structure(copy, "mutated");
    check_promises(structure.tensors, copy);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void mutate(std::string& bytes, std::mt19937_64& generator) {
  static constexpr std::uint64_t nasty[] = {0,
                                            1,
                                            2,
                                            0x7F,
                                            0xFF,
                                            0x7FFFFFFF,
                                            0x80000000,
                                            0xFFFFFFFF,
                                            0x100000000,
                                            0x7FFFFFFFFFFFFFFF,
                                            0x8000000000000000,
                                            all_ones,
                                            all_ones - 7,
                                            all_ones - 31};
  const auto at = [&](std::size_t width) { return static_cast<std::size_t>(generator() % (bytes.size() - width)); };
  switch (generator() % 5) {
    case 0:
      bytes[at(1)] = static_cast<char>(generator());
      break;
    case 1: {
      const std::size_t place = at(1);
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << generator() % 8));
      break;
    }
    case 2:
      bytes.replace(at(8), 8, Bytes().put(nasty[generator() % std::size(nasty)]).data());
      break;
    case 3:
      bytes.replace(at(4), 4, Bytes().put(static_cast<std::uint32_t>(nasty[generator() % 8])).data());
      break;
    default:
      bytes.erase(at(16), generator() % 16);
      break;
  }
}

// Asks for every key in every way.
void read_everything(const GgufFile& file) {
  for (const char* key :
       {"general.architecture", "general.alignment", "flag", "number", "big", "small", "tokens", "scores", "types"}) {
    const auto attempt = [](auto call) {
      try {
        (void)call();
      } catch (const Error&) {  // refusing is fine
      }
    };
    attempt([&] { return file.string(key); });
    attempt([&] { return file.unsigned_integer(key); });
    attempt([&] { return file.number(key); });
    attempt([&] { return file.boolean(key); });
    attempt([&] { return file.strings(key); });
    attempt([&] { return file.integers(key); });
    attempt([&] { return file.numbers(key); });
  }
}

}  // namespace

void GgufTest::no_shortened_file_does_harm() {
  const std::string whole = sample();
  QVERIFY(read_exactly(whole));
  const std::size_t last_data_byte = whole.size();  // the last tensor needs no padding: 16 halves are 32 bytes
  for (std::size_t length = 0; length < last_data_byte; ++length) QVERIFY(!read_exactly(whole.substr(0, length)));
}

void GgufTest::no_mutation_does_harm() {
  const std::string whole = sample();
  std::mt19937_64 generator(20261122);
  int accepted = 0;
  for (int round = 0; round < 15000; ++round) {
    std::string bytes = whole;
    for (std::uint64_t i = 0; i <= round % 3U; ++i) mutate(bytes, generator);
    accepted += read_exactly(bytes) ? 1 : 0;
  }
  QVERIFY2(accepted > 100 && accepted < 14900, qPrintable(QString::number(accepted)));  // both ways were taken
}

void GgufTest::a_file_with_mutated_values_does_no_harm() {
  const std::string whole = sample();
  std::mt19937_64 generator(42);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    mutate(bytes, generator);
    try {
      read_everything(*open(bytes));
    } catch (const Error&) {  // refusing is fine
    }
  }
}

void GgufTest::many_tensors_take_no_quadratic_time() {
  // 100,000 empty tensors and keys with equal beginnings; a quadratic search would take minutes
  GgufWriter writer;
  Bytes head;
  constexpr std::uint64_t count = 100000;
  head.put_raw("GGUF").put(3U).put(count).put(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    head.put_string("key.with.a.long.common.beginning." + std::to_string(i)).put(0U).put(std::uint8_t{1});
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    head.put_string("tensor.with.a.long.beginning." + std::to_string(i))
        .put(1U)
        .put(std::uint64_t{1})
        .put(24U)
        .put(32 * i);
  }
  const auto file = open(head.data() + std::string(32 * (count + 1), '\0'));
  QCOMPARE(file->tensors().size(), std::size_t{count});
  for (std::uint64_t i = 0; i < count; i += 997) {
    const GgufTensor* tensor = file->tensor("tensor.with.a.long.beginning." + std::to_string(i));
    QVERIFY(tensor != nullptr && tensor->offset - file->tensors()[0].offset == 32 * i);
  }
}

void GgufTest::tensors_are_found_by_name() {
  const auto file = open(sample());
  QCOMPARE(file->tensor("b.weight")->name, std::string("b.weight"));
  QCOMPARE(file->tensor("b.weight")->bytes, std::uint64_t{68});
  QCOMPARE(file->tensor("c.weight")->dim_count, 4);
  for (const char* missing : {"", "a", "a.weight2", "z", "B.weight"}) QVERIFY(file->tensor(missing) == nullptr);
}

QTEST_GUILESS_MAIN(GgufTest)
#include "test_gguf.moc"
