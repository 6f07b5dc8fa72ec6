// A conversation as JSON, whole tree, format "sotto-conversation" version 1:
//
//   {"format","version","app","exported_at",
//    "conversation":{"id","title","created_at","updated_at",
//                    "settings":{"system_prompt","preset","params","seed","max_tokens",
//                                "thinking"}},
//    "messages":[{"id","parent_id","role","content","state","created_at","model":{"name","sha256"},"seed",
//                 "sampling_timeline":[{"token_index","params"}],"stop_reason","stats","token_ids","error"}],
//    "active_leaf"}
//
// Ids are strings, times ISO 8601 UTC with milliseconds, a seed is a number, above 2^63-1 a string. Parents come before
// their children. A field without a value is left out, but parent_id and active_leaf, which are null then. Fields that
// are not known are kept when read and written again. Any text survives, lone surrogates and NUL too. Pure functions.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <vector>

#include "domain/conversation.h"
#include "domain/preset.h"
#include "domain/result.h"

namespace sotto::app {

// What an export says beside the conversation.
struct ExportContext {
  QString app;  // "Sotto 0.1.0"
  QDateTime exportedAt;
  std::vector<Preset> presets;  // a conversation's preset is written by name
};

[[nodiscard]] QByteArray toConversationJson(const ConversationTree& tree, const ExportContext& context);

struct ReadConversation {
  ConversationTree tree;
  int notUnderstood = 0;  // messages left out, or taken without their text or parent: they are not of this format
};

// The other way round. `presets` gives names ids. Hostile input ends as a Failure: `invalid` for what is not this
// format, `newer` for a version above ours.
[[nodiscard]] Result<ReadConversation> readConversationJson(const QByteArray& json, const std::vector<Preset>& presets);

}  // namespace sotto::app
