// A model in several files is one model, whichever of them is opened; what is missing or wrong is said.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "io/gguf.h"
#include "io/gguf_parts.h"
#include "sotto/engine/error.h"
#include "sotto/engine/session.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using namespace sotto::test;

class ASplitModelIsOne : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  std::filesystem::path folder_;
  std::vector<std::string> names_;  // of its tensors

  [[nodiscard]] std::filesystem::path part(int number, int count = 3) const {
    return GgufPartName{folder_ / "tiny model", number, count}.path(number);
  }

  // The tensors of part `number` of `count`, every count-th.
  void write(int number, int count, std::uint16_t no, std::uint16_t split_count, std::int32_t tensors,
             bool extra = false) {
    GgufWriter writer = random_model();
    writer.set("split.no", no).set("split.count", split_count).set("split.tensors.count", tensors);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool mine = static_cast<int>(i) % count == number - 1 || (extra && i == 0);
      if (!mine) writer.remove_tensor(names_[i]);
    }
    writer.write(part(number, count));
  }

  static std::string message(const std::filesystem::path& path) {
    try {
      (void)GgufFile::open(path);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  static std::vector<float> logits(const std::filesystem::path& path) {
    Session session(Model::load(path));
    std::vector<float> all;
    const std::vector<Token> tokens{1, 5, 70, 9};
    (void)session.evaluate(tokens,
                           [&](int, std::span<const float> row) { all.insert(all.end(), row.begin(), row.end()); });
    return all;
  }

 private slots:
  void init() {
    folder_ = dir_.path().toStdString();
    folder_ /= QTest::currentTestFunction();
    std::filesystem::create_directory(folder_);
    random_model().write(folder_ / "whole.gguf");
    names_.clear();
    const auto whole = GgufFile::open(folder_ / "whole.gguf");
    for (const GgufTensor& tensor : whole->tensors()) names_.push_back(tensor.name);
    QVERIFY(names_.size() > 10);
    for (int number = 1; number <= 3; ++number) {
      write(number, 3, static_cast<std::uint16_t>(number - 1), 3, static_cast<std::int32_t>(names_.size()));
    }
  }

  void anyPartOpensAll() {
    const std::vector<float> expected = logits(folder_ / "whole.gguf");
    QVERIFY(!expected.empty());
    for (int number = 1; number <= 3; ++number) {
      QCOMPARE(logits(part(number)), expected);
      const auto file = GgufFile::open(part(number));
      QCOMPARE(file->tensors().size(), names_.size());
      QCOMPARE(file->path(), part(number));
      std::uint64_t bytes = 0;
      for (int each = 1; each <= 3; ++each) bytes += std::filesystem::file_size(part(each));
      QCOMPARE(file->file_bytes(), bytes);
      for (const std::string& name : names_) QVERIFY(file->tensor(name) != nullptr);
    }
    QVERIFY(inspect(part(2)).supported);
  }

  void aMissingPartIsNamed() {
    std::filesystem::remove(part(2));
    for (const int number : {1, 3}) {
      const std::string said = message(part(number));
      QVERIFY2(said.find("-00002-of-00003.gguf\" is missing: it is part 2 of 3") != std::string::npos, said.c_str());
    }
  }

  void aWrongNameOrNumberIsSaid() {
    std::filesystem::copy(part(1), folder_ / "renamed.gguf");
    std::string said = message(folder_ / "renamed.gguf");
    QVERIFY2(said.find("-of-00003.gguf") != std::string::npos && said.find("split.count") != std::string::npos,
             said.c_str());
    std::filesystem::remove(part(2));
    std::filesystem::copy(part(3), part(2));
    said = message(part(1));
    QVERIFY2(said.find("part 2 of 3") != std::string::npos && said.find("split.no") != std::string::npos, said.c_str());
    write(2, 3, 1, 4, 0);
    said = message(part(1));
    QVERIFY2(said.find("split.no") != std::string::npos, said.c_str());
    write(2, 3, 1, 3, 0, true);
    said = message(part(1));
    QVERIFY2(said.find("another part") != std::string::npos && said.find(names_[0]) != std::string::npos, said.c_str());
    write(2, 3, 1, 3, 0);
    write(1, 3, 0, 3, 99);
    said = message(part(1));
    QVERIFY2(said.find("is 99, but") != std::string::npos, said.c_str());
  }

  void aPartThatShrinksIsNoticed() {
    const auto file = GgufFile::open(part(1));
    file->check_unchanged(true);
    std::filesystem::resize_file(part(3), 100);
    QVERIFY_THROWS_EXCEPTION(Error, file->check_unchanged(true));
  }

  void namesOfParts() {
    const auto name = gguf_part_name("/a/b-c-00002-of-00010.gguf");
    QVERIFY(name.has_value());
    QCOMPARE(name->number, 2);
    QCOMPARE(name->count, 10);
    QCOMPARE(name->path(10), std::filesystem::path("/a/b-c-00010-of-00010.gguf"));
    QCOMPARE(gguf_stem("/a/b-c-00002-of-00010.gguf"), std::string("b-c"));
    QCOMPARE(gguf_stem("/a/b.Q4_0.gguf"), std::string("b.Q4_0"));
    for (const char* none : {"", "x.gguf", "a-0002-of-00010.gguf", "a-00002-of-00010.bin", "00002-of-00010.gguf"}) {
      QVERIFY2(!gguf_part_name(none), none);
    }
    QCOMPARE(gguf_stem("-00001-of-00001.gguf"), std::string("-00001-of-00001"));
  }
};

QTEST_GUILESS_MAIN(ASplitModelIsOne)
#include "test_split_model.moc"
