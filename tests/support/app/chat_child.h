// A whole Sotto without a window in a process of its own, for tests that kill it: it has the data directory's lock, a
// model, and writes replies until it is ended. It tells what it does on standard output, one line each:
//
//     ready MS                the conversations are there
//     sent MS                 a message's reply has begun to exist
//     shown MS MESSAGE CHARS  so much of a reply could be seen
//     beat MS GAP             every 20 ms; GAP is how long ago the last one was (a busy machine stalls processes)
//
// MS is the system's monotonic clock.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

namespace sotto::test {

[[nodiscard]] qint64 monotonicMs();

// Arguments that make a test program, which calls runChatChild first in main(), the child.
[[nodiscard]] QStringList chatChildArguments(const QString& dataDir, const QString& model, int microsecondsPerToken);

// nullopt: these are not a child's arguments.
[[nodiscard]] std::optional<int> runChatChild(int argc, char** argv);

}  // namespace sotto::test
