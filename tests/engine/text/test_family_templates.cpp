// Models without a template: which family they are given, and that its Jinja text writes what the family is.
#include <QTemporaryDir>
#include <QTest>

#include "engine/text/small_vocabularies.h"
#include "sotto/engine/chat_template.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"
#include "sotto/engine/session.h"
#include "support/tiny_model.h"
#include "text/jinja_prompt.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

const ChatMessage be_brief{Role::system, "Be brief.", {}};
const ChatMessage hello{Role::user, "Hello", {}};
const ChatMessage hi{Role::assistant, "Hi", {}};
const ChatMessage why{Role::user, " Why? ", {}};

SpmTokenizer with_tokens(const std::vector<std::string>& markers, PieceType type = PieceType::control) {
  Vocabulary vocabulary = small_spm();
  for (auto last = vocabulary.pieces.size(); vocabulary.pieces.back().find("INST]") != std::string::npos;) {
    vocabulary.pieces.resize(--last);
    vocabulary.types.resize(last);
    vocabulary.scores.resize(last);
  }
  for (const std::string& marker : markers) {
    vocabulary.pieces.emplace_back(marker);
    vocabulary.types.push_back(type);
    vocabulary.scores.push_back(0);
  }
  return SpmTokenizer(vocabulary);
}

std::string text_of(const std::vector<Fragment>& fragments) {
  std::string text;
  for (const Fragment& fragment : fragments) text += fragment.text;
  return text;
}

}  // namespace

