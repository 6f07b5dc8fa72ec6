// What is happening to a reply.
#pragma once

#include "domain/ids.h"

namespace sotto::app {

enum class ReplyPhase {
  idle,
  queued,
  prefill,
  decode
};

struct ReplyStatus {
  ReplyPhase phase = ReplyPhase::idle;
  ConversationId conversation = {};
  MessageId message = {};
  int promptDone = 0;  // prefill: tokens
  int promptTotal = 0;
  int generated = 0;
  double tokensPerSecond = 0;
};

}  // namespace sotto::app
