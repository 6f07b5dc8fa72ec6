// What the engine thread tells the GUI thread, as values. Every event carries the id of its job: events of a job that
// is no longer awaited are ignored.
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/file_stamp.h"
#include "domain/message.h"
#include "inference/mailbox.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"

namespace sotto::app {

using JobId = std::uint64_t;

// A model as the session holds it.
struct LoadedModelInfo {
  QString path;
  QString name;  // modelName()
  QString quantisation;
  quint64 fileBytes = 0;
  int contextLength = 0;                  // of the session, tokens
  engine::TemplateUse chatTemplate = {};  // its own, or its family's
  QString templateKey = {};               // model_templates.h
  std::weak_ptr<const engine::Model> model = {};
  std::optional<engine::SamplingParams> suggested;
};

struct LoadProgress {
  JobId job = 0;
  double fraction = 0;  // 0 to 1
};
struct LoadSucceeded {
  JobId job = 0;
  LoadedModelInfo model;
  std::optional<FileStamp> file = {};  // as it was before it was read
};
struct LoadFailed {
  JobId job = 0;
  bool cancelled = false;
  bool kept = false;      // the model from before is still there
  QString sentence = {};  // empty when cancelled
};

// The prompt of a reply being read: `done` of `total` tokens.
struct PrefillProgress {
  JobId job = 0;
  int done = 0;
  int total = 0;
};
struct ReplyBase {
  std::vector<std::int32_t> tokens;
  std::string text;
};
// New tokens, text or both. Text lags behind tokens by what is held back (half a character, the start of a stop
// string).
struct ReplyDelta {
  JobId job = 0;
  // Set at the start of some continuations: what the reply held before is now exactly this. The ids are new where
  // another model wrote the text; the end of the text is new where it was held back when the process died.
  std::optional<ReplyBase> base = {};
  std::vector<std::int32_t> tokens = {};
  std::string text = {};                     // whole UTF-8 characters
  std::vector<TimelineEntry> timeline = {};  // entries whose first token is among `tokens`
  double decodeSeconds = 0;                  // of this job so far
};
struct ReplyEnded {
  JobId job = 0;
  MessageState state = MessageState::complete;
  StopReason reason = StopReason::none;
  ReplyStats stats = {};   // of the whole reply, earlier parts included
  QString error = {};      // failed: the user's sentence
  bool modelLost = false;  // the model's file changed under the session: the model is unloaded
};
// Tokens that a prompt would take; -1: not known.
struct PromptCounted {
  JobId job = 0;
  int tokens = -1;
};

using EngineEvent =
    std::variant<LoadProgress, LoadSucceeded, LoadFailed, PrefillProgress, ReplyDelta, ReplyEnded, PromptCounted>;
using EngineMailbox = Mailbox<EngineEvent>;

// Neighbouring deltas of one job become one; of neighbouring progress only the newest stays.
[[nodiscard]] bool mergeEngineEvents(EngineEvent& last, EngineEvent& next);

}  // namespace sotto::app
