-- Whom services are for, as it was stated; a service without a row is for everybody of its ages. `municipality_keys` are
-- the municipalities as they are compared (eligibility.py).
CREATE TABLE eligibilities (
    service uuid PRIMARY KEY,
    organisation uuid NOT NULL,
    genders text[] NOT NULL,
    municipalities text[] NOT NULL,
    municipality_keys text[] NOT NULL,
    languages text[] NOT NULL,
    situations text[] NOT NULL,
    excluded_situations text[] NOT NULL
);

ALTER TABLE organisations ADD COLUMN phone text NOT NULL DEFAULT '';

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON eligibilities TO %I', runtime);
END $$;
