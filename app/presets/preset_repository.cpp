#include "presets/preset_repository.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <algorithm>

#include "domain/sampling_json.h"
#include "presets/built_in_presets.h"
#include "storage/database.h"
#include "storage/storage_error.h"

namespace sotto::app {
namespace {

constexpr int longestName = 100;

QString say(const char* sentence) { return QCoreApplication::translate("Presets", sentence); }

[[noreturn]] void failMissing() { throw StorageError(Failure::Kind::missing, say("This preset is no longer there.")); }

QString paramsText(const engine::SamplingParams& params) {
  return QString::fromUtf8(QJsonDocument(toJson(params)).toJson(QJsonDocument::Compact));
}

QString keyOf(const QString& name) { return name.normalized(QString::NormalizationForm_KC).toCaseFolded(); }

struct Row {
  QString name;
  QString builtIn;  // key, empty: the user's own
  QString params;
};

Row readRow(Database& database, PresetId id) {
  auto row = database.query("SELECT name, built_in, params FROM presets WHERE id = ?");
  if (!row.bind(1, id.value).step()) failMissing();
  return {row.text(0), row.text(1), row.text(2)};
}

bool isTaken(Database& database, const QString& name, PresetId except) {
  auto row = database.query("SELECT 1 FROM presets WHERE name_key = ? AND id <> ?");
  return row.bind(1, keyOf(name)).bind(2, except.value).step();
}

// The name as it is stored; throws for one that cannot be.
QString checkedName(Database& database, const QString& wanted, PresetId except = {}) {
  QString name = wanted.simplified();
  if (name.isEmpty()) throw StorageError(Failure::Kind::invalid, say("Give the preset a name."));
  if (name.size() > longestName) {
    throw StorageError(Failure::Kind::invalid, say("Give the preset a name of at most 100 characters."));
  }
  if (isTaken(database, name, except)) {
    throw StorageError(Failure::Kind::invalid,
                       say("There is a preset called %1 already; choose another name.").arg(name));
  }
  return name;
}

PresetId insert(Database& database, const QString& name, const QString& params, const QString& builtIn) {
  auto row = database.query("INSERT INTO presets (name, name_key, built_in, params) VALUES (?, ?, ?, ?)");
  row.bind(1, name).bind(2, keyOf(name)).bindOrNull(3, builtIn).bind(4, params).run();
  return {database.lastInsertId()};
}

}  // namespace

std::vector<Preset> PresetRepository::list() const {
  auto rows =
      database_.query("SELECT id, name, built_in IS NOT NULL, params FROM presets ORDER BY built_in IS NULL, id");
  std::vector<Preset> presets;
  while (rows.step()) {
    presets.push_back({{rows.integer(0)},
                       rows.text(1),
                       samplingParamsFromJson(QJsonDocument::fromJson(rows.blob(3)).object()),
                       rows.integer(2) != 0});
  }
  const auto own = std::find_if(presets.begin(), presets.end(), [](const Preset& preset) { return !preset.builtIn; });
  std::stable_sort(own, presets.end(),
                   [](const Preset& a, const Preset& b) { return QString::localeAwareCompare(a.name, b.name) < 0; });
  return presets;
}

PresetId PresetRepository::add(const QString& name, const engine::SamplingParams& params) {
  Database::Transaction transaction(database_, Durability::full);
  const PresetId id = insert(database_, checkedName(database_, name), paramsText(params), {});
  transaction.commit();
  return id;
}

void PresetRepository::update(PresetId id, const engine::SamplingParams& params) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("UPDATE presets SET params = ? WHERE id = ?").bind(1, paramsText(params)).bind(2, id.value).run();
  if (database_.changes() == 0) failMissing();
  transaction.commit();
}

void PresetRepository::rename(PresetId id, const QString& name) {
  Database::Transaction transaction(database_, Durability::full);
  if (!readRow(database_, id).builtIn.isEmpty()) {
    throw StorageError(Failure::Kind::invalid,
                       say("A built-in preset keeps its name; duplicate it to have one of your own."));
  }
  const QString checked = checkedName(database_, name, id);
  auto update = database_.query("UPDATE presets SET name = ?, name_key = ? WHERE id = ?");
  update.bind(1, checked).bind(2, keyOf(checked)).bind(3, id.value).run();
  transaction.commit();
}

PresetId PresetRepository::duplicate(PresetId id, const QString& name) {
  Database::Transaction transaction(database_, Durability::full);
  const PresetId copy = insert(database_, checkedName(database_, name), readRow(database_, id).params, {});
  transaction.commit();
  return copy;
}

void PresetRepository::remove(PresetId id) {
  Database::Transaction transaction(database_, Durability::full);
  if (!readRow(database_, id).builtIn.isEmpty()) {
    throw StorageError(Failure::Kind::invalid,
                       say("A built-in preset cannot be deleted; reset it to what Sotto ships."));
  }
  database_.query("DELETE FROM presets WHERE id = ?").bind(1, id.value).run();
  transaction.commit();
}

void PresetRepository::reset(PresetId id) {
  Database::Transaction transaction(database_, Durability::full);
  const QString key = readRow(database_, id).builtIn;
  const auto& shipped = shippedPresets();
  const auto found =
      std::find_if(shipped.begin(), shipped.end(), [&key](const auto& preset) { return preset.key == key; });
  if (key.isEmpty() || found == shipped.end()) {
    throw StorageError(Failure::Kind::invalid, say("Only a built-in preset can be reset to what Sotto ships."));
  }
  update(id, found->preset.params);
  transaction.commit();
}

void PresetRepository::addMissingBuiltIns() {
  Database::Transaction transaction(database_, Durability::full);
  for (const BuiltInPreset& shipped : shippedPresets()) {
    {
      auto row = database_.query("SELECT 1 FROM presets WHERE built_in = ?");
      if (row.bind(1, shipped.key).step()) continue;
    }
    QString name = shipped.preset.name;
    for (int number = 2; isTaken(database_, name, {}); ++number) {  // by the user's own, older one
      name = QStringLiteral("%1 (%2)").arg(shipped.preset.name).arg(number);
    }
    (void)insert(database_, name, paramsText(shipped.preset.params), shipped.key);
  }
  transaction.commit();
}

}  // namespace sotto::app
