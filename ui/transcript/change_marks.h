// Where the sampling changed while a reply was being written, in words.
#pragma once

#include <vector>

#include "domain/message.h"
#include "transcript/message_body.h"

namespace sotto::ui {

// "temperature 0.70 → 0.35", several changes separated by " · "; empty when nothing that is shown changed.
[[nodiscard]] QString describeChange(const sotto::app::TimelineEntry& from, const sotto::app::TimelineEntry& to);

// One mark a change; the entries of one drag, a few tokens apart, are one.
[[nodiscard]] std::vector<ChangeMark> changeMarks(const sotto::app::Message& reply);

}  // namespace sotto::ui
