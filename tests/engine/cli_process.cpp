#include "engine/cli_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <array>

namespace sotto::test {

QByteArray CliRun::text() const {
  return "exit " + QByteArray::number(code) + " " + trouble.toUtf8() + "\nstdout: " + out.left(2000) +
         "\nstderr: " + err.left(2000);
}

QString cli_program() { return QStringLiteral(SOTTO_BIN_DIR "/sotto-cli"); }

std::unique_ptr<QProcess> start_cli(const QStringList& arguments) {
  auto process = std::make_unique<QProcess>();
  process->start(cli_program(), arguments);
  process->waitForStarted();
  return process;
}

CliRun finish_cli(QProcess& process, int timeout_ms) {
  CliRun run;
  if (process.state() != QProcess::NotRunning && !process.waitForFinished(timeout_ms)) {
    run.trouble = "did not end: " + process.errorString();
    process.kill();
    process.waitForFinished();
  } else if (process.exitStatus() == QProcess::CrashExit) {
    run.trouble = "crashed: " + process.errorString();
  } else {
    run.code = process.exitCode();
  }
  run.out = process.readAllStandardOutput();
  run.err = process.readAllStandardError();
  return run;
}

CliRun run_cli(const QStringList& arguments, const QByteArray& input, int timeout_ms) {
  const auto process = start_cli(arguments);
  if (process->state() == QProcess::NotRunning && process->error() == QProcess::FailedToStart) {
    return {.code = -1, .out = {}, .err = {}, .trouble = "did not start: " + process->errorString()};
  }
  process->write(input);
  process->closeWriteChannel();
  return finish_cli(*process, timeout_ms);
}

QString error_sentence(const CliRun& run) {
  QString text = QString::fromUtf8(run.err);
  if (!text.startsWith("sotto-cli: ") || text.count('\n') != 1 || !text.endsWith('\n')) return {};
  text.chop(1);
  if (!text.endsWith('.')) return {};
  return text.mid(11);
}

CliTerminal::CliTerminal(const QStringList& arguments) {
  int slave = -1;
  if (openpty(&master_, &slave, nullptr, nullptr, nullptr) != 0) return;
  fcntl(master_, F_SETFD, FD_CLOEXEC);
  process_.setChildProcessModifier([slave] {
    setsid();
    ioctl(slave, TIOCSCTTY, 0);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(slave, descriptor);
    if (slave > STDERR_FILENO) close(slave);
  });
  process_.start(cli_program(), arguments);
  process_.waitForStarted();
  close(slave);
}

CliTerminal::~CliTerminal() {
  if (process_.state() != QProcess::NotRunning) {
    process_.kill();
    process_.waitForFinished();
  }
  if (master_ >= 0) close(master_);
}

void CliTerminal::type(const QByteArray& keys) {
  [[maybe_unused]] const auto written = write(master_, keys.constData(), static_cast<std::size_t>(keys.size()));
}

bool CliTerminal::read_some(int timeout_ms) {
  pollfd wait{.fd = master_, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, timeout_ms) <= 0) return false;
  std::array<char, 4096> chunk;
  const ssize_t count = read(master_, chunk.data(), chunk.size());
  if (count <= 0) return false;  // EIO: the other side is closed
  screen_.append(chunk.data(), static_cast<qsizetype>(count));
  return true;
}

bool CliTerminal::wait_for(const QByteArray& text, int timeout_ms) {
  QElapsedTimer timer;
  timer.start();
  for (;;) {
    const qsizetype found = screen_.indexOf(text, seen_);
    if (found >= 0) {
      seen_ = found + text.size();
      return true;
    }
    const auto left = timeout_ms - static_cast<int>(timer.elapsed());
    if (left <= 0 || !read_some(left)) return false;
  }
}

int CliTerminal::wait_for_end(int timeout_ms) {
  QElapsedTimer timer;
  timer.start();
  while (timer.elapsed() < timeout_ms && read_some(timeout_ms - static_cast<int>(timer.elapsed()))) {
  }
  if (!process_.waitForFinished(std::max(1000, timeout_ms - static_cast<int>(timer.elapsed())))) return -1;
  return process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
}

}  // namespace sotto::test
