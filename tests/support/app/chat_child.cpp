#include "support/app/chat_child.h"

#include <QCoreApplication>
#include <QTimer>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include "chat/chat_controller.h"
#include "startup/lifecycle.h"
#include "startup/single_instance.h"
#include "support/app/pace.h"

namespace sotto::test {

namespace {

const QString childFlag = QStringLiteral("--chat-child");

void tell(const char* what, qint64 a, qint64 b = -1, qint64 c = -1) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (c >= 0) {
    std::printf("%s %lld %lld %lld\n", what, static_cast<long long>(a), static_cast<long long>(b),
                static_cast<long long>(c));
  } else {
    std::printf("%s %lld %lld\n", what, static_cast<long long>(a), static_cast<long long>(b));
  }
  std::fflush(stdout);
}

void beat(std::stop_token stop) {
  qint64 last = monotonicMs();
  while (!stop.stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const qint64 now = monotonicMs();
    tell("beat", now, now - last);
    last = now;
  }
}

}  // namespace

qint64 monotonicMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

QStringList chatChildArguments(const QString& dataDir, const QString& model, int microsecondsPerToken) {
  return {childFlag, dataDir, model, QString::number(microsecondsPerToken)};
}

std::optional<int> runChatChild(int argc, char** argv) {
  if (argc != 5 || QString::fromLocal8Bit(argv[1]) != childFlag) return std::nullopt;
  QCoreApplication application(argc, argv);
  const QStringList arguments = QCoreApplication::arguments();
  const std::jthread heart(beat);
  app::SingleInstance instance(arguments[2]);
  if (instance.claim({}) != app::SingleInstance::Outcome::first) return 1;
  const auto pace = std::make_shared<Pace>();
  pace->slow(std::chrono::microseconds(arguments[4].toInt()));
  app::ChatController chat({.dataDir = arguments[2], .loader = pacedLoader(pace)});
  const app::Lifecycle lifecycle(chat);

  QObject::connect(&chat, &app::ChatController::ready, &chat, [&] {
    tell("ready", monotonicMs());
    chat.loadModel(arguments[3]);
  });
  QObject::connect(&chat, &app::ChatController::storageFailed, &application, [] { QCoreApplication::exit(2); });
  const auto say = [&] {
    chat.newConversation();
    if (!chat.send(QStringLiteral("A question of %1").arg(monotonicMs()))) QCoreApplication::exit(3);
  };
  QObject::connect(&chat, &app::ChatController::modelChanged, &chat, [&, begun = false]() mutable {
    if (chat.modelStatus().state == app::ModelState::failed) QCoreApplication::exit(4);
    if (chat.modelStatus().state == app::ModelState::ready && !std::exchange(begun, true)) say();
  });
  QObject::connect(&chat, &app::ChatController::pathChanged, &chat, [] { tell("sent", monotonicMs()); });
  QObject::connect(&chat, &app::ChatController::messageChanged, &chat, [&](app::MessageId id) {
    const app::Message* message = chat.current()->find(id);
    if (message->content.isEmpty()) return;
    tell("shown", monotonicMs(), id.value, message->content.size());
    if (message->state != app::MessageState::streaming) QTimer::singleShot(0, &chat, say);
  });
  chat.start();
  return QCoreApplication::exec();
}

}  // namespace sotto::test
