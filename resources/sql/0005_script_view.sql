-- What scripts may rely on: one row a message, of all branches, without conversations in the trash.
--   content            with the text stored so far of a reply that is being written
--   state              complete, streaming, interrupted or failed
--   stop_reason        end, length, context, stop_string, stopped, interrupted or error; NULL: none
--   created_at         ISO 8601, UTC, with milliseconds
--   seed               of a reply; a number, above 2^63-1 decimal text
--   sampling_timeline  JSON [{"token":N,"params":{...}}] of a reply, the first entry at token 0

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
