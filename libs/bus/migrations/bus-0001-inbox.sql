-- What a service keeps of the events it consumes. Runs as the owner role `<runtime role>_owner`.

CREATE TABLE positions (
    source text PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    starts integer NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
COMMENT ON TABLE positions IS 'How far this service has come in each source''s log; moved in the transaction of the effect';
COMMENT ON COLUMN positions.starts IS 'Processes that began to apply the next event and moved nothing since: one that kills its process is found by it';

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    position bigint,
    reason text NOT NULL,
    cause text NOT NULL,
    body bytea NOT NULL,
    parked timestamptz NOT NULL DEFAULT now(),
    digest bytea NOT NULL GENERATED ALWAYS AS (sha256(body)) STORED,
    UNIQUE NULLS NOT DISTINCT (source, position, digest)
);
COMMENT ON TABLE parked IS 'Events this service could not apply, and messages that held none; samspor parked retry <id>';
COMMENT ON COLUMN parked.position IS 'NULL for a message: its events come again from the source';

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON positions TO %I', runtime);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON parked TO %I', runtime);
END
$$;
