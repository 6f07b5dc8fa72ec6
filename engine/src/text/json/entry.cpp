#include "text/json/entry.h"

#include <nlohmann/json.hpp>

#include "io/printable.h"

namespace sotto::engine {
namespace {

constexpr int deepest = 16;         // sequences in sequences
constexpr std::size_t most = 1000;  // components

const nlohmann::json& nothing() {
  static const nlohmann::json null;
  return null;
}

void add_components(const JsonEntry& entry, std::string_view list, int depth, std::vector<JsonEntry>& result) {
  if (!entry.is_there()) return;
  if (entry.type() != "Sequence") {
    if (result.size() == most) throw entry.error("is one component too many", ErrorCode::unsupported);
    result.push_back(entry);
    return;
  }
  if (depth == deepest) throw entry.error("is nested too deeply", ErrorCode::unsupported);
  const JsonEntry parts = entry.at(list);
  for (std::size_t i = 0; i < parts.size(); ++i) add_components(parts.at(i), list, depth + 1, result);
}

}  // namespace

bool JsonEntry::is_there() const noexcept { return !value_->is_null(); }
bool JsonEntry::is_string() const noexcept { return value_->is_string(); }
bool JsonEntry::is_array() const noexcept { return value_->is_array(); }
bool JsonEntry::is_object() const noexcept { return value_->is_object(); }

std::size_t JsonEntry::size() const {
  if (!is_array() && !is_object()) throw error("is not a list");
  return value_->size();
}

JsonEntry JsonEntry::at(std::string_view key) const {
  if (!is_object()) throw error("is not an object");
  const auto found = value_->find(key);
  std::string place = place_;
  if (!place.empty()) place += '.';
  return {found == value_->end() ? nothing() : *found, place.append(key), *source_};
}

JsonEntry JsonEntry::at(std::size_t index) const {
  if (!is_array() || index >= value_->size()) throw error("is not a list of that length");
  std::string place = place_;
  place.append(1, '[').append(std::to_string(index)).append(1, ']');
  return {(*value_)[index], std::move(place), *source_};
}

const std::string& JsonEntry::string() const {
  if (!is_string()) throw error("is not a text");
  return value_->get_ref<const std::string&>();
}

std::string JsonEntry::string_or(std::string_view otherwise) const {
  return is_there() ? string() : std::string(otherwise);
}

bool JsonEntry::boolean_or(bool otherwise) const {
  if (!is_there()) return otherwise;
  if (!value_->is_boolean()) throw error("is neither true nor false");
  return value_->get<bool>();
}

double JsonEntry::number() const {
  if (!value_->is_number()) throw error("is not a number");
  return value_->get<double>();
}

std::int64_t JsonEntry::integer() const {
  if (!value_->is_number_integer()) throw error("is not a whole number");
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX) throw error("is too large");
  return value_->get<std::int64_t>();
}

std::int64_t JsonEntry::integer_or(std::int64_t otherwise) const { return is_there() ? integer() : otherwise; }

Error JsonEntry::error(const std::string& problem, ErrorCode code) const {
  const std::string what = place_.empty() ? "it" : printable(place_);
  return {code, in_quotes(*source_) + " cannot be used: " + what + " " + problem + ".", place_};
}

Error JsonEntry::unknown_type() const {
  return error(std::string("is ").append(in_quotes(type())).append(", which Sotto does not know"),
               ErrorCode::unsupported);
}

std::vector<JsonEntry> components(const JsonEntry& entry, std::string_view list) {
  std::vector<JsonEntry> result;
  add_components(entry, list, 0, result);
  return result;
}

}  // namespace sotto::engine
