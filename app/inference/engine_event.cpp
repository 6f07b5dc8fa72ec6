#include "inference/engine_event.h"

namespace sotto::app {

namespace {

void append(ReplyDelta& last, ReplyDelta& next) {
  if (next.base) last.base = std::move(next.base);
  last.tokens.insert(last.tokens.end(), next.tokens.begin(), next.tokens.end());
  last.text += next.text;
  last.timeline.insert(last.timeline.end(), next.timeline.begin(), next.timeline.end());
  last.decodeSeconds = next.decodeSeconds;
}

}  // namespace

bool mergeEngineEvents(EngineEvent& last, EngineEvent& next) {
  if (last.index() != next.index()) return false;
  if (auto* delta = std::get_if<ReplyDelta>(&last)) {
    auto& other = std::get<ReplyDelta>(next);
    if (delta->job != other.job) return false;
    append(*delta, other);
    return true;
  }
  if (auto* progress = std::get_if<PrefillProgress>(&last)) {
    if (progress->job != std::get<PrefillProgress>(next).job) return false;
    last = std::move(next);
    return true;
  }
  if (auto* progress = std::get_if<LoadProgress>(&last)) {
    if (progress->job != std::get<LoadProgress>(next).job) return false;
    last = std::move(next);
    return true;
  }
  return false;
}

}  // namespace sotto::app
