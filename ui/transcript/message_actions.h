// What can be done with a message, and what is said about it: the row of quiet text under it.
#pragma once

#include <QString>
#include <vector>

#include "transcript/transcript_source.h"

namespace sotto::ui {

enum class MessageAction {
  none,  // words, not an action
  previousVersion,
  nextVersion,
  copy,
  regenerate,
  edit,
  continueReply,
  newChat,  // the context is full
  cancel    // a reply that waits for another
};

struct ActionItem {
  MessageAction action = MessageAction::none;
  QString text;
  bool always = false;  // seen without the pointer or the focus, too
  bool enabled = true;
  int gap = 12;   // px before it
  int spare = 0;  // left out first (1) or next (2) where the row is too narrow; 0: never
};

// From the row's beginning side to its end.
[[nodiscard]] std::vector<ActionItem> actionsOf(const sotto::app::Message& message,
                                                const TranscriptSource::Versions& versions,
                                                const sotto::app::ReplyStatus& status);

// "Stopped by you", "Reached the limit of 512 tokens"; empty for an end as it should be.
[[nodiscard]] QString endInWords(const sotto::app::Message& reply);
// What helps after a failure, the best first.
[[nodiscard]] std::vector<ActionItem> failureActionsOf(const sotto::app::Message& reply);
// "Reading the prompt, 512 of 2,048 tokens"
[[nodiscard]] QString progressInWords(const sotto::app::ReplyStatus& status);
// What an action is called where there is no row around it: "Previous version", not "‹".
[[nodiscard]] QString nameOf(const ActionItem& item);

}  // namespace sotto::ui
