// What the starter model is taught of the models that Sotto runs is what the engine runs.
#include <QFile>
#include <QMap>
#include <QSet>
#include <QTest>

#include "model/family.h"

using namespace sotto::engine;

namespace {

// The names of resources/starter/corpus/facts.txt, and the architecture that their GGUF files say.
const QMap<QString, QString>& architectures() {
  static const QMap<QString, QString> all{
      {"llama", "llama"},
      {"llama 1", "llama"},
      {"llama 2", "llama"},
      {"llama 3", "llama"},
      {"llama 3.1", "llama"},
      {"llama 3.2", "llama"},
      {"code llama", "llama"},
      {"tinyllama", "llama"},
      {"alpaca", "llama"},
      {"vicuna", "llama"},
      {"mistral", "llama"},
      {"mixtral", "llama"},
      {"smollm", "llama"},
      {"smollm3", "smollm3"},
      {"arcee", "arcee"},
      {"baichuan", "baichuan"},
      {"bloom", "bloom"},
      {"falcon", "falcon"},
      {"gemma", "gemma"},
      {"gemma 1", "gemma"},
      {"gemma 2", "gemma2"},
      {"gemma 3", "gemma3"},
      {"gpt-2", "gpt2"},
      {"gpt-neox", "gptneox"},
      {"pythia", "gptneox"},
      {"granite", "granite"},
      {"internlm2", "internlm2"},
      {"mpt", "mpt"},
      {"olmo 2", "olmo2"},
      {"olmoe", "olmoe"},
      {"orion", "orion"},
      {"phi", "phi2"},
      {"phi-2", "phi2"},
      {"phi-3", "phi3"},
      {"phi-4", "phi3"},
      {"qwen", "qwen2"},
      {"qwen 2", "qwen2"},
      {"qwen2.5", "qwen2"},
      {"qwen 3", "qwen3"},
      {"qwen3", "qwen3"},
      {"qwen3 moe", "qwen3moe"},
      {"stablelm", "stablelm"},
      {"starcoder", "starcoder"},
      {"starcoder2", "starcoder2"},
      {"deepseek v3", "deepseek2"},
      {"gpt-oss", "gpt-oss"},
      {"command r", "command-r"},
      {"mamba", "mamba"},
      {"rwkv", "rwkv7"},
      {"glm", "glm4"},
      {"chatglm", "chatglm"},
      {"bert", "bert"},
      {"t5", "t5"},
      {"llava", "clip"},
      {"kimi", "kimi-linear"},
      {"grok", "grok"},
      {"minicpm", "minicpm"},
      {"exaone", "exaone"},
      {"dbrx", "dbrx"},
      {"jamba", "jamba"},
  };
  return all;
}

// Families of papers, of which nobody has files.
const QSet<QString> papers{"opt",   "transformer", "deepnorm", "normformer", "glu",
                           "swish", "gpt3",        "bigbird",  "prefixlm"};

QStringList names(const QByteArray& list) {
  QFile file(QStringLiteral(SOTTO_SOURCE_DIR "/resources/starter/corpus/facts.txt"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  for (const QByteArray& line : file.readAll().split('\n')) {
    if (line.startsWith("% " + list + ": ")) {
      return QString::fromUtf8(line).section(QStringLiteral(": "), 1).split(QLatin1Char('|'));
    }
  }
  return {};
}

bool runs(const QString& name) { return find_family(architectures().value(name).toStdString()) != nullptr; }

}  // namespace

class TheStartersFacts : public QObject {
  Q_OBJECT

 private slots:
  void whatItSaysSottoRunsItRuns() {
    const QStringList said = names("runs");
    QVERIFY(said.size() > 20);
    for (const QString& name : said) {
      QVERIFY2(architectures().contains(name), qPrintable(name));
      QVERIFY2(runs(name), qPrintable(name));
    }
  }

  void everyFamilyOfTheEngineHasAName() {
    QSet<QString> said;
    for (const QString& name : names("runs")) said << architectures().value(name);
    for (const Family& family : families()) {
      const QString architecture = QString::fromUtf8(family.name.data(), static_cast<qsizetype>(family.name.size()));
      QVERIFY2(said.contains(architecture) || papers.contains(architecture), qPrintable(architecture));
    }
  }

  void whatItSaysSottoDoesNotRunItDoesNot() {
    const QStringList said = names("runs_not");
    QVERIFY(said.size() > 10);
    for (const QString& name : said) {
      QVERIFY2(architectures().contains(name), qPrintable(name));
      QVERIFY2(!runs(name), qPrintable(name));
    }
  }
};

QTEST_GUILESS_MAIN(TheStartersFacts)
#include "test_starter_facts.moc"
