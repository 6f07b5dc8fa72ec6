// The tables that call_method looks into.
#pragma once

#include <map>
#include <string_view>

#include "text/jinja/runtime.h"

namespace sotto::engine::jinja {

using Method = Value (*)(Runtime&, const Value&, Given&);
using MethodTable = std::map<std::string_view, Method>;

[[nodiscard]] const MethodTable& text_methods();

}  // namespace sotto::engine::jinja
