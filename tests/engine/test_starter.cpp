// The model that comes with Sotto: computed right, small, and able to hold a conversation.
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "cli_process.h"
#include "model/parts.h"
#include "support/npy.h"
#include "support/starter_exam.h"

using namespace sotto;
using namespace sotto::test;

namespace {

// Of softmax(q) from softmax(p), in nats.
double kl_divergence(const std::vector<float>& p, const std::vector<float>& q) {
  const auto log_sum = [](const std::vector<float>& logits) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
    return largest + std::log(sum);
  };
  const double p_sum = log_sum(p), q_sum = log_sum(q);
  double result = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double log_p = static_cast<double>(p[i]) - p_sum;
    result += std::exp(log_p) * (log_p - (static_cast<double>(q[i]) - q_sum));
  }
  return result;
}

QString in_tree(const char* path) { return QStringLiteral(SOTTO_SOURCE_DIR "/") + QLatin1String(path); }

}  // namespace

class StarterModel : public QObject {
  Q_OBJECT

  std::shared_ptr<const engine::Model> model_;

  static std::shared_ptr<const engine::Model> exact_model() {
    engine::LoadOptions options;
    options.exact = true;
    return engine::Model::load(in_tree("resources/starter/starter.gguf").toStdString(), options);
  }

  static std::vector<engine::Token> golden_ids() {
    QFile file(in_tree("tests/data/starter_ids.txt"));
    std::vector<engine::Token> ids;
    if (!file.open(QIODevice::ReadOnly)) return ids;
    for (const QByteArray& id : file.readAll().trimmed().split(',')) ids.push_back(id.toInt());
    return ids;
  }

 private slots:
  void initTestCase() {
    if (!QFileInfo::exists(in_tree("resources/starter/starter.gguf"))) {
      QFAIL("There is no starter model: resources/starter/train makes it.");
    }
    model_ = engine::Model::load(in_tree("resources/starter/starter.gguf").toStdString());
    QVERIFY(model_ != nullptr);
  }

  void isSmallAndOfTheFamily() {
    QVERIFY(QFileInfo(in_tree("resources/starter/starter.gguf")).size() <= 4'000'000);
    const engine::ModelInfo& info = model_->info();
    QCOMPARE(QString::fromStdString(info.architecture), QStringLiteral("llama"));
    QCOMPARE(QString::fromStdString(info.quantisation), QStringLiteral("Q8_0"));
    QVERIFY(info.kv_heads > 0 && info.kv_heads < info.heads);
    QVERIFY(info.context_length >= 512);
    QVERIFY(model_->has_chat_template());
  }

