// sotto-cli inspect, tokenize and logits.
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/npy.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class CommandsOnModelFiles : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString scripted_;
  QString random_;

  static QByteArray tokens(const QStringList& arguments, const QByteArray& input) {
    const CliRun run = run_cli(QStringList{"tokenize"} + arguments, input);
    return run.code == 0 && run.err.isEmpty() ? run.out : run.text();
  }

 private slots:
  void initTestCase() {
    scripted_ = dir_.filePath("scripted.gguf");
    scripted_model(script("Hello there, this is the reply.")).write(scripted_.toStdString());
    random_ = dir_.filePath("random.gguf");
    TinyShape shape;
    shape.text.name = "Bad \x1b[31mname\xff";
    random_model(shape).write(random_.toStdString());
  }

  void inspectAsJsonHasTheKeysThatScriptsRead() {
    const CliRun run = run_cli({"inspect", random_, "--json"});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    QJsonParseError error;
    const QJsonObject json = QJsonDocument::fromJson(run.out, &error).object();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QStringList expected{"architecture",     "name",       "parameters",   "quantisation", "context_length",
                         "embedding_length", "layers",     "heads",        "kv_heads",     "vocabulary",
                         "template",         "file_bytes", "memory_bytes", "supported",    "reason"};
    expected.sort();
    QCOMPARE(json.keys(), expected);
    QCOMPARE(json["architecture"].toString(), "llama");
    QVERIFY(json["name"].toString().startsWith("Bad "));
    QCOMPARE(json["context_length"].toInt(), 512);
    QCOMPARE(json["embedding_length"].toInt(), 64);
    QCOMPARE(json["layers"].toInt(), 2);
    QCOMPARE(json["heads"].toInt(), 4);
    QCOMPARE(json["kv_heads"].toInt(), 2);
    const int vocabulary = static_cast<int>(small_vocabulary().size());
    QCOMPARE(json["vocabulary"].toInt(), vocabulary);
    QCOMPARE(json["quantisation"].toString(), "F32");
    // Two matrices of the vocabulary, per layer q and o [64 x 64], k and v [32 x 64], three of the feed-forward, norms.
    QCOMPARE(json["parameters"].toInt(), 2 * vocabulary * 64 + 2 * (2 * 4096 + 2 * 2048 + 3 * 160 * 64 + 2 * 64) + 64);
    QCOMPARE(json["file_bytes"].toInteger(), QFileInfo(random_).size());
    QVERIFY(json["memory_bytes"].toInteger() > json["parameters"].toInteger() * 4);
    QCOMPARE(json["supported"].toBool(), true);
    QCOMPARE(json["reason"].toString(), "");
    QCOMPARE(QJsonDocument::fromJson(run_cli({"inspect", scripted_, "--json"}).out).object()["template"].toString(),
             "ChatML");
  }

  void inspectAsTextIsReadable() {
    const CliRun run = run_cli({"inspect", random_});
    QVERIFY2(run.code == 0 && run.err.isEmpty(), run.text());
    QVERIFY2(run.out.contains("architecture      llama\n") && run.out.contains("supported         yes\n"), run.text());
    QVERIFY2(!run.out.contains('\x1b'), "a file's name must not drive the terminal");
  }

  void inspectDescribesModelsThatCannotRun() {
    const QString path = dir_.filePath("unknown.gguf");
    random_model().set("general.architecture", "hyperbola").write(path.toStdString());
    const CliRun run = run_cli({"inspect", path, "--json"});
    QVERIFY2(run.code == 0, run.text());
    const QJsonObject json = QJsonDocument::fromJson(run.out).object();
    QCOMPARE(json["architecture"].toString(), "hyperbola");
    QCOMPARE(json["supported"].toBool(), false);
    QVERIFY2(json["reason"].toString().contains("hyperbola"), run.text());
    const CliRun text = run_cli({"inspect", path});
    QVERIFY2(text.code == 0 && text.out.contains("supported         can't run: "), text.text());
    const CliRun ask = run_cli({"ask", path, "p"});
    QVERIFY2(ask.code == 1 && error_sentence(ask).contains("hyperbola"), ask.text());
  }

  void tokenizePrintsOneLine() {
    // SentencePiece-style: bytes 0x00 to 0xFF are ids 3 to 258; the snowman is not a piece.
    QCOMPARE(tokens({random_}, ""), QByteArray("\n"));
    QCOMPARE(tokens({random_, "--bos"}, ""), QByteArray("1\n"));
    const QByteArray text = tokens({random_}, "\xe2\x98\x83");
    QVERIFY2(text.endsWith(QByteArray::number(3 + 0xe2) + " " + QByteArray::number(3 + 0x98) + " " +
                           QByteArray::number(3 + 0x83) + "\n"),
             text);
    QCOMPARE(text.count('\n'), 1);
    QCOMPARE(tokens({random_, "--bos"}, "\xe2\x98\x83"), "1 " + text);
  }

  void tokenizeTakesTextByteForByte() {
    const QByteArray bytes("a\0b\r\n\xff\n", 7);
    QFile file(dir_.filePath("bytes.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    const QByteArray ids = tokens({scripted_}, bytes);
    QCOMPARE(ids.count(' '), 6);  // the scripted vocabulary has one merge, which is not in there
    QCOMPARE(tokens({scripted_, "--file", file.fileName()}, "something else"), ids);
    QVERIFY(tokens({scripted_}, bytes + "\n") != ids);
  }

  void tokenizeTakesSpecialTokensForTextUnlessAsked() {
    const QByteArray plain = tokens({scripted_}, "<|im_end|>");
    const QByteArray special = tokens({scripted_, "--special"}, "<|im_end|>");
    QVERIFY2(plain.count(' ') > 5, plain);
    QVERIFY2(special.count(' ') == 0 && special.size() > 1, special);
    QCOMPARE(tokens({random_, "--special", "--bos"}, "<s>"), QByteArray("1\n"));
  }

  void tokenizeNeedsTheVocabularyOnly() {
    // All keys, no tensors.
    GgufWriter writer = random_model();
    const QString path = dir_.filePath("vocabulary.gguf");
    for (const char* layer : {"blk.0.", "blk.1."}) {
      for (const char* name :
           {"attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"}) {
        writer.remove_tensor(std::string(layer) + name + ".weight");
      }
    }
    for (const char* name : {"token_embd", "output_norm", "output"})
      writer.remove_tensor(std::string(name) + ".weight");
    writer.write(path.toStdString());
    QCOMPARE(tokens({path}, "abc"), tokens({random_}, "abc"));
    const QJsonObject inspected = QJsonDocument::fromJson(run_cli({"inspect", "--json", path}).out).object();
    QCOMPARE(inspected["vocabulary"].toInt(), static_cast<int>(small_vocabulary().size()));
    const CliRun ask = run_cli({"ask", path, "p"});
    QVERIFY2(ask.code == 1 && !error_sentence(ask).isEmpty(), ask.text());
  }

  void logitsWritesOneRowForEachToken() {
    const QString out = dir_.filePath("out.npy");
    const CliRun run = run_cli({"logits", random_, "--ids", "1,70,80,90", "--out", out});
    QVERIFY2(run.code == 0 && run.out.isEmpty() && run.err.isEmpty(), run.text());
    const Npy first = read_npy(out.toStdString());
    QCOMPARE(first.shape, (std::vector<std::size_t>{4, small_vocabulary().size()}));
    for (const float value : first.values) QVERIFY(std::isfinite(value));
    // Causal: the rows of a prefix are the first rows.
    QVERIFY(run_cli({"logits", random_, "--ids", "1,70", "--out", out}).code == 0);
    const Npy prefix = read_npy(out.toStdString());
    QCOMPARE(prefix.shape.front(), 2U);
    for (std::size_t i = 0; i < prefix.values.size(); ++i) {
      QVERIFY(std::abs(prefix.values[i] - first.values[i]) < 1e-4F);
    }
  }

  void logitsOfATextBeginWithBosOnce() {
    const auto logits = [this](const QStringList& arguments) {
      const QString out = dir_.filePath("text.npy");
      const CliRun run = run_cli(QStringList{"logits", random_, "--out", out} + arguments);
      if (run.code != 0) qWarning() << run.text();
      return run.code == 0 ? read_npy(out.toStdString()).values : std::vector<float>();
    };
    const QByteArray ids = tokens({random_, "--bos"}, "abc").trimmed().replace(' ', ',');
    const auto expected = logits({"--ids", QString::fromUtf8(ids)});
    QVERIFY(!expected.empty());
    QCOMPARE(logits({"--text", "abc"}), expected);
    QCOMPARE(logits({"--text", "<s>abc"}), expected);
    const auto bos = logits({"--ids", "1"});
    QCOMPARE(logits({"--text", ""}), bos);
  }
};

QTEST_GUILESS_MAIN(CommandsOnModelFiles)
#include "test_cli_files.moc"
