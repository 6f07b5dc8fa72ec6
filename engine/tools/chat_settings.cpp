#include "chat_settings.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "errors.h"
#include "numbers.h"

namespace sotto::cli {
namespace {

struct Description {
  std::string_view name;
  std::string_view argument;
  std::string_view text;
};

constexpr std::array descriptions{
    Description{"help", "", "this list"},
    Description{"reset", "", "begin a new conversation; the system prompt and the settings stay"},
    Description{"system", "TEXT", "set the system prompt; - takes it away"},
    Description{"temperature", "X", "0 is greedy, up to 10"},
    Description{"top-k", "N", "choose among the N likeliest tokens; 0: all"},
    Description{"top-p", "X", "choose among the likeliest tokens that together reach X"},
    Description{"min-p", "X", "leave out tokens less likely than X times the best"},
    Description{"repeat-penalty", "X", "make the last 64 tokens less likely; 1: off"},
    Description{"seed", "N", "seed of the next reply; it grows by one with each"},
    Description{"regenerate", "", "write the last reply anew"},
    Description{"continue", "", "go on with a reply that was stopped"},
    Description{"stats", "", "speed of the last reply, context in use, settings"},
    Description{"quit", "", "end; so does the end of input"},
};

std::string text_of(float value) {
  std::ostringstream stream;
  stream.imbue(std::locale::classic());
  stream << value;
  return stream.str();
}

std::string temperature_of(const engine::SamplingParams& params) {
  return params.greedy || params.temperature <= 0 ? "0 (greedy)" : text_of(params.temperature);
}

}  // namespace

std::optional<ChatCommand> parse_command(std::string_view line) {
  if (line.size() < 2 || line[0] != '/' || line[1] == '/' || line[1] == ' ') return std::nullopt;
  line.remove_prefix(1);
  const std::size_t blank = line.find_first_of(" \t");
  ChatCommand command{std::string(line.substr(0, blank)), {}};
  if (blank != std::string_view::npos) {
    line.remove_prefix(blank);
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t end = line.find_last_not_of(" \t");
    if (begin != std::string_view::npos) command.argument = line.substr(begin, end - begin + 1);
  }
  return command;
}

std::string message_of(std::string_view line) {
  if (line.starts_with("//")) line.remove_prefix(1);
  return std::string(line);
}

bool is_known_command(std::string_view name) {
  return std::ranges::any_of(descriptions, [name](const Description& each) { return each.name == name; });
}

std::string help_text() {
  std::string text;
  for (const Description& description : descriptions) {
    std::string command = "/" + std::string(description.name);
    if (!description.argument.empty()) command += " " + std::string(description.argument);
    command.resize(20, ' ');
    text += command + std::string(description.text) + "\n";
  }
  return text +
         "A setting without a value is shown. Ctrl+C stops a reply. A \\ at the end of a line goes on in the\n"
         "next one; // at its beginning sends a message that begins with a slash.";
}

std::optional<std::string> apply_setting(ChatSettings& settings, const ChatCommand& command) {
  const auto& [name, argument] = command;
  const bool change = !argument.empty();
  engine::SamplingParams& params = settings.params;
  const auto number = [&](float& target, float low, float high) {
    if (change) target = parse_number("/" + name, argument, low, high);
    return text_of(target);
  };
  if (name == "system") {
    if (change) settings.system = argument == "-" ? std::string() : argument;
    return settings.system.empty() ? "There is no system prompt." : "System prompt: " + settings.system;
  }
  if (name == "temperature") {
    number(params.temperature, 0, max_temperature);
    if (change) params.greedy = false;
    return "Temperature: " + temperature_of(params) + ".";
  }
  if (name == "top-k") {
    if (change) params.top_k = static_cast<int>(parse_integer("/top-k", argument, 0, max_top_k));
    return "Top-k: " + std::to_string(params.top_k) + ".";
  }
  if (name == "top-p") return "Top-p: " + number(params.top_p, 0, 1) + ".";
  if (name == "min-p") return "Min-p: " + number(params.min_p, 0, 1) + ".";
  if (name == "repeat-penalty") return "Repeat penalty: " + number(params.repeat_penalty, 0.1F, 10) + ".";
  if (name == "seed") {
    if (change) settings.seed = parse_unsigned("/seed", argument);
    return "Seed of the next reply: " + std::to_string(settings.seed) + ".";
  }
  return std::nullopt;
}

}  // namespace sotto::cli
