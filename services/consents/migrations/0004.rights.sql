-- A key is retired (no new text is sealed with it) before it is destroyed. Of those that are not, a pair has one.
ALTER TABLE keys ADD COLUMN retired timestamptz;
ALTER TABLE keys ADD COLUMN destroyed timestamptz;
ALTER TABLE keys ADD CHECK (destroyed IS NULL OR (retired IS NOT NULL AND wrapped IS NULL));
COMMENT ON COLUMN keys.retired IS 'Texts recorded later are sealed with another key of the same pair';
ALTER TABLE keys DROP CONSTRAINT keys_citizen_organisation_key;
CREATE UNIQUE INDEX keys_in_use ON keys (citizen, organisation) WHERE retired IS NULL;
CREATE INDEX keys_of_citizen ON keys (citizen, organisation);
CREATE INDEX keys_destroyed ON keys (destroyed) WHERE destroyed IS NOT NULL;

-- The cases of each organisation about a citizen, as far as erasure must know them: a projection of cases' events.
CREATE TABLE case_records (
    "case" uuid PRIMARY KEY,
    citizen uuid NOT NULL,
    organisation uuid NOT NULL,
    subject_code text NOT NULL,
    closed timestamptz
);
CREATE INDEX case_records_of_citizen ON case_records (citizen, organisation);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT UPDATE (retired, destroyed) ON keys TO %I', runtime);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON case_records TO %I', runtime);
END $$;
