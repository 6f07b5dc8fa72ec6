// `sotto`'s command line. What needs no window is done here, without a display and beside a running Sotto.
//
//     sotto [--data-dir DIR] [--model FILE] [--new]
//     sotto --list                                             id, title, messages; tab separated, newest first
//     sotto --export ID|all --format json|md|txt --out PATH    a file; with `all` a folder
//     sotto --version | --help
#pragma once

#include <QStringList>
#include <optional>

#include "startup/start_options.h"

class QTextStream;

namespace sotto::app {

struct CommandLine {
  StartOptions start;
  std::optional<int> exitCode;  // everything is done: end with it. nullopt: open the window
};

// `arguments` with the program's name first. Results go to `out`, and one sentence to `err` where something is wrong,
// misuse included (exit code 1). To be called before there is an application object; Qt's own options (-platform and
// its relatives) are left to the window's application.
[[nodiscard]] CommandLine runCommandLine(const QStringList& arguments, QTextStream& out, QTextStream& err);

}  // namespace sotto::app
