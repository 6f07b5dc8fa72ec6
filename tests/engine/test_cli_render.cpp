// sotto-cli render.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class RenderCommand : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;

  QString file(const char* name, const QByteArray& content) {
    QFile file(dir_.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) return {};
    return file.fileName();
  }

 private slots:
  void printsExactlyTheRendering() {
    const QString messages = file("m.json", R"([{"role": "user", "content": "Hi \u4f60"}])");
    const QString text = file("t.jinja",
                              "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}\n"
                              "{% if add_generation_prompt %}[assistant]{% endif %}{{ tools is none }}");
    CliRun run = run_cli({"render", "--template", text, "--messages", messages});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    QCOMPARE(run.out, QByteArray("[user] Hi \xE4\xBD\xA0\n[assistant]True"));
    run = run_cli({"render", "--template", text, "--messages", messages, "--no-generation-prompt", "--var",
                   "bos_token=\"<s>\"", "--var", "tools=[]"});
    QCOMPARE(run.out, QByteArray("<s>[user] Hi \xE4\xBD\xA0\nFalse"));
  }

  void takesAModelsOwnTemplateAndTokens() {
    const QString model = dir_.filePath("model.gguf");
    TinyShape shape;
    shape.text.chat_template = "{{ bos_token }}{{ messages[0]['content'] }}{{ eos_token }}";
    random_model(shape).write(model.toStdString());
    const QString messages = file("one.json", R"([{"role": "user", "content": "Hi"}])");
    const CliRun run = run_cli({"render", model, "--messages", messages});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    QCOMPARE(run.out, QByteArray("<s>Hi</s>"));
  }

  void saysWhatIsWrong_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");
    const QString good = file("good.json", "[]");
    const QString text = file("good.jinja", "x");
    QTest::newRow("no messages") << QStringList{"--template", text} << "--messages";
    QTest::newRow("neither") << QStringList{"--messages", good} << "A model or --template";
    QTest::newRow("both") << QStringList{"some.gguf", "--template", text, "--messages", good} << "not both";
    QTest::newRow("no list") << QStringList{"--template", text, "--messages", file("object.json", "{}")} << "JSON list";
    QTest::newRow("no JSON") << QStringList{"--template", text, "--messages", file("not.json", "[{")} << "JSON list";
    QTest::newRow("no value") << QStringList{"--template", text, "--messages", good, "--var", "tools"} << "NAME=JSON";
    QTest::newRow("not quoted") << QStringList{"--template", text, "--messages", good, "--var", "x=y z"} << "not JSON";
    QTest::newRow("bad template") << QStringList{"--template", file("bad.jinja", "a\n{% if %}"), "--messages", good}
                                  << "line 2";
  }

  void saysWhatIsWrong() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    const CliRun run = run_cli(QStringList{"render"} + arguments);
    QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
    QVERIFY2(QString::fromUtf8(run.err).contains(part), run.text());
    QCOMPARE(run.err.count('\n'), 1);
  }
};

QTEST_GUILESS_MAIN(RenderCommand)
#include "test_cli_render.moc"
