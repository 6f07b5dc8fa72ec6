// starter_exam MODEL QUESTIONS [SEEDS]: the share of a model's answers that pass, greedy and at temperature 0.7 (the
// Balanced preset) with this many seeds; then, greedy, the shares turn by turn in 40 chats as long as the context.
#include <QTextStream>

#include "support/starter_exam.h"

using namespace sotto;

namespace {

void print(QTextStream& out, const QString& name, const test::ExamResult& result) {
  out << name << ": " << result.passed << " of " << result.asked << " ("
      << QString::number(100 * result.share(), 'f', 1) << " %), endless " << result.endless.size() << "\n";
  for (auto topic = result.topics.begin(); topic != result.topics.end(); ++topic) {
    out << "  " << topic.key() << " " << topic->first << "/" << topic->second;
  }
  out << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  QTextStream out(stdout);
  const auto model = engine::Model::load(argv[1]);
  const QString questions = QString::fromLocal8Bit(argv[2]);
  engine::SamplingParams greedy;
  greedy.greedy = true;
  greedy.repeat_penalty = 1;
  print(out, QStringLiteral("greedy"), test::sit_exam(model, questions, greedy, 0));
  engine::SamplingParams balanced;
  balanced.temperature = 0.7F;
  balanced.top_k = 40;
  balanced.top_p = 0.92F;
  balanced.min_p = 0.05F;
  balanced.repeat_penalty = 1.05F;
  int passed = 0;
  int asked = 0;
  const int seeds = argc > 3 ? QString::fromLocal8Bit(argv[3]).toInt() : 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const test::ExamResult result = test::sit_exam(model, questions, balanced, static_cast<std::uint64_t>(seed));
    print(out, QStringLiteral("temperature 0.7, seed %1").arg(seed), result);
    passed += result.passed;
    asked += result.asked;
  }
  if (asked > 0) out << "temperature 0.7, all: " << QString::number(100.0 * passed / asked, 'f', 1) << " %\n";
  const test::LongChatResult chats = test::sit_long_chats(model, questions, greedy, 40);
  out << "40 long chats, greedy, by turn:";
  for (const auto& [right, put] : chats.turns) out << " " << right << "/" << put;
  out << "\n  from the fifth turn on " << QString::number(100 * chats.share(4), 'f', 1) << " %\n";
  return 0;
}
