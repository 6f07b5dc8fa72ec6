#include "chat/conversation_index.h"

#include <algorithm>

namespace sotto::app {

namespace {

bool newer(const ConversationSummary& a, const ConversationSummary& b) {
  return a.updatedAt != b.updatedAt ? a.updatedAt > b.updatedAt : a.id > b.id;
}

}  // namespace

void ConversationIndex::reset(std::vector<ConversationSummary> summaries) {
  summaries_ = std::move(summaries);
  std::sort(summaries_.begin(), summaries_.end(), newer);
  updated_.clear();
  updated_.reserve(static_cast<qsizetype>(summaries_.size()));
  for (const ConversationSummary& each : summaries_) updated_.insert(each.id, each.updatedAt);
}

const ConversationSummary* ConversationIndex::find(ConversationId id) const {
  const auto found = locate(id);
  return found == summaries_.end() ? nullptr : &*found;
}

void ConversationIndex::put(ConversationSummary summary) {
  remove(summary.id);
  updated_.insert(summary.id, summary.updatedAt);
  const auto place = std::lower_bound(summaries_.begin(), summaries_.end(), summary, newer);
  summaries_.insert(place, std::move(summary));
}

std::optional<ConversationSummary> ConversationIndex::remove(ConversationId id) {
  const auto found = locate(id);
  if (found == summaries_.end()) return std::nullopt;
  std::optional<ConversationSummary> removed = *found;
  summaries_.erase(found);
  updated_.remove(id);
  return removed;
}

std::vector<ConversationSummary>::const_iterator ConversationIndex::locate(ConversationId id) const {
  const auto key = updated_.constFind(id);
  if (key == updated_.constEnd()) return summaries_.end();
  ConversationSummary probe;
  probe.id = id;
  probe.updatedAt = *key;
  return std::lower_bound(summaries_.begin(), summaries_.end(), probe, newer);
}

}  // namespace sotto::app
