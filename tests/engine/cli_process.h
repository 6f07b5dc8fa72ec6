// Runs the real sotto-cli.
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <memory>

namespace sotto::test {

struct CliRun {
  int code = -1;    // exit code; -1: it crashed, hung or did not start
  QByteArray out;   // standard output
  QByteArray err;   // standard error
  QString trouble;  // what went wrong where code is -1

  // What QVERIFY2 shows.
  [[nodiscard]] QByteArray text() const;
};

[[nodiscard]] QString cli_program();

// Runs it to its end, `input` on its standard input.
[[nodiscard]] CliRun run_cli(const QStringList& arguments, const QByteArray& input = {}, int timeout_ms = 60000);

// Starts it with standard input left open; the caller reads, writes, sends signals and waits.
[[nodiscard]] std::unique_ptr<QProcess> start_cli(const QStringList& arguments);
[[nodiscard]] CliRun finish_cli(QProcess& process, int timeout_ms = 60000);

// The one line that an error leaves on standard error, without "sotto-cli: "; empty when there is more or less than
// that.
[[nodiscard]] QString error_sentence(const CliRun& run);

// sotto-cli in a terminal of its own: what it writes to standard output and error comes together, as a person would see
// it.
class CliTerminal {
 public:
  explicit CliTerminal(const QStringList& arguments);
  ~CliTerminal();
  CliTerminal(const CliTerminal&) = delete;
  CliTerminal& operator=(const CliTerminal&) = delete;

  void type(const QByteArray& keys);
  // Reads until `text` has come (behind what earlier calls have seen); false when it does not come in time.
  [[nodiscard]] bool wait_for(const QByteArray& text, int timeout_ms = 30000);
  // Exit code; -1 when it does not end in time.
  [[nodiscard]] int wait_for_end(int timeout_ms = 30000);
  [[nodiscard]] const QByteArray& screen() const { return screen_; }

 private:
  bool read_some(int timeout_ms);

  QProcess process_;
  int master_ = -1;
  QByteArray screen_;
  qsizetype seen_ = 0;
};

}  // namespace sotto::test
