// Where the model that comes with Sotto lies.
#pragma once

#include <QString>

namespace sotto::app {

// Beside the program, wherever that is; empty when it is not there. Needs the application object.
[[nodiscard]] QString starterModelPath();

}  // namespace sotto::app
