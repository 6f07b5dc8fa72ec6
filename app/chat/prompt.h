// From a conversation's tree to what the engine is asked.
#pragma once

#include <QString>
#include <optional>

#include "domain/conversation.h"
#include "domain/file_stamp.h"
#include "sotto/engine/session.h"

namespace sotto::app {

// Who writes. The hash is empty while it is not known.
struct ModelIdentity {
  QString name;
  QString hash;
  std::optional<FileStamp> file = {};
  QString chatTemplate = {};  // instead of its own; empty: its own
};

// Whether the ids of this reply are ids of `model`: the same hash, or the same name where one of them has no hash.
[[nodiscard]] bool wroteIt(const ModelIdentity& model, const Message& reply);

// The request for `reply`: the system prompt, then the path to it. What templates cannot take is made to fit: replies
// that are empty are left out, neighbouring messages of one role become one. A reply that has text already comes last
// and is continued. Seed and number of tokens are the reply's and the conversation's; the date that a template may
// tell is that of the conversation's beginning, so that its prompts stay the same.
[[nodiscard]] engine::Request requestFor(const ConversationTree& tree, MessageId reply, const ModelIdentity& model);

// The request for a reply to `draft`, which is being written below `parent`: its whole words, for the last may go on.
[[nodiscard]] engine::Request requestForDraft(const ConversationTree& tree, MessageId parent, const QString& draft,
                                              const ModelIdentity& model);

// New tokens that a reply with `earlier` ones may have: a reply that was stopped ends where it would have ended, one
// that was cut by length gets as many again. 0: no limit.
[[nodiscard]] int tokensLeft(int maxTokens, int earlier);

}  // namespace sotto::app