class AModelWithoutATemplateGetsItsFamilys : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;

  std::shared_ptr<const Model> load(const ModelText& text, const char* file = "model.gguf") {
    const std::string path = dir_.filePath(QString::fromLatin1(file)).toStdString();
    TinyShape shape;
    shape.text = text;
    random_model(shape).write(path);
    return Model::load(path);
  }

 private slots:
  void familiesInJinjaWriteWhatTheFamilyIs() {
    const SpmTokenizer tokenizer = with_tokens({});
    for (const TemplateFamily family : template_families()) {
      const std::string name(family_name(family));
      const JinjaPrompt jinja(family_template(family), tokenizer);
      for (const std::vector<ChatMessage>& messages : std::vector<std::vector<ChatMessage>>{
               {hello},
               {be_brief, hello},
               {hello, hi},
               {be_brief, hello, hi},
               {hello, hi, why},
               {be_brief, hello, hi, why},
               {be_brief, hello, hi, why, hi, hello},
           }) {
        const std::string expected = text_of(render_chat(ChatTemplate(family), messages));
        const std::string written = text_of(jinja.render(messages, {}).fragments);
        QVERIFY2(written == expected, qPrintable(QString::fromStdString(name + ": " + written + " for " + expected)));
      }
      QVERIFY2(recognise_template(family_template(family)) == ChatTemplate(family), name.c_str());
    }
    QVERIFY(family_template(TemplateFamily::plain).empty());
  }

  void theNameAndTheTokensTellTheFamily_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("tokens");
    QTest::addColumn<QString>("family");
    const auto row = [](const char* name, const QStringList& tokens, const char* family) {
      QTest::newRow(name) << name << tokens << family;
    };
    const QStringList llama3{"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"};
    const QStringList chatml{"<|im_start|>", "<|im_end|>"};
    row("Llama 3.2 1B Instruct", llama3, "Llama 3");
    row("Llama 3.2 1B", llama3, "");  // a base model has the tokens, too
    row("Qwen2.5-0.5B-Instruct", chatml, "ChatML");
    row("qwen2.5-0.5b", chatml, "");
    row("gemma-2-2b-it.Q4_K_M", {"<start_of_turn>", "<end_of_turn>"}, "Gemma");
    row("Phi-3-mini-4k-instruct", {"<|user|>", "<|assistant|>", "<|end|>"}, "Phi-3");
    row("TinyLlama-1.1B-Chat-v1.0", {}, "Zephyr");
    row("zephyr-7b-beta", {}, "Zephyr");
    row("Mistral-7B-Instruct-v0.1", {}, "Mistral");
    row("Mistral-7B-v0.1", {}, "");
    row("some-instruct", {"[INST]", "[/INST]"}, "Mistral");
    row("llama-2-7b-chat.Q4_0", {}, "Llama 2");
    row("CodeLlama-7b-Instruct", {}, "Llama 2");
    row("llama-2-7b", {}, "");
    row("alpaca-7b-native", {}, "Alpaca");
    row("ggml-vicuna-7b", {}, "Plain dialogue");
    row("MyModel-Chat", {}, "Plain dialogue");
    row("stories260K", {}, "");
    row("chatterbox", {}, "");
    row("", {}, "");
  }
  void theNameAndTheTokensTellTheFamily() {
    QFETCH(QString, name);
    QFETCH(QStringList, tokens);
    QFETCH(QString, family);
    std::vector<std::string> markers;
    for (const QString& token : tokens) markers.push_back(token.toStdString());
    for (const PieceType type : {PieceType::control, PieceType::user_defined}) {
      const auto found = recognise_family(name.toStdString(), with_tokens(markers, type));
      QCOMPARE(found ? QString::fromUtf8(family_name(*found)) : QString(), family);
    }
  }

  void aModelSaysWhichTemplateItUses() {
    auto model = load({"Some Chat", "", {}});
    QCOMPARE(model->template_use().origin, TemplateUse::Origin::family);
    QCOMPARE(model->template_use().name, std::string("Plain dialogue"));
    QCOMPARE(model->preview("", std::vector{be_brief, hello}), std::string("Be brief.\n\nUser: Hello\nAssistant:"));
    QCOMPARE(inspect(dir_.filePath(QStringLiteral("model.gguf")).toStdString()).chat_template, std::string("Plain dialogue, by its name"));

    model = load({"some model", "", {}}, "tiny-alpaca.gguf");  // the file's name counts, too
    QCOMPARE(model->template_use().name, std::string("Alpaca"));

    model = load({"some model", "", {}});
    QCOMPARE(model->template_use().origin, TemplateUse::Origin::none);
    QVERIFY(!model->has_chat_template());
    QVERIFY_THROWS_EXCEPTION(Error, (void)model->preview("", std::vector{hello}));
    QCOMPARE(model->preview("{{ messages[0].content }}!", std::vector{hello}), std::string("Hello!"));

    model = load({"Some Chat", chatml_template(), {}});
    QCOMPARE(model->template_use().origin, TemplateUse::Origin::own);
    QCOMPARE(model->template_use().name, std::string("ChatML"));
    QCOMPARE(model->template_use().text, chatml_template());

    model = load({"Some Chat", "\n{% if %}", {}});
    QCOMPARE(model->template_use().origin, TemplateUse::Origin::own);
    QVERIFY(model->template_use().error.find("line 2") != std::string::npos);
    QVERIFY(model->has_chat_template());
    QVERIFY_THROWS_EXCEPTION(Error, (void)model->preview("", std::vector{hello}));
  }

  void anotherTemplateIsDescribedWithItsSwitch() {
    const auto model = load({"tiny", "", {}});
    TemplateUse use = model->template_use(family_template(TemplateFamily::gemma));
    QCOMPARE(use.origin, TemplateUse::Origin::given);
    QCOMPARE(use.name, std::string("Gemma"));
    QVERIFY(use.error.empty() && !use.switches && !use.thinks);
    use = model->template_use(
        "{{ messages[0].content }}{% if enable_thinking is defined and not enable_thinking %}x{% endif %}");
    QCOMPARE(use.name, std::string("its own"));
    QVERIFY(use.switches && use.thinks);
    use = model->template_use("{{ messages[0].content }}{% if thinking %}<think>{% endif %}");
    QVERIFY(use.switches && !use.thinks);
    use = model->template_use("{# enable_thinking #}{{ messages[0].content }}");
    QVERIFY(!use.switches);
    use = model->template_use("a\nb{{ }}");
    QVERIFY2(use.error.find("line 2") != std::string::npos, use.error.c_str());
  }

  void aPlainDialogueEndsWhereTheUserWouldSpeak() {
    const auto model = load({"Some Chat", "", {}});
    Session session(model);
    Request request;
    request.messages = {hello};
    QCOMPARE(session.count_tokens(request),
             static_cast<int>(model->tokenizer().encode("User: Hello\nAssistant:").size()) +
                 (model->tokenizer().adds_bos() ? 1 : 0));
    QCOMPARE(stop_strings(TemplateFamily::dialogue), std::vector<std::string>{"\nUser:"});
  }

  void aReplyIsSplitIntoThoughtAndAnswer() {
    const auto split = [](std::string_view reply) { return split_thought(reply); };
    SplitReply reply = split("<think>\nHm.\n</think>\n\nYes.\n");
    QCOMPARE(reply.thought, std::string_view("Hm."));
    QCOMPARE(reply.answer, std::string_view("Yes.\n"));
    QVERIFY(reply.thinks && !reply.open);
    reply = split("\n<think>Hm");
    QCOMPARE(reply.thought, std::string_view("Hm"));
    QVERIFY(reply.answer.empty() && reply.thinks && reply.open);
    reply = split("[THINK]a</think>b[/THINK]c");  // only its own tag ends a thought
    QCOMPARE(reply.thought, std::string_view("a</think>b"));
    QCOMPARE(reply.answer, std::string_view("c"));
    reply = split("<think></think>c");
    QVERIFY(reply.thinks && reply.thought.empty() && reply.answer == "c");
    for (const char* plain : {"", "  ", "Yes <think>no</think>", "<thin", "think>"}) {
      reply = split(plain);
      QVERIFY2(!reply.thinks && reply.answer == plain, plain);
    }
  }

  void earlierThoughtsAreNotSentAgain() {
    const auto model = load({"tiny", chatml_template(), {}});
    const Session session(model);
    const auto count = [&](const std::vector<ChatMessage>& messages) {
      Request request;
      request.messages = messages;
      return session.count_tokens(request);
    };
    const std::vector<Token> ids = model->tokenizer().encode("<think>Hm, hm, hm.</think>Hi");
    const ChatMessage thought{Role::assistant, "<think>Hm, hm, hm.</think>Hi", ids};
    QCOMPARE(count({hello, thought, why}), count({hello, hi, why}));
    // The reply that goes on is what it was.
    QCOMPARE(count({hello, thought}), count({hello}) + static_cast<int>(ids.size()));
  }
};

QTEST_GUILESS_MAIN(AModelWithoutATemplateGetsItsFamilys)
#include "test_family_templates.moc"
