-- How long a reply has been written for when a chunk came, so that its speed is known after a crash, too.

ALTER TABLE reply_chunks ADD COLUMN decode_seconds REAL NOT NULL DEFAULT 0;  -- since generation began or went on
