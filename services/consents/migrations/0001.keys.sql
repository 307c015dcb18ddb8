-- Not rebuildable from the log: private keys must be destroyable, and identifiers must not be in it.

CREATE TABLE identities (
    digest bytea PRIMARY KEY,
    citizen uuid NOT NULL UNIQUE
);
COMMENT ON TABLE identities IS 'HMAC-SHA-256 of (system, value) with a key outside the database -> citizen';

CREATE TABLE keys (
    id uuid PRIMARY KEY,
    citizen uuid NOT NULL,
    organisation uuid NOT NULL,
    public bytea NOT NULL,
    wrapped bytea,
    UNIQUE (citizen, organisation)
);
COMMENT ON COLUMN keys.wrapped IS 'Private key under the key-encryption key; NULL once destroyed';

-- The access log as a list: a projection of AccessRecorded.
CREATE TABLE accesses (
    citizen uuid NOT NULL,
    position bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (citizen, position)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON identities, keys, accesses TO %I', runtime);
    EXECUTE format('GRANT UPDATE (wrapped) ON keys TO %I', runtime);
END $$;
