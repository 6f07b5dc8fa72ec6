// A model's chat template is the user's to change: previewed, kept for the model and its like, reset; thinking is
// switched where the template has a switch.
#include <QTest>

#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;
using Origin = sotto::engine::TemplateUse::Origin;

namespace {

const auto shouting = QStringLiteral(
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | upper }} AND SO ON AND SO ON<|im_end|>\n{% endfor "
    "%}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
const std::string switched =
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is defined and not enable_thinking %}"
    "no thoughts please{% endif %}{% endif %}";

Script replyOf(const char* name, const std::string& chatTemplate) {
  Script made = script("A voice in the dark.");
  made.text.name = name;
  made.text.chat_template = chatTemplate;
  return made;
}

}  // namespace

class TemplateChoice : public QObject {
  Q_OBJECT

  std::optional<TemplatePreview> preview(ChatBench& bench, const QString& text) {
    QSignalSpy spy(bench.chat.get(), &ChatController::templatePreviewed);
    bench.chat->previewTemplate(text);
    if (!waitFor([&] { return spy.count() > 0; })) return {};
    return spy.last()[0].value<TemplatePreview>();
  }
  int promptTokens(ChatBench& bench, const QString& text) {
    bench.chat->newConversation();
    if (!bench.say(text) || !bench.waitIdle()) return -1;
    return bench.last().stats.promptTokens;
  }

