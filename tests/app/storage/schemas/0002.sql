table model_hashes
CREATE TABLE model_hashes (
  path     TEXT PRIMARY KEY,
  size     INTEGER NOT NULL,  -- bytes
  modified INTEGER NOT NULL,  -- nanoseconds since 1970
  sha256   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
table presets
CREATE TABLE presets (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,  -- the name case-folded: two names that differ in case only are one
  built_in TEXT UNIQUE,           -- key in resources/presets/built-in.json; NULL: the user's own
  params   TEXT NOT NULL          -- JSON, the full set of sampling parameters
) STRICT;
table recent_models
CREATE TABLE recent_models (
  path    TEXT PRIMARY KEY,
  used_at INTEGER NOT NULL  -- milliseconds since 1970, UTC
) STRICT, WITHOUT ROWID;
table settings
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
