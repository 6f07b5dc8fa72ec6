// sotto-cli chat MODEL [options of the reply]
#include <functional>
#include <optional>
#include <utility>

#include "chat_settings.h"
#include "command.h"
#include "errors.h"
#include "input.h"
#include "model_file.h"
#include "reply.h"
#include "sotto/engine/error.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  ReplyOptions reply;
};

// A conversation: the messages so far, and the session whose cache holds their prefix. With a person at a terminal
// errors are told and the conversation goes on; lines from elsewhere end with the first error.
class Chat {
 public:
  // `form`: what every request has.
  Chat(const Options& options, Environment& environment, engine::Session session, engine::Request form)
      : environment_(environment),
        session_(std::move(session)),
        input_(environment.interrupt),
        form_(std::move(form)),
        settings_{options.reply.system, options.reply.params(), options.reply.seed.value_or(random_seed())} {}

  void run() {
    if (terminal_) greet();
    while (const auto line = read_line()) {
      if (line->empty()) continue;
      try {
        if (!handle(*line)) return;
      } catch (const Failure& failure) {
        if (!terminal_) throw;
        say(failure.what());
      } catch (const engine::Error& error) {
        if (!terminal_ || error.code() == engine::ErrorCode::io) throw;
        say(sentence(error.what()));
      }
    }
    if (terminal_) say("");
  }

 private:
  void greet() const {
    const engine::ModelInfo& info = session_.model().info();
    say(info.name + ", " + info.quantisation + ", context " + std::to_string(session_.context()) +
        " tokens. /help lists the commands.");
    if (!form_.chat_template.empty()) return;
    const engine::TemplateUse& use = session_.model().template_use();
    if (use.origin == engine::TemplateUse::Origin::none) {
      say("This model has no chat template: it continues your text instead of answering it.");
    } else if (use.origin == engine::TemplateUse::Origin::family) {
      say("This model has no chat template: " + use.name + " is used, after its name. --template gives another one.");
    }
  }

  std::optional<std::string> read_line() {
    if (!terminal_) return input_.line();
    std::string text;
    for (const char* prompt = "> ";; prompt = "... ") {
      say_raw(prompt);
      std::optional<std::string> line;
      try {
        line = input_.line();
      } catch (const Interrupted&) {
        say_raw("\n");
        throw;
      }
      if (!line) return text.empty() ? std::nullopt : std::optional(text);
      if (line->empty() || line->back() != '\\') return text + *line;
      line->back() = '\n';
      text += *line;
    }
  }

  // False: the conversation is over.
  bool handle(const std::string& line) {
    const auto command = parse_command(line);
    if (!command || (!terminal_ && !is_known_command(command->name))) {
      send(message_of(line));
      return true;
    }
    if (command->name == "quit") return false;
    if (const auto sentence = apply_setting(settings_, *command)) {
      say(*sentence);
    } else if (command->name == "help") {
      say(help_text());
    } else if (command->name == "reset") {
      messages_.clear();
      session_.reset();
      say("A new conversation.");
    } else if (command->name == "regenerate") {
      regenerate();
    } else if (command->name == "continue") {
      continue_reply();
    } else if (command->name == "stats") {
      say(stats());
    } else {
      throw Failure("There is no command /" + command->name + "; /help lists them.");
    }
    return true;
  }

  void send(std::string text) {
    messages_.push_back({.role = engine::Role::user, .content = std::move(text), .tokens = {}});
    const std::uint64_t old_seed = std::exchange(reply_seed_, settings_.seed);
    write_or([&] {
      messages_.pop_back();
      reply_seed_ = old_seed;
    });
  }

  void regenerate() {
    if (messages_.empty()) throw Failure("There is no reply to write anew.");
    const engine::ChatMessage old = std::move(messages_.back());
    messages_.pop_back();
    const std::uint64_t old_seed = std::exchange(reply_seed_, settings_.seed);
    write_or([&] {
      messages_.push_back(old);
      reply_seed_ = old_seed;
    });
  }

  void continue_reply() {
    if (messages_.empty()) throw Failure("There is no reply to continue.");
    if (last_ && last_->reason == engine::StopReason::end) throw Failure("The last reply is complete.");
    (void)write();
  }

  // Writes a new reply; `undo` takes the conversation back to what it was when none came about.
  void write_or(const std::function<void()>& undo) {
    try {
      if (write()) {
        ++settings_.seed;
        return;
      }
    } catch (...) {
      undo();
      throw;
    }
    undo();
    say("Stopped before the reply began; the conversation is as it was.");
  }

  // Writes or continues the reply that the messages ask for. False: it was stopped before its first token.
  bool write() {
    engine::Request request = form_;
    request.seed = reply_seed_;
    if (!settings_.system.empty()) {
      request.messages.push_back({.role = engine::Role::system, .content = settings_.system, .tokens = {}});
    }
    request.messages.insert(request.messages.end(), messages_.begin(), messages_.end());
    const Reply reply = write_reply(environment_, session_, request, engine::LiveSampling(settings_.params));
    environment_.out.check();
    const bool stopped = reply.result.reason == engine::StopReason::stopped;
    if (!stopped || !reply.text.empty()) environment_.out.print("\n");
    if (stopped && !terminal_) throw Interrupted{};
    environment_.interrupt.rearm();
    if (stopped && reply.tokens.empty()) return false;
    last_ = reply.result;
    note(reply.result.reason);

    if (messages_.back().role != engine::Role::assistant) {
      messages_.push_back({.role = engine::Role::assistant, .content = {}, .tokens = {}});
    }
    engine::ChatMessage& message = messages_.back();
    message.content += reply.text;
    message.tokens.insert(message.tokens.end(), reply.tokens.begin(), reply.tokens.end());
    return true;
  }

  void note(engine::StopReason reason) const {
    // Nobody asked for that end: it is said to a script's standard error, too.
    if (reason == engine::StopReason::context && !terminal_) say("The context is full, so the last reply ended early.");
    if (!terminal_) return;
    if (reason == engine::StopReason::stopped) say("(stopped; /continue goes on)");
    if (reason == engine::StopReason::length) {
      say("(" + std::to_string(form_.max_tokens) + " tokens, as many as -n allows; /continue goes on)");
    }
    if (reason == engine::StopReason::context) say("(the context is full; /reset begins anew)");
  }

  std::string stats() const {
    std::string text = last_ ? describe(*last_) : "There is no reply yet.";
    text += " Context: " + std::to_string(session_.length()) + " of " + std::to_string(session_.context()) + " tokens.";
    ChatSettings settings = settings_;
    for (const char* name : {"temperature", "top-k", "top-p", "min-p", "repeat-penalty", "seed"}) {
      text += " " + apply_setting(settings, {name, {}}).value_or(std::string());
    }
    return text;
  }

  Environment& environment_;
  engine::Session session_;
  Input input_;
  const bool terminal_ = Input::is_terminal();
  const engine::Request form_;
  ChatSettings settings_;
  std::vector<engine::ChatMessage> messages_;  // without the system prompt
  std::uint64_t reply_seed_ = 0;               // of the last reply, so that it is continued as it would have gone on
  std::optional<engine::GenerationResult> last_;
};

}  // namespace

Action define_chat(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  add_reply_options(app, options->reply);
  return [options](Environment& environment) {
    const auto model = load_model(options->model, environment, options->reply.exact);
    engine::Request form;
    form.max_tokens = options->reply.max_tokens;
    add_template(options->reply, *model, form);
    Chat(*options, environment, open_session(model, options->reply.session), std::move(form)).run();
  };
}

}  // namespace sotto::cli
