#include "support/starter_exam.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>
#include <stdexcept>

namespace sotto::test {

namespace {

constexpr int limit = 200;  // tokens of an answer; the longest that it has learnt takes about 100

bool contains(const QString& answer, const QString& entry) {
  static const QRegularExpression plain(QStringLiteral("^[a-z0-9]+$"));
  if (!plain.match(entry).hasMatch()) return answer.contains(entry);
  return QRegularExpression(QStringLiteral("(?<![a-z0-9])%1(?![a-z0-9])").arg(entry)).match(answer).hasMatch();
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
  QFile file(questions);
  if (!file.open(QIODevice::ReadOnly)) throw std::runtime_error("cannot read " + questions.toStdString());
  const QJsonArray all = QJsonDocument::fromJson(file.readAll()).array();
  if (all.isEmpty()) throw std::runtime_error("no questions in " + questions.toStdString());
  const engine::LiveSampling sampling(params);
  engine::Session session(model, {});
  ExamResult result;
  for (const QJsonValue& each : all) {
    const QJsonObject question = each.toObject();
    const QString id = question.value(QStringLiteral("id")).toString();
    engine::Request request;
    request.max_tokens = limit;
    request.seed = seed;
    std::string answer;
    engine::StopReason reason = engine::StopReason::end;
    const QJsonArray turns = question.value(QStringLiteral("turns")).toArray();
    for (const QJsonValue& turn : turns) {
      request.messages.push_back({engine::Role::user, turn.toString().toStdString(), {}});
      answer.clear();
      engine::GenerationObserver observer;
      observer.text = [&](std::string_view text) { answer += text; };
      reason = session.generate(request, sampling, observer).reason;
      request.messages.push_back({engine::Role::assistant, answer, {}});
    }
    if (reason == engine::StopReason::length || reason == engine::StopReason::context) result.endless << id;
    const bool passed = passes(QString::fromStdString(answer), question.value(QStringLiteral("check")).toObject());
    auto& [ok, asked] = result.topics[question.value(QStringLiteral("topic")).toString()];
    ++asked;
    ++result.asked;
    ok += passed ? 1 : 0;
    result.passed += passed ? 1 : 0;
    if (!passed) result.failed << id;
  }
  return result;
}

}  // namespace sotto::test
