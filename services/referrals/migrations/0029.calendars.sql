-- Secret addresses of calendars, by the digest of what is secret.
CREATE TABLE calendars (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    person text NOT NULL,
    whose text NOT NULL,
    digest text NOT NULL UNIQUE,
    opened timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false
);
CREATE INDEX ON calendars (owner);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON calendars TO %I', runtime);
END $$;
