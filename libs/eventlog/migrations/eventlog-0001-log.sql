-- One service's event log. Runs as the owner role, samspor_<service>_owner; the runtime role is samspor_<service>.

CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    type text NOT NULL,
    body bytea NOT NULL CHECK (length(body) <= 64000),
    -- RFC 6962 section 2.1. Generated, so that it cannot differ from the bytes beside it.
    leaf bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || body)) STORED,
    UNIQUE (stream, version)
);
COMMENT ON TABLE events IS 'The published bytes of every event; position has no gaps and follows the order of commit';

-- One row. Whoever appends holds its lock until commit: that orders positions as commits.
CREATE TABLE counter (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);
INSERT INTO counter (position) VALUES (0);

CREATE TABLE commands (
    command uuid PRIMARY KEY,
    fingerprint bytea NOT NULL,
    stream uuid NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL
);
COMMENT ON TABLE commands IS 'What each command recorded, so that its repetition is answered the same';

CREATE TABLE cursors (
    name text PRIMARY KEY,
    position bigint NOT NULL
);
COMMENT ON TABLE cursors IS 'How far each follower of this log has come';

CREATE TABLE snapshots (
    stream uuid NOT NULL,
    schema bytea NOT NULL,
    version integer NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (stream, schema)
);
COMMENT ON TABLE snapshots IS 'States of long streams, to load them faster; may be deleted at any time';

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON events, commands TO %I', runtime);
    EXECUTE format('GRANT SELECT, UPDATE ON counter TO %I', runtime);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON cursors, snapshots TO %I', runtime);
END $$;
