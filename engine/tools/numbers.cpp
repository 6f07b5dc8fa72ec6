#include "numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "errors.h"

namespace sotto::cli {
namespace {

// nullopt unless the whole text is a number.
template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename Number>
std::string shortest(Number value) {
  std::array<char, 64> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), error == std::errc() ? end : text.data()};
}

template <typename Number>
[[noreturn]] void refuse(std::string_view what, std::string_view kind, Number low, Number high, std::string_view text) {
  throw Failure(std::string(what) + " must be " + std::string(kind) + " from " + shortest(low) + " to " +
                shortest(high) + ", not '" + std::string(text) + "'.");
}

}  // namespace

std::int64_t parse_integer(std::string_view what, std::string_view text, std::int64_t low, std::int64_t high) {
  const auto value = parse<std::int64_t>(text);
  if (!value || *value < low || *value > high) refuse(what, "a whole number", low, high, text);
  return *value;
}

std::uint64_t parse_unsigned(std::string_view what, std::string_view text) {
  const auto value = parse<std::uint64_t>(text);
  if (!value) {
    refuse<std::uint64_t>(what, "a whole number", 0, std::numeric_limits<std::uint64_t>::max(), text);
  }
  return *value;
}

float parse_number(std::string_view what, std::string_view text, float low, float high) {
  const auto value = parse<float>(text);
  if (!value || !(*value >= low && *value <= high)) refuse(what, "a number", low, high, text);  // NaN as well
  return *value;
}

CLI::Option* add_integer(CLI::App& app, const std::string& name, int& target, int low, int high,
                         const std::string& description, const std::string& value) {
  const auto set = [=, &target](const std::string& text) {
    target = static_cast<int>(parse_integer(name, text, low, high));
  };
  return app.add_option_function<std::string>(name, set, description)->type_name(value);
}

CLI::Option* add_number(CLI::App& app, const std::string& name, float& target, float low, float high,
                        const std::string& description, const std::string& value) {
  const auto set = [=, &target](const std::string& text) { target = parse_number(name, text, low, high); };
  return app.add_option_function<std::string>(name, set, description)->type_name(value);
}

}  // namespace sotto::cli
