// A chat template in Jinja, as transformers runs it: parsed once, rendered as often as wanted. Nothing outside of its
// variables can be reached. Specification: Jinja 3.1's template designer documentation, and transformers'
// apply_chat_template (trim_blocks, lstrip_blocks, loop controls, {% generation %}, tojson, raise_exception,
// strftime_now).
#pragma once

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/runtime.h"
#include "text/jinja/syntax.h"

namespace sotto::engine::jinja {

// Thread guarantee: immutable, render may be called from any thread.
class Template {
 public:
  // Throws engine::Error (format) with the line.
  explicit Template(std::string_view source);

  // variables: an object. now: seconds since 1970, what strftime_now tells. Throws engine::Error (format) with the line
  // and the cause, raise_exception's own words included.
  [[nodiscard]] std::string render(const nlohmann::ordered_json& variables, std::time_t now, Limits limits = {}) const;

 private:
  std::vector<NodePtr> statements_;
};

}  // namespace sotto::engine::jinja
