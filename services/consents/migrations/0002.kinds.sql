-- What kind of organisation is which: a projection of partners' events.
CREATE TABLE organisation_kinds (
    organisation uuid PRIMARY KEY,
    kind text NOT NULL
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON organisation_kinds TO %I', runtime);
END $$;
