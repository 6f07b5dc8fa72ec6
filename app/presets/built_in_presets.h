// The presets that Sotto ships, from resources/presets/built-in.json. Immutable; any thread.
#pragma once

#include <QString>
#include <vector>

#include "domain/preset.h"

namespace sotto::app {

struct BuiltInPreset {
  QString key;  // names it for good, whatever it is called: "balanced"
  Preset preset;
};

[[nodiscard]] const std::vector<BuiltInPreset>& shippedPresets();

}  // namespace sotto::app
