// Python's pprint.pformat(value): repr() over several lines of 80 characters, dictionaries by their keys.
#pragma once

#include <string>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

// Steps are counted for each level that is gone through.
[[nodiscard]] std::string pretty_printed(Runtime& runtime, const Value& value);

}  // namespace sotto::engine::jinja
