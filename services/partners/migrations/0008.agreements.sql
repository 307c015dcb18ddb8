-- Agreements: made from this service's own events. `position` is that of the last change.
CREATE TABLE agreements (
    id uuid PRIMARY KEY,
    parties uuid[] NOT NULL,
    status text NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX agreements_parties ON agreements USING gin (parties);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON agreements TO %I', runtime);
END $$;
