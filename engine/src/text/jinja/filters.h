// The tables that apply_filter looks into.
#pragma once

#include <map>
#include <string_view>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

using Filter = Value (*)(Runtime&, const Value&, Given&);

// Of Jinja's own these are missing: random, as a prompt must be the same each time; striptags and urlize, which take
// HTML apart and make it.
[[nodiscard]] const std::map<std::string_view, Filter>& text_filters();
[[nodiscard]] const std::map<std::string_view, Filter>& list_filters();
[[nodiscard]] const std::map<std::string_view, Filter>& layout_filters();
// As HTML has it.
[[nodiscard]] std::string escaped(const std::string& text);
// "a.b.0" of a value, as map(attribute=...) has it.
[[nodiscard]] Value path(Runtime& runtime, const Value& of, const Value& attribute_path);

}  // namespace sotto::engine::jinja
