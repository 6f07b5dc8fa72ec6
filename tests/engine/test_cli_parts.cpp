// The parts of sotto-cli that need no model: numbers, the commands of chat, .npy files, sizes.
#include <QTemporaryDir>
#include <QTest>
#include <limits>
#include <vector>

#include "chat_settings.h"
#include "errors.h"
#include "npy.h"
#include "numbers.h"
#include "output.h"
#include "support/npy.h"

using namespace sotto;
using namespace sotto::cli;

class PartsOfTheCli : public QObject {
  Q_OBJECT

  static QString refusal(const std::function<void()>& action) {
    try {
      action();
    } catch (const Failure& failure) {
      return QString::fromUtf8(failure.what());
    }
    return {};
  }

 private slots:
  void numbersAreWholeWordsWithinTheirRange() {
    QCOMPARE(parse_integer("-n", "12", 1, 100), 12);
    QCOMPARE(parse_number("-x", "0.25", 0, 1), 0.25F);
    QCOMPARE(parse_number("-x", "1e-3", 0, 1), 0.001F);
    QCOMPARE(parse_unsigned("--seed", "18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    QCOMPARE(refusal([] { (void)parse_integer("-n", "0", 1, 100); }),
             "-n must be a whole number from 1 to 100, not '0'.");
    QCOMPARE(refusal([] { (void)parse_number("--top-p", "1.5", 0, 1); }),
             "--top-p must be a number from 0 to 1, not '1.5'.");
    for (const char* text : {"", " 1", "1 ", "+1", "0x1", "1.0", "abc", "1a", "--1", "99999999999999999999", "-1"}) {
      QVERIFY2(!refusal([=] { (void)parse_integer("-n", text, 0, 100); }).isEmpty(), text);
    }
    for (const char* text : {"", "nan", "inf", "-inf", "0,5", "1e99", ".", "-0.1", "abc"}) {
      QVERIFY2(!refusal([=] { (void)parse_number("-x", text, 0, 100); }).isEmpty(), text);
    }
    for (const char* text : {"", "-1", "18446744073709551616", "1.5"}) {
      QVERIFY2(!refusal([=] { (void)parse_unsigned("--seed", text); }).isEmpty(), text);
    }
  }

  void linesThatBeginWithASlashAreCommands() {
    QCOMPARE(parse_command("/help")->name, std::string("help"));
    const auto command = parse_command("/system  Be  brief. \t");
    QCOMPARE(command->name, std::string("system"));
    QCOMPARE(command->argument, std::string("Be  brief."));
    QCOMPARE(parse_command("/top-p\t0.5")->argument, std::string("0.5"));
    for (const char* line : {"", "hello", "/", "/ no", "//usr", " /help", "1/2"}) QVERIFY2(!parse_command(line), line);
    QCOMPARE(message_of("//usr/bin"), std::string("/usr/bin"));
    QCOMPARE(message_of("hello //"), std::string("hello //"));
  }

  void settingsAreShownAndChanged() {
    ChatSettings settings;
    settings.params.greedy = true;
    QCOMPARE(*apply_setting(settings, {"temperature", ""}), std::string("Temperature: 0 (greedy)."));
    QVERIFY(settings.params.greedy);
    QCOMPARE(*apply_setting(settings, {"temperature", "1.25"}), std::string("Temperature: 1.25."));
    QVERIFY(!settings.params.greedy);
    QCOMPARE(*apply_setting(settings, {"top-k", "7"}), std::string("Top-k: 7."));
    QCOMPARE(*apply_setting(settings, {"top-p", "0.5"}), std::string("Top-p: 0.5."));
    QCOMPARE(*apply_setting(settings, {"min-p", "0.1"}), std::string("Min-p: 0.1."));
    QCOMPARE(*apply_setting(settings, {"repeat-penalty", "1.2"}), std::string("Repeat penalty: 1.2."));
    QCOMPARE(*apply_setting(settings, {"seed", "42"}), std::string("Seed of the next reply: 42."));
    QCOMPARE(*apply_setting(settings, {"system", "Be brief."}), std::string("System prompt: Be brief."));
    QCOMPARE(settings.system, std::string("Be brief."));
    QCOMPARE(*apply_setting(settings, {"system", ""}), std::string("System prompt: Be brief."));
    QCOMPARE(*apply_setting(settings, {"system", "-"}), std::string("There is no system prompt."));
    engine::SamplingParams expected;
    expected.temperature = 1.25F;
    expected.top_k = 7;
    expected.top_p = .5F;
    expected.min_p = .1F;
    expected.repeat_penalty = 1.2F;
    QVERIFY(settings.params == expected);
    QCOMPARE(settings.seed, 42U);
    QVERIFY(!apply_setting(settings, {"help", ""}));
    QVERIFY(!apply_setting(settings, {"nonsense", "1"}));
  }

  void badSettingsChangeNothing() {
    ChatSettings settings;
    const auto before = settings.params;
    QCOMPARE(refusal([&] {
               (void)apply_setting(settings, {"temperature", "hot"});
             }),
             "/temperature must be a number from 0 to 10, not 'hot'.");
    QVERIFY(!refusal([&] { (void)apply_setting(settings, {"top-k", "-1"}); }).isEmpty());
    QVERIFY(!refusal([&] { (void)apply_setting(settings, {"top-p", "2"}); }).isEmpty());
    QVERIFY(!refusal([&] { (void)apply_setting(settings, {"seed", "-1"}); }).isEmpty());
    QVERIFY(settings.params == before);
  }

  void helpListsEveryCommand() {
    const std::string help = help_text();
    for (const char* name : {"help", "reset", "system", "temperature", "top-p", "top-k", "min-p", "repeat-penalty",
                             "seed", "regenerate", "continue", "stats", "quit"}) {
      QVERIFY2(help.find("/" + std::string(name)) != std::string::npos, name);
      QVERIFY2(is_known_command(name), name);
    }
    QVERIFY(!is_known_command("usr"));
  }

  void greedyHasNoPenaltyUnlessItIsGiven() {
    ReplyOptions options;
    QVERIFY(options.params() == engine::SamplingParams{});
    options.sampling.greedy = true;
    QCOMPARE(options.params().repeat_penalty, 1.0F);
    options.repeat_penalty_given = true;
    QCOMPARE(options.params().repeat_penalty, 1.05F);
  }

  void npyFilesReadBack() {
    const QTemporaryDir dir;
    const std::filesystem::path path = dir.filePath("a.npy").toStdString();
    for (const std::size_t columns : {1U, 3U, 1000U, 123456U}) {
      std::vector<float> values(2 * columns);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.5F;
      NpyWriter writer(path, 2, columns);
      writer.row(std::span(values).first(columns));
      writer.row(std::span(values).last(columns));
      writer.finish();
      const auto read = test::read_npy(path);
      QCOMPARE(read.shape, (std::vector<std::size_t>{2, columns}));
      QCOMPARE(read.values, values);
    }
  }

  void unfinishedNpyFilesLeaveNothingBehind() {
    const QTemporaryDir dir;
    const std::filesystem::path path = dir.filePath("a.npy").toStdString();
    const auto write = [&](float value, bool finish) {
      NpyWriter writer(path, 1, 1);
      writer.row(std::span(&value, 1));
      if (finish) writer.finish();
    };
    write(1, false);
    QVERIFY(std::filesystem::is_empty(dir.path().toStdString()));
    write(2, true);
    write(3, false);
    QCOMPARE(test::read_npy(path).values, std::vector<float>{2});
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files).size(), 1);
    QVERIFY(!refusal([&] { NpyWriter(path / "below" / "a.npy", 1, 1); }).isEmpty());
    QVERIFY(!refusal([&] { NpyWriter("", 1, 1); }).isEmpty());
  }

  void sizesAreReadable() {
    QCOMPARE(readable_bytes(0), std::string("0 bytes"));
    QCOMPARE(readable_bytes(999), std::string("999 bytes"));
    QCOMPARE(readable_bytes(1000), std::string("1.00 kB"));
    QCOMPARE(readable_bytes(12345678), std::string("12.3 MB"));
    QCOMPARE(readable_bytes(999.96e6), std::string("1.00 GB"));
    QCOMPARE(readable_bytes(808e6), std::string("808 MB"));
    QCOMPARE(fixed(1234.5, 2), std::string("1234.50"));
  }
};

QTEST_GUILESS_MAIN(PartsOfTheCli)
#include "test_cli_parts.moc"
