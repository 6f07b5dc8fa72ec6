// Sampling parameters and timelines as JSON, under the names that v_messages and the exports document: temperature,
// top_k, top_p, min_p, repeat_penalty, frequency_penalty, presence_penalty, penalty_window, greedy.
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <vector>

#include "domain/message.h"
#include "sotto/engine/sampling.h"

namespace sotto::app {

// The full set. A float is written with as many digits as give it back: 0.7, not 0.699999988.
[[nodiscard]] QJsonObject toJson(const engine::SamplingParams& params);
// A name that is missing, or not of its type, keeps its default.
[[nodiscard]] engine::SamplingParams samplingParamsFromJson(const QJsonObject& json);

// [{"<tokenKey>":0,"params":{...},"offset":0}, ...]; offset, TimelineEntry::textOffset, only where it is known.
[[nodiscard]] QJsonArray toJson(const std::vector<TimelineEntry>& timeline, const QString& tokenKey);
// Entries that are not objects are left out.
[[nodiscard]] std::vector<TimelineEntry> timelineFromJson(const QJsonArray& json, const QString& tokenKey);

}  // namespace sotto::app
