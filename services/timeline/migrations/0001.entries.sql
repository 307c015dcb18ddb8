-- One row per event about a citizen. `body` is the published CloudEvents document, byte for byte. The primary key is
-- the order of the timeline: it follows from the events alone, so that a rebuild gives the same order.
CREATE TABLE entries (
    citizen uuid NOT NULL,
    time timestamptz NOT NULL,
    source text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    class uuid NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (citizen, time, source, position)
);

-- Entries that are decided alike. `class` is a digest of the four columns after it.
CREATE TABLE classes (
    citizen uuid NOT NULL,
    class uuid NOT NULL,
    organisation uuid NOT NULL,
    category text NOT NULL,
    sensitivity text NOT NULL,
    "case" uuid,
    PRIMARY KEY (citizen, class)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON entries, classes TO %I', runtime);
END $$;