  // Of one prompt, from the dequantised weights (resources/starter/train wrote them).
  void itsLogitsArePyTorchs() {
    const std::vector<engine::Token> ids = golden_ids();
    QVERIFY(!ids.empty());
    const Npy expected = read_npy(in_tree("tests/data/starter_logits.npy").toStdString());
    QCOMPARE(expected.shape.size(), size_t{2});
    QCOMPARE(expected.shape[0], ids.size());
    float largest = 0;
    float error = 0;
    std::size_t rows = 0;
    bool finite = true;
    for (const float value : expected.values) largest = std::max(largest, std::abs(value));
    engine::Session session(exact_model(), {.kv_type = engine::KvType::f32});
    const bool done = session.evaluate(ids, [&](int token, std::span<const float> row) {
      if (row.size() != expected.shape[1]) return;
      ++rows;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const float off = std::abs(row[i] - expected.values[static_cast<std::size_t>(token) * row.size() + i]);
        finite = finite && std::isfinite(off);  // max passes over what is no number
        error = std::max(error, off);
      }
    });
    QVERIFY(done && finite && largest > 1);
    QCOMPARE(rows, ids.size());
    QVERIFY2(error <= 1e-4F * largest, qPrintable(QStringLiteral("%1 of %2").arg(error).arg(largest)));
  }

  // Activations of eight bits: how far the probabilities are from those of f32, and that threads change nothing.
  void theFastLogitsAreNearTheExactOnes() {
    const std::vector<engine::Token> ids = golden_ids();
    QVERIFY(!ids.empty());
    const auto logits = [&](const std::shared_ptr<const engine::Model>& model, int threads) {
      std::vector<std::vector<float>> rows;
      engine::Session session(model, {.threads = threads});
      (void)session.evaluate(ids, [&](int, std::span<const float> row) { rows.emplace_back(row.begin(), row.end()); });
      return rows;
    };
    const auto exact = logits(exact_model(), 1);
    const auto fast = logits(model_, 1);
    QCOMPARE(logits(model_, 3), fast);
    QCOMPARE(exact.size(), ids.size());
    QCOMPARE(fast.size(), ids.size());
    double worst = 0;
    for (std::size_t t = 0; t < ids.size(); ++t) worst = std::max(worst, kl_divergence(exact[t], fast[t]));
    qInfo("at most %.5f nats", worst);
    QVERIFY(worst > 0 && worst < 0.01);
  }

  // What a chat puts before the model are the ids that it was trained on.
  void itsTemplateAndTokenizerAreThoseItWasTrainedWith() {
    QTemporaryDir dir;
    const QString messages = dir.filePath(QStringLiteral("messages.json"));
    QFile file(messages);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"([{"role": "user", "content": "What is top-p?"}])");
    file.close();
    const CliRun rendered = run_cli({"render", "starter", "--messages", messages});
    QVERIFY2(rendered.code == 0, rendered.text());
    const CliRun ids = run_cli({"tokenize", "starter", "--special"}, rendered.out);
    QVERIFY2(ids.code == 0, ids.text());
    QFile expected(in_tree("tests/data/starter_ids.txt"));
    QVERIFY(expected.open(QIODevice::ReadOnly));
    QCOMPARE(ids.out.simplified().replace(' ', ','), expected.readAll().trimmed());
  }

  void aCheckIsPassedByRightAnswersAlone() {
    const QJsonObject check{{"any", QJsonArray{"seven", "7"}}, {"none", QJsonArray{"eight"}}};
    QVERIFY(passes(QStringLiteral("3 + 4 = 7."), check));
    QVERIFY(passes(QStringLiteral("Seven!"), check));
    QVERIFY(!passes(QStringLiteral("17"), check));
    QVERIFY(!passes(QStringLiteral("seven, or eight"), check));
    QVERIFY(!passes(QString(), check));
    QVERIFY(passes(QString::fromUtf8("按Esc键"), QJsonObject{{"all", QJsonArray{"esc"}}}));
    QVERIFY(passes(QStringLiteral("Blue."), QJsonObject{{"exact", QJsonArray{"blue"}}}));
    QVERIFY(!passes(QStringLiteral("Blue, I think."), QJsonObject{{"exact", QJsonArray{"blue"}}}));
  }

  void holdsAConversation() {
    engine::SamplingParams greedy;
    greedy.greedy = true;
    greedy.repeat_penalty = 1;
    const ExamResult result = sit_exam(model_, in_tree("tests/data/starter_questions.json"), greedy, 0);
    QCOMPARE(result.asked, 150);
    const QString said = QStringLiteral("%1 of %2; failed: %3; endless: %4")
                             .arg(result.passed)
                             .arg(result.asked)
                             .arg(result.failed.join(' '), result.endless.join(' '));
    qInfo("%s", qPrintable(said));
    QVERIFY2(result.share() >= 0.85, qPrintable(said));
    QVERIFY2(result.endless.isEmpty(), qPrintable(said));
  }

  // What it knows it knows at the end of the context, too.
  void holdsALongConversation() {
    engine::SamplingParams greedy;
    greedy.greedy = true;
    greedy.repeat_penalty = 1;
    const LongChatResult result = sit_long_chats(model_, in_tree("tests/data/starter_questions.json"), greedy, 12);
    QVERIFY(result.turns.size() >= 8);
    QVERIFY2(result.share(4) >= 0.85, qPrintable(QString::number(result.share(4))));
  }

  void isSottoCliStarter() {
    const CliRun run = run_cli({"ask", "starter", "hello", "--greedy"});
    QVERIFY2(run.code == 0 && run.out.size() > 2, run.text());
    const CliRun inspect = run_cli({"inspect", "starter"});
    QVERIFY2(inspect.code == 0 && inspect.out.contains("Sotto Starter"), inspect.text());
    // Its context is smaller than what is usually measured.
    const CliRun bench = run_cli({"bench", "starter", "-n", "4", "-r", "1"});
    QVERIFY2(bench.code == 0 && bench.out.contains("510 tokens at depth 0"), bench.text());
  }
};

QTEST_GUILESS_MAIN(StarterModel)
#include "test_starter.moc"
