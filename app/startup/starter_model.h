// Where the model that comes with Sotto lies.
#pragma once

#include <QString>

#include "startup/start_options.h"

namespace sotto::app {

// Beside the program, wherever that is; empty when it is not there. Needs the application object.
[[nodiscard]] QString starterModelPath();
// The file that StartOptions::modelFile means. Needs the application object.
[[nodiscard]] QString modelPath(const StartOptions& options);

}  // namespace sotto::app
