#include "cli.h"

#include <array>
#include <exception>
#include <new>

#include "command.h"
#include "errors.h"

namespace sotto::cli {
namespace {

constexpr std::array commands{
    Command{"inspect", "Show what a model file holds and whether Sotto can run it", define_inspect},
    Command{"tokenize", "Print the token ids of a text", define_tokenize},
    Command{"render", "Print what a chat template makes of messages", define_render},
    Command{"logits", "Write the logits of every token of a text to a .npy file", define_logits},
    Command{"ask", "Answer one prompt", define_ask},
    Command{"chat", "Hold a conversation in the terminal", define_chat},
    Command{"perplexity", "Measure how well a model predicts a text", define_perplexity},
    Command{"bench", "Measure the speed of prefill and decode", define_bench},
};

std::string usage() {
  std::string text =
      "Runs a language model on this computer.\n"
      "Usage: sotto-cli COMMAND MODEL [OPTIONS]\n\nCommands:\n";
  for (const Command& command : commands) {
    text += "  " + std::string(command.name) + std::string(12 - command.name.size(), ' ') +
            std::string(command.summary) + "\n";
  }
  return text +
         "\nMODEL is a GGUF file, or starter for the model that comes with Sotto. sotto-cli COMMAND --help lists the "
         "options of a command, sotto-cli --version\n"
         "prints the version. Results go to standard output, everything else to standard error.\n";
}

const Command* find(std::string_view name) {
  for (const Command& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

// CLI11's complaint as a sentence, without its end.
std::string explain(const CLI::ParseError& error, const CLI::App& app) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    for (const std::string& argument : app.remaining()) {
      if (argument == "--") continue;
      return (argument.starts_with('-') ? "There is no option '" : "There is no place for '") + argument + "'";
    }
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = text.substr(0, text.find(':'));
    return option + (text.find("received") == std::string::npos ? " needs a value" : " may be given once");
  }
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
  return text;
}

void run_command(int argc, const char* const* argv, Environment& environment) {
  if (argc < 2) throw Failure("A command is missing (sotto-cli --help lists them).");
  const std::string first = argv[1];
  if (first == "--help" || first == "-h" || first == "help") return environment.out.print(usage());
  if (first == "--version") return environment.out.print("sotto-cli " SOTTO_VERSION "\n");
  const Command* command = find(first);
  if (command == nullptr) {
    throw Failure("There is no command '" + first + "' (sotto-cli --help lists them).");
  }

  const std::string name = "sotto-cli " + first;
  CLI::App app(std::string(command->summary), name);
  app.get_formatter()->column_width(28);
  const Action action = command->define(app);
  try {
    app.parse(argc - 1, argv + 1);
  } catch (const CLI::CallForHelp&) {
    return environment.out.print(app.help());
  } catch (const CLI::ParseError& error) {
    throw Failure(explain(error, app) + " (" + name + " --help lists the options).");
  }
  action(environment);
}

}  // namespace

int run(int argc, const char* const* argv) {
  const auto fail = [](std::string_view message) {
    say("sotto-cli: " + sentence(message));
    return 1;
  };
  try {
    prepare_standard_streams();
    Interrupt interrupt;
    Output out;
    Environment environment{interrupt, out};
    run_command(argc, argv, environment);
    return 0;
  } catch (const Interrupted&) {
    return 130;
  } catch (const OutputClosed&) {
    return 1;
  } catch (const std::bad_alloc&) {
    return fail("There is not enough memory.");
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

}  // namespace sotto::cli
