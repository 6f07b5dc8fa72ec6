// What conversations and the application remember.
#include <QCryptographicHash>
#include <QFile>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;
namespace engine = sotto::engine;

namespace {

PresetId presetNamed(const ChatController& chat, const QString& name) {
  const auto& all = chat.presets();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Preset& each) { return each.name == name; });
  return found == all.end() ? PresetId{} : found->id;
}

QString sha256(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QString::fromLatin1(QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
}

}  // namespace

class SettingsAreRemembered : public QObject {
  Q_OBJECT

 private slots:
  void beginsBalanced() {
    ChatBench bench;
    QVERIFY(bench.start());
    QCOMPARE(bench.chat->presets().size(), size_t{4});
    QCOMPARE(bench.chat->settings().preset, presetNamed(*bench.chat, QStringLiteral("Balanced")));
    QCOMPARE(bench.chat->settings().params.temperature, 0.7F);
    QCOMPARE(bench.chat->settings().params.repeat_penalty, 1.05F);
  }

  void perConversation() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    const ConversationId first = bench.chat->currentId();
    engine::SamplingParams params = bench.chat->settings().params;
    params.temperature = 1.25F;
    bench.chat->setParams(params);
    bench.chat->setSeed(99);
    bench.chat->setMaxTokens(33);
    bench.chat->setSystemPrompt(QStringLiteral("Be brief."));
    bench.chat->newConversation();
    QCOMPARE(bench.chat->settings().params.temperature, 0.7F);
    QVERIFY(!bench.chat->settings().seed);
    QVERIFY(bench.chat->settings().systemPrompt.isEmpty());
    QVERIFY(bench.restart());
    bench.chat->openConversation(first);
    QTRY_COMPARE(bench.chat->currentId(), first);
    QCOMPARE(bench.chat->settings().params.temperature, 1.25F);
    QCOMPARE(bench.chat->settings().seed, std::optional<quint64>(99));
    QCOMPARE(bench.chat->settings().maxTokens, 33);
    QCOMPARE(bench.chat->settings().systemPrompt, QStringLiteral("Be brief."));
  }

  void ofANewChatBeforeItsFirstMessage() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.chat->setSystemPrompt(QStringLiteral("Speak like a pirate."));
    bench.chat->setSeed(4);
    bench.chat->newConversation();  // is one already, and keeps what was set
    QCOMPARE(bench.chat->settings().seed, std::optional<quint64>(4));
    QVERIFY(bench.chat->send(QStringLiteral("hello")));
    bench.chat->setMaxTokens(20);  // on its way to the store
    QTRY_VERIFY(bench.chat->currentId().valid());
    const ConversationId id = bench.chat->currentId();
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.restart());
    bench.chat->openConversation(id);
    QTRY_COMPARE(bench.chat->currentId(), id);
    QCOMPARE(bench.chat->settings().systemPrompt, QStringLiteral("Speak like a pirate."));
    QCOMPARE(bench.chat->settings().seed, std::optional<quint64>(4));
    QCOMPARE(bench.chat->settings().maxTokens, 20);
  }

  void newChatsTakeTheLastPreset() {
    ChatBench bench;
    QVERIFY(bench.start());
    bench.chat->choosePreset(presetNamed(*bench.chat, QStringLiteral("Creative")));
    QCOMPARE(bench.chat->settings().params.temperature, 1.1F);
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->settings().params.temperature, 1.1F);
    QCOMPARE(bench.chat->settings().preset, presetNamed(*bench.chat, QStringLiteral("Creative")));
  }

  void newChatsTakeTheModelsOwn() {
    Script script = sotto::test::script(benchReply().toStdString());
    script.text.sampling.temperature = 0.35F;
    script.text.sampling.top_k = 7;
    ChatBench bench(script);
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.chat->modelStatus().suggested.has_value());
    QCOMPARE(bench.chat->settings().params.temperature, 0.7F);
    bench.chat->chooseModelsOwn();
    QCOMPARE(bench.chat->settings().params.temperature, 0.35F);
    QCOMPARE(bench.chat->settings().params.top_k, 7);
    QVERIFY(!bench.chat->settings().preset.valid());
    QVERIFY(bench.restart());
    QVERIFY(bench.load());
    QCOMPARE(bench.chat->settings().params.temperature, 0.35F);
  }

  void presetsAreKept() {
    ChatBench bench;
    QVERIFY(bench.start());
    QSignalSpy changed(bench.chat.get(), &ChatController::presetsChanged);
    engine::SamplingParams params = bench.chat->settings().params;
    params.temperature = 1.6F;
    bench.chat->setParams(params);
    bench.chat->saveAsPreset(QStringLiteral("Warm"));
    QVERIFY(changed.wait(10000));
    const PresetId warm = presetNamed(*bench.chat, QStringLiteral("Warm"));
    QVERIFY(warm.valid());
    QTRY_COMPARE(bench.chat->settings().preset, warm);

    bench.chat->saveAsPreset(QStringLiteral("warm"));  // taken
    QTRY_COMPARE(bench.notices->size(), 1);
    bench.chat->duplicatePreset(warm, QStringLiteral("Warmer"));
    QVERIFY(changed.wait(10000));
    const PresetId warmer = presetNamed(*bench.chat, QStringLiteral("Warmer"));
    QVERIFY(warmer.valid());
    params.temperature = 1.8F;
    bench.chat->setParams(params);
    bench.chat->updatePreset(warmer);
    QVERIFY(changed.wait(10000));
    bench.chat->renamePreset(warmer, QStringLiteral("Hot"));
    QVERIFY(changed.wait(10000));
    bench.chat->choosePreset(presetNamed(*bench.chat, QStringLiteral("Hot")));
    QCOMPARE(bench.chat->settings().params.temperature, 1.8F);
    bench.chat->deletePreset(warmer);
    QVERIFY(changed.wait(10000));
    QVERIFY(!bench.chat->settings().preset.valid());
    QCOMPARE(bench.chat->settings().params.temperature, 1.8F);

    const PresetId balanced = presetNamed(*bench.chat, QStringLiteral("Balanced"));
    bench.chat->choosePreset(balanced);
    bench.chat->setParams(params);
    bench.chat->updatePreset(balanced);
    QVERIFY(changed.wait(10000));
    bench.chat->resetPreset(balanced);
    QVERIFY(changed.wait(10000));
    QCOMPARE(bench.chat->settings().params.temperature, 0.7F);
    bench.chat->deletePreset(balanced);
    QTRY_COMPARE(bench.notices->size(), 2);
    QVERIFY(presetNamed(*bench.chat, QStringLiteral("Balanced")).valid());
  }

  void parametersOutOfRangeMoveIntoIt() {
    ChatBench bench;
    QVERIFY(bench.start());
    engine::SamplingParams params;
    params.temperature = 1e9F;
    params.top_p = -3;
    bench.chat->setParams(params);
    QCOMPARE(bench.chat->settings().params.temperature, 10.0F);
    QCOMPARE(bench.chat->settings().params.top_p, 0.0F);
  }

  void smallValuesOfTheWindow() {
    ChatBench bench;
    QVERIFY(bench.start());
    QCOMPARE(bench.chat->setting(QStringLiteral("ui/theme"), QStringLiteral("auto")), QStringLiteral("auto"));
    bench.chat->setSetting(QStringLiteral("ui/theme"), QStringLiteral("dark"));
    QCOMPARE(bench.chat->setting(QStringLiteral("ui/theme")), QStringLiteral("dark"));
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->setting(QStringLiteral("ui/theme")), QStringLiteral("dark"));
  }

  void draftsInThisRun() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    const ConversationId first = bench.chat->currentId();
    bench.chat->setDraft(QStringLiteral("half a thou"));
    bench.chat->newConversation();
    QVERIFY(bench.chat->draft({}).isEmpty());
    bench.chat->setDraft(QStringLiteral("new"));
    QCOMPARE(bench.chat->draft(first), QStringLiteral("half a thou"));
    QVERIFY(bench.say(QStringLiteral("two")));
    QCOMPARE(bench.chat->draft(bench.chat->currentId()), QStringLiteral("new"));
    QVERIFY(bench.chat->draft({}).isEmpty());
    QVERIFY(bench.waitIdle());
  }

  void titlesAndRenaming() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("## What is\nall this")) && bench.waitIdle());
    const ConversationId id = bench.chat->currentId();
    QTRY_COMPARE(bench.chat->conversations().size(), size_t{1});
    QCOMPARE(bench.chat->conversations()[0].title, QStringLiteral("What is"));
    bench.chat->renameConversation(id, QStringLiteral("  A better\nname "));
    QCOMPARE(bench.chat->conversations()[0].title, QStringLiteral("A better name"));
    bench.chat->renameConversation(id, QStringLiteral(" "));
    QVERIFY(bench.restart());
    QCOMPARE(bench.chat->conversations()[0].title, QStringLiteral("A better name"));

    // Ten megabytes are a title of 200 units, and it ends with a whole letter.
    const QString balloons = QString::fromUtf8("\U0001F388").repeated(2'500'000);
    bench.chat->renameConversation(id, balloons);
    const QString longest = bench.chat->conversations().front().title;
    QVERIFY(longest.size() <= 200 && longest.size() > 190);
    QCOMPARE(longest.back(), QChar(0x2026));
    QVERIFY(longest.at(longest.size() - 2).isLowSurrogate());
  }

  void modelHashes() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    const QString hash = QStringLiteral("SELECT model_hash FROM messages WHERE role = 'assistant'");
    QTRY_VERIFY_WITH_TIMEOUT(bench.sql(hash).size() == 64, 20000);
    const QString known = bench.sql(hash);
    // The next run has it at once, from the cache.
    QVERIFY(bench.restart() && bench.load());
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitIdle());
    QTRY_COMPARE(
        bench.sql(
            QStringLiteral("SELECT count(*) FROM messages WHERE role = 'assistant' AND model_hash = '%1'").arg(known)),
        QStringLiteral("2"));
  }

  // Its file is still being read when another model takes its place, or when Sotto ends.
  void modelHashesOfAModelThatHasGone() {
    Script script = sotto::test::script("Another voice.");
    script.text.name = "another";
    ChatBench bench;
    const QString another = bench.directory.filePath(QStringLiteral("another.gguf"));
    scripted_model(script).write(QFile::encodeName(another).toStdString());
    QVERIFY(bench.start());
    const QString hash =
        QStringLiteral("SELECT coalesce(model_hash, '') FROM messages WHERE role = 'assistant' AND id = %1");

    // While a reply is written nothing is hashed.
    bench.pace->holdAfter(3);
    bench.chat->loadModel(bench.model);
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitTokens(3));
    const qint64 first = bench.last().id.value;
    bench.chat->loadModel(another);
    QTRY_VERIFY(bench.chat->modelStatus().state == ModelState::ready);
    QTRY_COMPARE_WITH_TIMEOUT(bench.sql(hash.arg(first)), sha256(bench.model), 20000);

    // Over the end of the run too.
    script.text.name = "a third";
    const QString third = bench.directory.filePath(QStringLiteral("third.gguf"));
    scripted_model(script).write(QFile::encodeName(third).toStdString());
    QVERIFY(bench.restart());
    bench.chat->loadModel(third);
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitTokens(3));
    const qint64 second = bench.last().id.value;
    QVERIFY(bench.restart());
    QCOMPARE(bench.sql(hash.arg(second)), QString());
    bench.chat->loadModel(third);
    QTRY_COMPARE_WITH_TIMEOUT(bench.sql(hash.arg(second)), sha256(third), 20000);
    QCOMPARE(bench.sql(hash.arg(first)), sha256(bench.model));
    QCOMPARE(bench.sql(QStringLiteral("SELECT count(*) FROM unhashed_replies")), QStringLiteral("0"));
  }

  void contextUse() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QCOMPARE(bench.chat->modelStatus().contextLength, 4096);
    QCOMPARE(bench.chat->contextUsed(), 0);
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    const int used = bench.chat->contextUsed();
    QCOMPARE(used, bench.last().stats.promptTokens + bench.last().stats.generatedTokens);
    const ConversationId id = bench.chat->currentId();
    bench.chat->newConversation();
    QCOMPARE(bench.chat->contextUsed(), 0);
    bench.chat->openConversation(id);
    QTRY_COMPARE(bench.chat->contextUsed(), used);
    // Where the figures do not say it the engine counts.
    bench.pace->holdAfter(3);
    QVERIFY(bench.chat->regenerate(bench.last().id));
    QTRY_COMPARE(bench.last().tokens.size(), size_t{3});
    bench.pace->failAt(3, [] { throw std::runtime_error("no figures"); });
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().stats.promptTokens, 0);
    QTRY_VERIFY(bench.chat->contextUsed() > 3);
  }
};

QTEST_GUILESS_MAIN(SettingsAreRemembered)
#include "test_chat_settings.moc"