 private slots:
  void previewsWhatTheModelWouldRead() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const auto own = preview(bench, {});
    QVERIFY(own && own->error.isEmpty());
    QVERIFY(own->prompt.startsWith(QStringLiteral("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n")));
    const auto other = preview(bench, shouting);
    QVERIFY(other && other->error.isEmpty() && other->use.origin == Origin::given);
    QVERIFY(other->prompt.contains(QStringLiteral("TELL ME A STORY. AND SO ON")));
    const auto broken = preview(bench, QStringLiteral("a\n{% if %}"));
    QVERIFY(broken && broken->prompt.isEmpty());
    QVERIFY2(broken->error.contains(QStringLiteral("line 2")), qPrintable(broken->error));
    const auto failing = preview(bench, QStringLiteral("a\nb\n{{ raise_exception('Only now') }}"));
    QVERIFY(failing && failing->error.contains(QStringLiteral("line 3: Only now")));
    // It was only a look.
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::own);
    // Of several, the last one counts.
    QSignalSpy spy(bench.chat.get(), &ChatController::templatePreviewed);
    const QString endless =
        QStringLiteral("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}");
    bench.chat->previewTemplate(endless);
    bench.chat->previewTemplate(shouting);
    QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 30'000);  // a look at one without end takes sanitizers long
    QCOMPARE(spy.last()[0].value<TemplatePreview>().text, shouting);
  }

  // What a reply's thought took is free again when the reply is there.
  void thoughtsDoNotFillTheContext() {
    std::string thought;
    for (int i = 0; i < 200; ++i) thought += "Or perhaps not. ";
    Script made = script("<think>" + thought + "</think>Yes.");
    ChatBench bench(made);
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const int written = bench.last().stats.promptTokens + bench.last().stats.generatedTokens;
    QTRY_VERIFY(bench.chat->contextUsed() > 0);
    QTRY_VERIFY2(bench.chat->contextUsed() < written - 50, qPrintable(QString::number(bench.chat->contextUsed())));
    const int used = bench.chat->contextUsed();
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QVERIFY(bench.last().stats.promptTokens > used && bench.last().stats.promptTokens < used + 40);
  }

  void keepsWhatSomebodyWroteUntilReset() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const int before = promptTokens(bench, QStringLiteral("hello"));
    bench.chat->setChatTemplate(shouting);
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::given);
    QTRY_COMPARE(bench.chat->modelStatus().chatTemplate.name, std::string("ChatML"));
    const int after = promptTokens(bench, QStringLiteral("hello"));
    QVERIFY2(after > before + 10, qPrintable(QStringLiteral("%1 %2").arg(before).arg(after)));
    QVERIFY(bench.restart() && bench.load());
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::given);
    QCOMPARE(bench.chat->modelStatus().ownTemplate.origin, Origin::own);
    QTRY_COMPARE(bench.chat->modelStatus().chatTemplate.name, std::string("ChatML"));
    QCOMPARE(promptTokens(bench, QStringLiteral("hello")), after);
    bench.chat->setChatTemplate({});
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::own);
    QCOMPARE(promptTokens(bench, QStringLiteral("hello")), before);
    QVERIFY(bench.restart() && bench.load());
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::own);
    QCOMPARE(bench.sql(QStringLiteral("SELECT count(*) FROM model_templates")), QStringLiteral("0"));
  }

  void isTheModelsAlone() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.chat->setChatTemplate(shouting);
    const QString other = bench.directory.filePath(QStringLiteral("other.gguf"));
    scripted_model(replyOf("another", chatml_template())).write(other.toStdString());
    bench.chat->loadModel(other);
    QTRY_COMPARE(bench.chat->modelStatus().name, QStringLiteral("another"));
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::own);
    QVERIFY(bench.load());
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::given);
  }

  void aTemplateThatFailsIsSaidWithLineAndCause() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    bench.chat->setChatTemplate(QStringLiteral("a\n{{ raise_exception('Roles must alternate') }}"));
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QVERIFY(bench.last().state == MessageState::failed);
    QVERIFY2(bench.last().error.contains(QStringLiteral("line 2: Roles must alternate")),
             qPrintable(bench.last().error));
    QVERIFY(bench.last().error.endsWith(QStringLiteral("; Chat template in the model's menu changes it.")));
    bench.chat->setChatTemplate({});
    QVERIFY(bench.chat->regenerate(bench.last().id) && bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
  }

  void thinkingIsTheConversations() {
    ChatBench bench(replyOf("thinker", switched));
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.chat->modelStatus().chatTemplate.switches && bench.chat->modelStatus().chatTemplate.thinks);
    const int thinking = promptTokens(bench, QStringLiteral("hello"));
    bench.chat->newConversation();
    QVERIFY(!bench.chat->settings().thinking);
    bench.chat->setThinking(false);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const int quiet = bench.last().stats.promptTokens;
    QVERIFY2(quiet > thinking + 10, qPrintable(QStringLiteral("%1 %2").arg(thinking).arg(quiet)));
    const ConversationId id = bench.chat->currentId();
    bench.chat->setThinking(true);
    bench.chat->setThinking(false);
    QVERIFY(bench.restart() && bench.load());
    bench.chat->openConversation(id);
    QTRY_COMPARE(bench.chat->currentId(), id);
    QCOMPARE(bench.chat->settings().thinking, std::optional(false));
    bench.chat->setThinking({});
    QVERIFY(bench.chat->regenerate(bench.last().id) && bench.waitIdle());
    QCOMPARE(bench.last().stats.promptTokens, thinking);
    QVERIFY(bench.waitStored());
    bench.chat->flush();
    QCOMPARE(bench.stored(id).settings.thinking, std::optional<bool>());
  }

  void aFamilysTemplateIsUsedAndSaid() {
    ChatBench bench(replyOf("Something Chat", {}));
    QVERIFY(bench.start() && bench.load());
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::family);
    QCOMPARE(bench.chat->modelStatus().chatTemplate.name, std::string("ChatML"));  // its vocabulary has the markers
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 1);
    QVERIFY(bench.notices->last()[0].toString().contains(QStringLiteral("ChatML is used")));
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitIdle());
    QCOMPARE(bench.notices->size(), 1);
  }

  void thoughtsAreNotSentAgain() {
    Script made = script("<think>A long, long thought about the matter.</think>Yes.");
    ChatBench bench(made);
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("one")) && bench.waitIdle());
    QCOMPARE(bench.last().content, QStringLiteral("<think>A long, long thought about the matter.</think>Yes."));
    const int first = bench.last().stats.promptTokens + bench.last().stats.generatedTokens;
    QVERIFY(bench.say(QStringLiteral("two")) && bench.waitIdle());
    QVERIFY2(bench.last().stats.promptTokens < first + 20,
             qPrintable(QString::number(bench.last().stats.promptTokens)));
    QCOMPARE(bench.stored(bench.chat->currentId()).messages().at(1).content,
             QStringLiteral("<think>A long, long thought about the matter.</think>Yes."));
  }
};

QTEST_GUILESS_MAIN(TemplateChoice)
#include "test_template_choice.moc"
