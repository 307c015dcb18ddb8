-- What is to be done about a referral at a time: a projection, emptied by whoever does it.
CREATE TABLE alarms (
    stream uuid NOT NULL,
    kind text NOT NULL,
    due timestamptz NOT NULL,
    PRIMARY KEY (stream, kind)
);
CREATE INDEX ON alarms (due, stream, kind);

DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON alarms TO %I', regexp_replace(current_user, '_owner$', ''));
END $$;
