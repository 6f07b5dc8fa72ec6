// Numbers on the command line: the whole word must be one, and within its range.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace sotto::cli {

// `what` names the number in the message: "--top-k must be a whole number from 0 to 1000000, not 'abc'." Throw Failure.
[[nodiscard]] std::int64_t parse_integer(std::string_view what, std::string_view text, std::int64_t low,
                                         std::int64_t high);
[[nodiscard]] std::uint64_t parse_unsigned(std::string_view what, std::string_view text);  // 0 to 2^64-1
[[nodiscard]] float parse_number(std::string_view what, std::string_view text, float low, float high);

// Options that take such a number; `value` stands for it in the help.
CLI::Option* add_integer(CLI::App& app, const std::string& name, int& target, int low, int high,
                         const std::string& description, const std::string& value = "N");
CLI::Option* add_number(CLI::App& app, const std::string& name, float& target, float low, float high,
                        const std::string& description, const std::string& value);

}  // namespace sotto::cli
