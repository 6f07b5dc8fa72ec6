// A model is called by a name that tells it from others.
#include <QTest>

#include "library/model_name.h"
#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;

class ModelNames : public QObject {
  Q_OBJECT

 private slots:
  void tellOneModelFromAnother_data() {
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* given, const char* path, const char* name) {
      QTest::addRow("%s in %s", given, path)
          << QString::fromUtf8(given) << QString::fromUtf8(path) << QString::fromUtf8(name);
    };
    row("Llama 3.2 1B Instruct", "/m/Llama-3.2-1B-Instruct-Q4_K_M.gguf", "Llama 3.2 1B Instruct");
    row("LLaMA v2", "/m/llama-2-7b-chat.Q4_K_M.gguf", "LLaMA v2");
    row("Mistral", "/m/x.gguf", "Mistral");
    row("\u5c0f\u6a21\u578b", "/m/x.gguf", "\u5c0f\u6a21\u578b");
    row("meta-llama/Llama-2-7b-hf", "/m/x.gguf", "Llama-2-7b-hf");
    row("C:\\models\\Zephyr 7B", "/m/x.gguf", "Zephyr 7B");
    row("two\nlines 7B", "/m/x.gguf", "two lines 7B");
    // Its own name says nothing: the file's does.
    row("llama", "/m/stories260K.gguf", "stories260K");
    row("LLaMA", "/m/llama-2-7b-chat.Q4_K_M.gguf", "llama-2-7b-chat");
    row("", "/m/Mistral-7B-Instruct-v0.2-IQ3_XXS.GGUF", "Mistral-7B-Instruct-v0.2");
    row("hf", "/m/tinyllama-1.1b-chat-v1.0.Q8_0.gguf", "tinyllama-1.1b-chat-v1.0");
    row(".", "/m/smol.f16.gguf", "smol");
    row("checkpoint-1200", "/m/poet.gguf", "poet");
    row("0e9e39f249a16976918f6564b8830bc894c89659", "/m/poet-q5_1.gguf", "poet");
    // Nor does the file's: the folder's does.
    row("model", "/m/TinyLlama-1.1B/ggml-model-f16.gguf", "TinyLlama-1.1B");
    row("llama", "/m/Poet 2/model.gguf", "Poet 2");
    // Nothing does.
    row("llama", "/models/model.gguf", "llama");
    row("", "/models/model.gguf", "model");
  }
  void tellOneModelFromAnother() {
    QFETCH(QString, given);
    QFETCH(QString, path);
    QTEST(modelName(given, QStringLiteral("llama"), path), "name");
  }

  // In the status, which the window's chip shows, and with the reply.
  void areWhatIsShownAndStored() {
    Script script = sotto::test::script("It is so.");
    script.text.name = "llama";
    ChatBench bench(script);
    QVERIFY(bench.start() && bench.load());
    QCOMPARE(bench.chat->modelStatus().name, QStringLiteral("scripted"));  // the file's
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle() && bench.waitStored());
    QCOMPARE(bench.sql(QStringLiteral("SELECT model FROM v_messages WHERE role = 'assistant'")),
             QStringLiteral("scripted"));
  }
};

QTEST_GUILESS_MAIN(ModelNames)
#include "test_model_name.moc"
