index conversations_by_leaf
CREATE INDEX conversations_by_leaf ON conversations (active_leaf) WHERE active_leaf IS NOT NULL;
index conversations_by_preset
CREATE INDEX conversations_by_preset ON conversations (preset_id) WHERE preset_id IS NOT NULL;
index conversations_by_update
CREATE INDEX conversations_by_update ON conversations (updated_at DESC) WHERE deleted_at IS NULL;
index conversations_in_trash
CREATE INDEX conversations_in_trash ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;
index messages_by_conversation
CREATE UNIQUE INDEX messages_by_conversation ON messages (conversation_id, id);
index messages_by_parent
CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id);
index messages_streaming
CREATE INDEX messages_streaming ON messages (id) WHERE state = 'streaming';
index unhashed_replies_by_path
CREATE INDEX unhashed_replies_by_path ON unhashed_replies (path);
table conversations
CREATE TABLE conversations (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  deleted_at    INTEGER,                     -- in the trash since then; NULL: not in the trash
  message_count INTEGER NOT NULL DEFAULT 0,  -- kept by a trigger, so that the list reads no messages
  branch_count  INTEGER NOT NULL DEFAULT 0,  -- leaves of the tree, likewise
  active_leaf   INTEGER REFERENCES messages (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  preset_id     INTEGER REFERENCES presets (id) ON DELETE SET NULL,
  max_tokens    INTEGER NOT NULL DEFAULT 0,  -- 0: as many as the context holds
  seed          ANY,                         -- NULL: a new one for every reply; see messages.seed
  title         TEXT NOT NULL,
  model         TEXT NOT NULL DEFAULT '',    -- of the newest reply
  params        TEXT NOT NULL,               -- JSON, the full set of sampling parameters
  system_prompt TEXT NOT NULL DEFAULT '',
  extra         TEXT                         -- JSON object: fields of an import that this version does not know
, thinking INTEGER) STRICT;
table message_search
CREATE VIRTUAL TABLE message_search USING fts5 (
  content, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
table messages
CREATE TABLE messages (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id  INTEGER NOT NULL REFERENCES conversations (id) DEFERRABLE INITIALLY DEFERRED,
  parent_id        INTEGER,  -- NULL: a root
  created_at       INTEGER NOT NULL,
  role             TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
  state            TEXT NOT NULL CHECK (state IN ('complete', 'streaming', 'interrupted', 'failed')),
  stop_reason      TEXT CHECK (stop_reason IN ('end', 'length', 'context', 'stop_string', 'stopped', 'interrupted', 'error')),
  seed             ANY,  -- unsigned 64 bits: an INTEGER up to 2^63-1, above that TEXT in decimal
  prompt_tokens    INTEGER NOT NULL DEFAULT 0,
  reused_tokens    INTEGER NOT NULL DEFAULT 0,
  generated_tokens INTEGER NOT NULL DEFAULT 0,
  prefill_seconds  REAL NOT NULL DEFAULT 0,
  decode_seconds   REAL NOT NULL DEFAULT 0,
  model            TEXT,
  model_hash       TEXT,  -- SHA-256 in hex
  timeline         TEXT,  -- JSON [{"token":N,"params":{...}}], the first entry at token 0
  error            TEXT,  -- the sentence for the user, of a failed reply
  content          TEXT NOT NULL,
  tokens           BLOB,  -- ids of a reply as the model wrote them, 32 bits each, little-endian
  extra            TEXT,  -- JSON object: fields of an import that this version does not know
  FOREIGN KEY (conversation_id, parent_id) REFERENCES messages (conversation_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
table model_hashes
CREATE TABLE model_hashes (
  path     TEXT PRIMARY KEY,
  size     INTEGER NOT NULL,  -- bytes
  modified INTEGER NOT NULL,  -- nanoseconds since 1970
  sha256   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
table model_templates
CREATE TABLE model_templates (
  model TEXT PRIMARY KEY,  -- templateKey(): SHA-256 in hex of the model's name, architecture and own template
  text  TEXT NOT NULL      -- Jinja
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
table reply_chunks
CREATE TABLE reply_chunks (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  seq        INTEGER NOT NULL,
  tokens     BLOB NOT NULL,  -- as messages.tokens
  text       BLOB NOT NULL, decode_seconds REAL NOT NULL DEFAULT 0,  -- UTF-8
  PRIMARY KEY (message_id, seq)
) STRICT, WITHOUT ROWID;
table settings
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
table unhashed_replies
CREATE TABLE unhashed_replies (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  path       TEXT NOT NULL,  -- of the model's file, with size and modified as in model_hashes
  size       INTEGER NOT NULL,
  modified   INTEGER NOT NULL
) STRICT;
trigger messages_counted
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
  UPDATE conversations
  SET message_count = message_count + 1,
      branch_count = branch_count + (
        new.parent_id IS NULL
        OR EXISTS (SELECT 1 FROM messages
                   WHERE conversation_id = new.conversation_id AND parent_id = new.parent_id AND id <> new.id))
  WHERE id = new.conversation_id;
END;
trigger messages_search_delete
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages WHEN old.state <> 'streaming' BEGIN
  INSERT INTO message_search (message_search, rowid, content) VALUES ('delete', old.id, old.content);
END;
trigger messages_search_insert
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages WHEN new.state <> 'streaming' BEGIN
  INSERT INTO message_search (rowid, content) VALUES (new.id, new.content);
END;
trigger messages_search_update
CREATE TRIGGER messages_search_update AFTER UPDATE OF content, state ON messages BEGIN
  INSERT INTO message_search (message_search, rowid, content)
    SELECT 'delete', old.id, old.content WHERE old.state <> 'streaming';
  INSERT INTO message_search (rowid, content)
    SELECT new.id, new.content WHERE new.state <> 'streaming';
END;
view v_messages
CREATE VIEW v_messages (
  conversation_id, conversation_title, message_id, parent_id, role, content, state, stop_reason, created_at, model, seed,
  sampling_timeline
) AS
SELECT c.id, c.title, m.id, m.parent_id, m.role,
       m.content || coalesce((SELECT group_concat(CAST(text AS TEXT), '')
                              FROM (SELECT text FROM reply_chunks WHERE message_id = m.id ORDER BY seq)), ''),
       m.state, m.stop_reason, strftime('%Y-%m-%dT%H:%M:%fZ', m.created_at / 1000.0, 'unixepoch'), m.model, m.seed,
       m.timeline
FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
WHERE c.deleted_at IS NULL;
