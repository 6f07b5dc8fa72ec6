// Named sampling parameters.
#pragma once

#include <QString>
#include <vector>

#include "domain/ids.h"
#include "sotto/engine/sampling.h"

namespace sotto::app {

struct Preset {
  PresetId id;
  QString name;
  engine::SamplingParams params;
  bool builtIn = false;  // can be changed and reset, not deleted or renamed
  friend bool operator==(const Preset&, const Preset&) = default;
};

// Balanced, Precise, Creative, Deterministic as Sotto ships them; ids are not set.
[[nodiscard]] const std::vector<Preset>& builtInPresets();

}  // namespace sotto::app
