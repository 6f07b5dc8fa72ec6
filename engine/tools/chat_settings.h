// What the commands of `chat` show and change, and how they are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sampling_options.h"

namespace sotto::cli {

// A line that begins with a slash: "/top-p 0.9" is {"top-p", "0.9"}. A second slash in front makes it a message again.
struct ChatCommand {
  std::string name;
  std::string argument;
};

// nullopt: the line is a message.
[[nodiscard]] std::optional<ChatCommand> parse_command(std::string_view line);
// The message of a line that is no command: without the slash that only keeps it from being one.
[[nodiscard]] std::string message_of(std::string_view line);

[[nodiscard]] bool is_known_command(std::string_view name);
[[nodiscard]] std::string help_text();

struct ChatSettings {
  std::string system;
  engine::SamplingParams params;
  std::uint64_t seed = 0;  // of the next reply; grows by one with each
};

// Carries out a command that shows or changes a setting and returns the sentence to say about it; without an argument
// the setting is only shown. nullopt: the command is no setting. Throws Failure for a bad argument.
[[nodiscard]] std::optional<std::string> apply_setting(ChatSettings& settings, const ChatCommand& command);

}  // namespace sotto::cli
