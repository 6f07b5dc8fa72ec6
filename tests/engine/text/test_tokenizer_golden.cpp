// Real vocabularies against the reference's ids. They lie beside the project and are not part of it.
#include <QDir>
#include <QFile>
#include <QTest>

#include "sotto/engine/tokenizer.h"

using namespace sotto::engine;

namespace {
QString golden(const QString& name) {
  return QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/tokenizer/ggml-vocab-%1.gguf").arg(name);
}

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
}  // namespace

class TokenizersMatchTheReference : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!QFile::exists(golden("llama-spm")))
      QSKIP("../shared/golden/tokenizer is not there: no reference vocabularies");
  }

  void ids_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("adds_bos");
    QTest::addColumn<QStringList>("ends");
    QTest::newRow("llama-spm") << "llama-spm" << true << QStringList{"</s>"};
    QTest::newRow("llama-bpe") << "llama-bpe" << true << QStringList{"<|end_of_text|>", "<|eot_id|>"};
    QTest::newRow("qwen2") << "qwen2" << false << QStringList{"<|endoftext|>", "<|im_end|>"};
    QTest::newRow("deepseek-llm") << "deepseek-llm" << true
                                  << QStringList{"<\uFF5Cend\u2581of\u2581sentence\uFF5C>"};
    QTest::newRow("gpt-2") << "gpt-2" << false << QStringList{"<|endoftext|>"};
  }

  void ids() {
    QFETCH(QString, name);
    QFETCH(bool, adds_bos);
    QFETCH(QStringList, ends);
    const auto tokenizer = load_tokenizer(golden(name).toStdString());
    const std::string input = contents(golden(name) + ".inp").toStdString();
    const QList<QByteArray> expected = contents(golden(name) + ".out").split('\n');
    const std::string separator = "\n__ggml_vocab_test__\n";
    int cases = 0;
    for (std::size_t begin = 0; begin != std::string::npos; ++cases) {
      const std::size_t end = input.find(separator, begin);
      const std::string text = input.substr(begin, end == std::string::npos ? end : end - begin);
      std::vector<Token> ids;
      for (const QByteArray& id : expected.at(cases).simplified().split(' ')) {
        if (!id.isEmpty()) ids.push_back(id.toInt());
      }
      QCOMPARE(tokenizer->encode(text), ids);
      QCOMPARE(tokenizer->decode(ids), text);
      begin = end == std::string::npos ? end : end + separator.size();
    }
    QCOMPARE(cases, 47);

    QCOMPARE(tokenizer->adds_bos(), adds_bos);
    QStringList found;
    for (Token id = 0; id < tokenizer->size(); ++id) {
      if (tokenizer->is_end(id)) found << QString::fromStdString(tokenizer->piece(id, true));
    }
    QCOMPARE(found, ends);
  }
};

QTEST_GUILESS_MAIN(TokenizersMatchTheReference)
#include "test_tokenizer_golden.moc"
