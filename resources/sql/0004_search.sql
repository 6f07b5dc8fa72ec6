-- Full-text search over every branch. A message enters the index when it has been written to its end, and leaves it
-- while it is being continued.

CREATE VIRTUAL TABLE message_search USING fts5 (
  content, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');

CREATE TRIGGER messages_search_insert AFTER INSERT ON messages WHEN new.state <> 'streaming' BEGIN
  INSERT INTO message_search (rowid, content) VALUES (new.id, new.content);
END;

CREATE TRIGGER messages_search_update AFTER UPDATE OF content, state ON messages BEGIN
  INSERT INTO message_search (message_search, rowid, content)
    SELECT 'delete', old.id, old.content WHERE old.state <> 'streaming';
  INSERT INTO message_search (rowid, content)
    SELECT new.id, new.content WHERE new.state <> 'streaming';
END;

CREATE TRIGGER messages_search_delete AFTER DELETE ON messages WHEN old.state <> 'streaming' BEGIN
  INSERT INTO message_search (message_search, rowid, content) VALUES ('delete', old.id, old.content);
END;

INSERT INTO message_search (rowid, content) SELECT id, content FROM messages WHERE state <> 'streaming';
