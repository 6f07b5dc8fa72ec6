// A place in a tokenizer.json: its value, and where it is, for messages.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/error.h"

namespace sotto::engine {

// Views: what the file became, and its name, outlive it. Every member throws Error format, naming file and place, for a
// value of another type.
class JsonEntry {
 public:
  JsonEntry(const nlohmann::json& value, std::string place, const std::string& source)
      : value_(&value), place_(std::move(place)), source_(&source) {}

  [[nodiscard]] bool is_there() const noexcept;  // null is not
  [[nodiscard]] bool is_string() const noexcept;
  [[nodiscard]] bool is_array() const noexcept;
  [[nodiscard]] bool is_object() const noexcept;
  [[nodiscard]] std::size_t size() const;  // of an array or object

  // One that is not there where the key is missing.
  [[nodiscard]] JsonEntry at(std::string_view key) const;
  [[nodiscard]] JsonEntry at(std::size_t index) const;

  [[nodiscard]] const std::string& string() const;
  [[nodiscard]] std::string string_or(std::string_view otherwise) const;
  [[nodiscard]] bool boolean_or(bool otherwise) const;
  [[nodiscard]] double number() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] std::int64_t integer_or(std::int64_t otherwise) const;
  // "type", of a component.
  [[nodiscard]] const std::string& type() const { return at("type").string(); }

  [[nodiscard]] const nlohmann::json& value() const noexcept { return *value_; }
  [[nodiscard]] const std::string& source() const noexcept { return *source_; }

  // "'tokenizer.json' cannot be used: <place> <problem>."
  [[nodiscard]] Error error(const std::string& problem, ErrorCode code = ErrorCode::format) const;
  [[nodiscard]] Error unknown_type() const;

 private:
  const nlohmann::json* value_;
  std::string place_;
  const std::string* source_;
};

// The components of a "Sequence", of sequences in it, too; the entry itself where it is none; nothing where it is not
// there. `list` is the key of a sequence's components.
[[nodiscard]] std::vector<JsonEntry> components(const JsonEntry& entry, std::string_view list);

}  // namespace sotto::engine
