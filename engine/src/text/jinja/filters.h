// The tables that apply_filter looks into.
#pragma once

#include <map>
#include <string_view>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

using Filter = Value (*)(Runtime&, const Value&, Given&);

// "text", "list" and "number" stand in each table under names of their own.
[[nodiscard]] const std::map<std::string_view, Filter>& text_filters();
[[nodiscard]] const std::map<std::string_view, Filter>& list_filters();
// "a.b.0" of a value, as map(attribute=...) has it.
[[nodiscard]] Value path(Runtime& runtime, const Value& of, const Value& attribute_path);

}  // namespace sotto::engine::jinja
