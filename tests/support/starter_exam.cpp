#include "support/starter_exam.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

namespace sotto::test {

namespace {

constexpr int limit = 200;  // tokens of an answer; the longest that it has learnt takes about 100

bool contains(const QString& answer, const QString& entry) {
  static const QRegularExpression plain(QStringLiteral("^[a-z0-9]+$"));
  if (!plain.match(entry).hasMatch()) return answer.contains(entry);
  return QRegularExpression(QStringLiteral("(?<![a-z0-9])%1(?![a-z0-9])").arg(entry)).match(answer).hasMatch();
}

QJsonArray questions_of(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) throw std::runtime_error("cannot read " + path.toStdString());
  const QJsonArray all = QJsonDocument::fromJson(file.readAll()).array();
  if (all.isEmpty()) throw std::runtime_error("no questions in " + path.toStdString());
  return all;
}

// Puts the question, and the answer below it.
engine::StopReason ask(engine::Session& session, engine::Request& request, const QString& question,
                       const engine::LiveSampling& sampling) {
  request.messages.push_back({engine::Role::user, question.toStdString(), {}});
  std::string answer;
  engine::GenerationObserver observer;
  observer.text = [&](std::string_view text) { answer += text; };
  const engine::StopReason reason = session.generate(request, sampling, observer).reason;
  request.messages.push_back({engine::Role::assistant, answer, {}});
  return reason;
}

bool passes_last(const engine::Request& request, const QJsonObject& question) {
  return passes(QString::fromStdString(request.messages.back().content),
                question.value(QStringLiteral("check")).toObject());
}

}  // namespace

bool passes(const QString& answer, const QJsonObject& check) {
  const QString text = answer.toLower().trimmed();
  const auto found = [&](const QJsonValue& entry) { return contains(text, entry.toString().toLower()); };
  const QJsonArray any = check.value(QStringLiteral("any")).toArray(),
                   all = check.value(QStringLiteral("all")).toArray();
  const QJsonArray none = check.value(QStringLiteral("none")).toArray();
  if (!any.isEmpty() && std::none_of(any.begin(), any.end(), found)) return false;
  if (!std::all_of(all.begin(), all.end(), found) || std::any_of(none.begin(), none.end(), found)) return false;
  const QJsonArray exact = check.value(QStringLiteral("exact")).toArray();
  QString bare = text;
  while (!bare.isEmpty() && QStringLiteral(".!?。！？").contains(bare.back())) bare.chop(1);
  return exact.isEmpty() || std::any_of(exact.begin(), exact.end(),
                                        [&](const QJsonValue& entry) { return bare == entry.toString().toLower(); });
}

ExamResult sit_exam(const std::shared_ptr<const engine::Model>& model, const QString& questions,
                    const engine::SamplingParams& params, std::uint64_t seed) {
  const QJsonArray all = questions_of(questions);
  const engine::LiveSampling sampling(params);
  engine::Session session(model, {});
  ExamResult result;
  for (const QJsonValue& each : all) {
    const QJsonObject question = each.toObject();
    const QString id = question.value(QStringLiteral("id")).toString();
    engine::Request request;
    request.max_tokens = limit;
    request.seed = seed;
    const QJsonArray turns = question.value(QStringLiteral("turns")).toArray();
    bool endless = false;
    for (const QJsonValue& turn : turns) {
      const engine::StopReason reason = ask(session, request, turn.toString(), sampling);
      endless = endless || reason == engine::StopReason::length || reason == engine::StopReason::context;
    }
    if (endless) result.endless << id;
    const bool passed = passes_last(request, question);
    auto& [ok, asked] = result.topics[question.value(QStringLiteral("topic")).toString()];
    ++asked;
    ++result.asked;
    ok += passed ? 1 : 0;
    result.passed += passed ? 1 : 0;
    if (!passed) result.failed << id;
  }
  return result;
}

double LongChatResult::share(std::size_t from_turn) const {
  int passed = 0;
  int asked = 0;
  for (std::size_t turn = from_turn; turn < turns.size(); ++turn) {
    passed += turns[turn].first;
    asked += turns[turn].second;
  }
  return asked == 0 ? 0 : static_cast<double>(passed) / asked;
}

LongChatResult sit_long_chats(const std::shared_ptr<const engine::Model>& model, const QString& questions,
                              const engine::SamplingParams& params, int chats) {
  const engine::LiveSampling sampling(params);
  engine::Session session(model, {});
  std::vector<QJsonObject> known;
  for (const QJsonValue& each : questions_of(questions)) {
    const QJsonObject question = each.toObject();
    const QJsonArray turns = question.value(QStringLiteral("turns")).toArray();
    if (turns.size() != 1) continue;
    engine::Request request;
    request.max_tokens = limit;
    ask(session, request, turns[0].toString(), sampling);
    if (passes_last(request, question)) known.push_back(question);
  }
  LongChatResult result;
  for (int chat = 0; chat < chats; ++chat) {
    std::mt19937 random(static_cast<unsigned>(chat) + 1);
    std::vector<std::size_t> order(known.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    engine::Request request;
    request.max_tokens = limit;
    for (std::size_t turn = 0; turn < order.size(); ++turn) {
      const QJsonObject& question = known[order[turn]];
      try {
        const QString text = question.value(QStringLiteral("turns")).toArray()[0].toString();
        if (ask(session, request, text, sampling) == engine::StopReason::context) break;
      } catch (const engine::PromptTooLong&) {
        break;
      }
      if (result.turns.size() <= turn) result.turns.resize(turn + 1);
      ++result.turns[turn].second;
      result.turns[turn].first += passes_last(request, question) ? 1 : 0;
    }
  }
  return result;
}

}  // namespace sotto::test
