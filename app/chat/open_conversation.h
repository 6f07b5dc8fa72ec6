// A conversation in memory: the one that is shown, and those with a reply that waits or is being written.
#pragma once

#include <memory>

#include "domain/conversation.h"

namespace sotto::app {

// GUI thread.
struct OpenConversation {
  ConversationTree tree;         // its id is invalid until the first message is stored
  int storing = 0;               // turns on their way to the store, whose replies do not exist yet
  bool stopOnceStored = false;   // a stop came while they were
  bool settingsChanged = false;  // not stored yet
};

using OpenConversationPtr = std::shared_ptr<OpenConversation>;

}  // namespace sotto::app
