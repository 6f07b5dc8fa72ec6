#include "presets/built_in_presets.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "domain/sampling_json.h"

namespace sotto::app {

const std::vector<BuiltInPreset>& shippedPresets() {
  static const std::vector<BuiltInPreset> presets = [] {
    std::vector<BuiltInPreset> read;
    QFile file(QStringLiteral(":/presets/built-in.json"));
    if (!file.open(QIODevice::ReadOnly)) return read;
    for (const QJsonValue& value : QJsonDocument::fromJson(file.readAll()).array()) {
      const QJsonObject json = value.toObject();
      const auto text = [&json](const char* name) { return json.value(QLatin1StringView(name)).toString(); };
      const QJsonObject params = json.value(QLatin1StringView("params")).toObject();
      read.push_back({text("key"), {{}, text("name"), samplingParamsFromJson(params), true}});
    }
    return read;
  }();
  return presets;
}

const std::vector<Preset>& builtInPresets() {
  static const std::vector<Preset> presets = [] {
    std::vector<Preset> plain;
    for (const BuiltInPreset& shipped : shippedPresets()) plain.push_back(shipped.preset);
    return plain;
  }();
  return presets;
}

}  // namespace sotto::app
