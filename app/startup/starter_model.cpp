#include "startup/starter_model.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace sotto::app {

QString starterModelPath() {
  const QString path = QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral(SOTTO_STARTER_FROM_BIN));
  return QFileInfo(path).isFile() ? QDir::cleanPath(path) : QString();
}

}  // namespace sotto::app
