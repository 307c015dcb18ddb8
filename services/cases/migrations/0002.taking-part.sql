-- Who takes part from when to when, and who may know of a protected case.

ALTER TABLE caseload ADD COLUMN protected boolean NOT NULL DEFAULT false;

ALTER TABLE caseload_participants
    ADD COLUMN since timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN until timestamptz NOT NULL DEFAULT 'infinity',
    ADD COLUMN named_people text[] NOT NULL DEFAULT '{}';
