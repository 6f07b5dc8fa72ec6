-- Replies that were written before their model's hash was known. They get it as soon as this file has been read, be it in a
-- later run.

CREATE TABLE unhashed_replies (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  path       TEXT NOT NULL,  -- of the model's file, with size and modified as in model_hashes
  size       INTEGER NOT NULL,
  modified   INTEGER NOT NULL
) STRICT;

CREATE INDEX unhashed_replies_by_path ON unhashed_replies (path);
