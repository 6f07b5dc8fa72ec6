#include "window_state.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace sotto::ui {

namespace {

constexpr qint64 kMost = 64 * 1024;

QString modeName(Theme::Mode mode) {
  switch (mode) {
    case Theme::Mode::light:
      return QStringLiteral("light");
    case Theme::Mode::dark:
      return QStringLiteral("dark");
    case Theme::Mode::followDesktop:
      break;
  }
  return QStringLiteral("desktop");
}

Theme::Mode modeFromName(const QString& name) {
  if (name == QLatin1String("light")) return Theme::Mode::light;
  if (name == QLatin1String("dark")) return Theme::Mode::dark;
  return Theme::Mode::followDesktop;
}

// Or not there yet. Pipes, devices and what links to them are not ours to open, still less to replace.
bool isPlace(const QString& path) {
  const QFileInfo info(path);
  return !path.isEmpty() && (info.isFile() || !info.exists());
}

}  // namespace

WindowState WindowState::load(const QString& path) {
  WindowState state;
  QFile file(path);
  if (!isPlace(path) || !file.open(QIODevice::ReadOnly)) return state;
  const QJsonObject object = QJsonDocument::fromJson(file.read(kMost)).object();
  state.geometry = QByteArray::fromBase64(object.value(QStringLiteral("geometry")).toString().toLatin1());
  state.listOpen = object.value(QStringLiteral("conversations")).toBool(true);
  state.samplingOpen = object.value(QStringLiteral("sampling")).toBool(true);
  state.mode = modeFromName(object.value(QStringLiteral("appearance")).toString());
  return state;
}

void WindowState::save(const QString& path) const {
  if (!isPlace(path)) return;
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly)) return;  // a place that cannot be written only forgets the geometry
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
  file.write(QJsonDocument(QJsonObject{{QStringLiteral("geometry"), QString::fromLatin1(geometry.toBase64())},
                                       {QStringLiteral("conversations"), listOpen},
                                       {QStringLiteral("sampling"), samplingOpen},
                                       {QStringLiteral("appearance"), modeName(mode)}})
                 .toJson());
  file.commit();
}

}  // namespace sotto::ui
