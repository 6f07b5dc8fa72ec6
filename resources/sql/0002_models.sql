-- What is known about model files.

-- SHA-256 of a file, as long as its size and time stay what they were.
CREATE TABLE model_hashes (
  path     TEXT PRIMARY KEY,
  size     INTEGER NOT NULL,  -- bytes
  modified INTEGER NOT NULL,  -- nanoseconds since 1970
  sha256   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recent_models (
  path    TEXT PRIMARY KEY,
  used_at INTEGER NOT NULL  -- milliseconds since 1970, UTC
) STRICT, WITHOUT ROWID;
