// Presets as rows. See storage/store.h for the thread guarantee and exceptions.
//
// Names are trimmed, not empty, at most 100 characters, and no two differ in upper and lower case only; a name that
// breaks this throws StorageError `invalid` with a sentence. An id that is not there throws `missing`.
#pragma once

#include <QString>
#include <vector>

#include "domain/ids.h"
#include "domain/preset.h"

namespace sotto::app {

class Database;

class PresetRepository {
 public:
  explicit PresetRepository(Database& database) : database_(database) {}

  [[nodiscard]] std::vector<Preset> list() const;  // the built-in ones first, then by name
  [[nodiscard]] PresetId add(const QString& name, const engine::SamplingParams& params);
  void update(PresetId id, const engine::SamplingParams& params);
  void rename(PresetId id, const QString& name);  // `invalid` for a built-in one
  [[nodiscard]] PresetId duplicate(PresetId id, const QString& name);
  void remove(PresetId id);  // `invalid` for a built-in one; conversations keep their parameters
  void reset(PresetId id);   // a built-in one, to what Sotto ships; `invalid` for others

  // Adds the built-in presets that are not there yet; those that the user changed stay changed.
  void addMissingBuiltIns();

 private:
  Database& database_;
};

}  // namespace sotto::app
