#include "startup/starter_model.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace sotto::app {

QString starterModelPath() {
  const QString path = QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral(SOTTO_STARTER_FROM_BIN));
  return QFileInfo(path).isFile() ? QDir::cleanPath(path) : QString();
}

QString modelPath(const StartOptions& options) {
  const QString starter = options.modelFile == QLatin1String(StartOptions::starter) ? starterModelPath() : QString();
  return starter.isEmpty() ? options.modelFile : starter;
}

}  // namespace sotto::app
