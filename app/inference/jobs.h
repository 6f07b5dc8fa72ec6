// What the GUI thread asks of the engine thread, as values.
#pragma once

#include <QString>
#include <memory>
#include <stop_token>
#include <vector>

#include "domain/message.h"
#include "inference/engine_event.h"
#include "sotto/engine/sampling.h"
#include "sotto/engine/session.h"

namespace sotto::app {

class ReplyRecorder;

// Every job has a stop source of its own; none is ever reused, so no stop is ever lost.

// Drops the loaded model, then loads this one: two large models would not fit in memory together.
struct LoadJob {
  JobId id = 0;
  QString path;
  std::stop_source stop = {};
};

struct GenerationJob {
  JobId id = 0;
  engine::Request request = {};  // the last message is the assistant's: its reply is continued
  std::shared_ptr<const engine::LiveSampling> sampling = {};
  std::stop_source stop = {};
  std::shared_ptr<ReplyRecorder> recorder = {};  // null: nothing is stored
  ReplyStats earlier = {};                       // of the part that is continued
  std::vector<TimelineEntry> timeline = {};      // so far; its last entry is in force when the job begins
};

// How many tokens a request's prompt has.
struct CountJob {
  JobId id = 0;
  engine::Request request;
  std::stop_source stop = {};
};

// Reading what a reply's prompt will begin with, while it is being written. Nobody waits for it: any other job stops
// it, and of several that wait only the newest is performed.
struct ReadAheadJob {
  engine::Request request;
  std::stop_source stop = {};
};

}  // namespace sotto::app
