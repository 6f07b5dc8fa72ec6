-- Chat templates that people wrote for their models, and whether a reasoning model thinks first.

CREATE TABLE model_templates (
  model TEXT PRIMARY KEY,  -- templateKey(): SHA-256 in hex of the model's name, architecture and own template
  text  TEXT NOT NULL      -- Jinja
) STRICT, WITHOUT ROWID;

ALTER TABLE conversations ADD COLUMN thinking INTEGER;  -- 1: the model thinks first; 0: it does not; NULL: as its template has it
