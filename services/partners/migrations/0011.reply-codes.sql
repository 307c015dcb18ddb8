-- The code that an organisation's people give with a reply link: scrypt of the newest one, and nothing of older ones.
CREATE TABLE reply_codes (
    organisation uuid PRIMARY KEY,
    version bigint NOT NULL,
    salt bytea NOT NULL,
    digest bytea NOT NULL
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON reply_codes TO %I', runtime);
END $$;
