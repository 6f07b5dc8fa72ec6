#include "domain/sampling_json.h"

#include <QJsonValue>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sotto::app {
namespace {

double shortest(float value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  double result = value;
  std::from_chars(digits.data(), end, result);
  return result;
}

void read(const QJsonObject& json, const char* name, float& value) {
  const QJsonValue found = json.value(QLatin1StringView(name));
  if (!found.isDouble()) return;
  const auto number = static_cast<float>(found.toDouble());
  if (std::isfinite(number)) value = number;
}

void read(const QJsonObject& json, const char* name, int& value) {
  const QJsonValue found = json.value(QLatin1StringView(name));
  if (found.isDouble()) value = found.toInt(value);
}

}  // namespace

QJsonObject toJson(const engine::SamplingParams& params) {
  return {{QStringLiteral("temperature"), shortest(params.temperature)},
          {QStringLiteral("top_k"), params.top_k},
          {QStringLiteral("top_p"), shortest(params.top_p)},
          {QStringLiteral("min_p"), shortest(params.min_p)},
          {QStringLiteral("repeat_penalty"), shortest(params.repeat_penalty)},
          {QStringLiteral("frequency_penalty"), shortest(params.frequency_penalty)},
          {QStringLiteral("presence_penalty"), shortest(params.presence_penalty)},
          {QStringLiteral("penalty_window"), params.penalty_window},
          {QStringLiteral("greedy"), params.greedy}};
}

engine::SamplingParams samplingParamsFromJson(const QJsonObject& json) {
  engine::SamplingParams params;
  read(json, "temperature", params.temperature);
  read(json, "top_k", params.top_k);
  read(json, "top_p", params.top_p);
  read(json, "min_p", params.min_p);
  read(json, "repeat_penalty", params.repeat_penalty);
  read(json, "frequency_penalty", params.frequency_penalty);
  read(json, "presence_penalty", params.presence_penalty);
  read(json, "penalty_window", params.penalty_window);
  params.greedy = json.value(QLatin1StringView("greedy")).toBool(params.greedy);
  return params;
}

QJsonArray toJson(const std::vector<TimelineEntry>& timeline, const QString& tokenKey) {
  QJsonArray entries;
  for (const TimelineEntry& entry : timeline) {
    QJsonObject json{{tokenKey, entry.token}, {QStringLiteral("params"), toJson(entry.params)}};
    if (entry.textOffset >= 0) json.insert(QStringLiteral("offset"), entry.textOffset);
    entries.append(json);
  }
  return entries;
}

std::vector<TimelineEntry> timelineFromJson(const QJsonArray& json, const QString& tokenKey) {
  std::vector<TimelineEntry> timeline;
  timeline.reserve(static_cast<size_t>(json.size()));
  for (const QJsonValue& value : json) {
    if (!value.isObject()) continue;
    const QJsonObject entry = value.toObject();
    timeline.push_back({entry.value(tokenKey).toInt(),
                        samplingParamsFromJson(entry.value(QLatin1StringView("params")).toObject()),
                        entry.value(QLatin1StringView("offset")).toInt(-1)});
  }
  return timeline;
}

}  // namespace sotto::app
