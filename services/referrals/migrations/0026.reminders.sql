-- Links that go out again because nobody answered say so.
ALTER TABLE reply_links ADD COLUMN reminder boolean NOT NULL DEFAULT false;
