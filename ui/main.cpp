// sotto: what needs no window is done by the command line; one process a data directory; then the window.
#include <unistd.h>

#include <QApplication>
#include <QMessageBox>
#include <QTextStream>
#include <QTimer>
#include <algorithm>

#include "chat/chat_controller.h"
#include "main_window.h"
#include "startup/command_line.h"
#include "startup/lifecycle.h"
#include "startup/single_instance.h"
#include "startup/starter_model.h"
#include "storage/data_directory.h"
#include "theme/theme.h"
#include "translations.h"

namespace {

using namespace sotto;

int fail(const QString& sentence) {
  QTextStream(stderr) << "sotto: " << sentence << Qt::endl;
  return 1;
}

// From a desktop icon nobody reads what is written to standard error.
int failInWindow(const QString& sentence) {
  const int code = fail(sentence);
  const QString platform = QGuiApplication::platformName();
  if (::isatty(STDERR_FILENO) == 0 &&
      (platform == QLatin1String("xcb") || platform.startsWith(QLatin1String("wayland")))) {
    ui::Theme::instance().install();
    QMessageBox(QMessageBox::NoIcon, QStringLiteral("Sotto"), sentence, QMessageBox::Ok).exec();
  }
  return code;
}

// Qt ends without a display by aborting; this is to say it in a sentence.
bool hasDisplay(const QStringList& arguments) {
  const bool chosen =
      qEnvironmentVariableIsSet("QT_QPA_PLATFORM") ||
      std::any_of(arguments.begin(), arguments.end(), [](const QString& argument) {
        return argument.startsWith(QStringLiteral("-platform")) || argument.startsWith(QStringLiteral("--platform"));
      });
  return chosen || !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

int run(QApplication& application, const app::StartOptions& start) {
  if (const app::Result<void> prepared = app::prepareDataDirectory(start.dataDir); !prepared) {
    return failInWindow(prepared.failure().sentence);
  }
  app::SingleInstance instance(start.dataDir);
  switch (instance.claim(start.toArguments())) {
    case app::SingleInstance::Outcome::handedOver:
      return 0;
    case app::SingleInstance::Outcome::failed:
      return failInWindow(instance.error());
    case app::SingleInstance::Outcome::first:
      break;
  }

  ui::Theme::instance().install();
  ui::installTranslations(&application);
  app::ChatController controller({.dataDir = start.dataDir, .starterModel = app::starterModelPath()});
  app::Lifecycle lifecycle(controller);
  ui::MainWindow window(&controller, {.dataDir = start.dataDir,
                                      .stateFile = start.dataDir + QStringLiteral("/window.json"),
                                      .model = app::modelPath(start),
                                      .newChat = start.newChat});
  QObject::connect(&instance, &app::SingleInstance::raiseRequested, &window, [&window](const QStringList& arguments) {
    const app::StartOptions asked = app::StartOptions::fromArguments(arguments);
    window.takeOver(app::modelPath(asked), asked.newChat);
  });
  window.show();
  // The first frame before the database.
  QTimer::singleShot(0, &controller, &app::ChatController::start);
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  QTextStream out(stdout);
  QTextStream err(stderr);
  const app::CommandLine command = app::runCommandLine(arguments, out, err);
  if (command.exitCode) return *command.exitCode;

  if (!hasDisplay(arguments)) {
    return fail(QStringLiteral("There is no display to open a window on; sotto-cli chat talks in the terminal."));
  }
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("sotto"));
  QApplication::setApplicationDisplayName(QStringLiteral("Sotto"));
  QApplication::setApplicationVersion(QStringLiteral(SOTTO_VERSION));
  QGuiApplication::setDesktopFileName(QStringLiteral("sotto"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/sotto.svg")));
  return run(application, command.start);
}
