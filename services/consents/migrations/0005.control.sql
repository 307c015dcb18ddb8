-- Households, staff as citizens, and control of the access log.

-- Not rebuildable from the log: digests with a key outside the database, and none of them in it.
CREATE TABLE staff_identities (
    organisation uuid NOT NULL,
    person text NOT NULL,
    identity bytea NOT NULL,
    address bytea,
    until timestamptz,
    PRIMARY KEY (organisation, person)
);
COMMENT ON TABLE staff_identities IS 'Who members of an organisation are as citizens: digests as in identities and citizen_addresses';
COMMENT ON COLUMN staff_identities.until IS 'When they left; what they looked at before is controlled all the same';

CREATE TABLE citizen_addresses (
    citizen uuid PRIMARY KEY,
    digest bytea NOT NULL
);
CREATE INDEX ON citizen_addresses (digest);
COMMENT ON TABLE citizen_addresses IS 'HMAC-SHA-256 of a normal address with the key of identities';

-- The rest are projections of this service's own events.
CREATE TABLE looks (
    organisation uuid NOT NULL,
    time timestamptz NOT NULL,
    position bigint NOT NULL,
    access uuid NOT NULL,
    reader text NOT NULL,
    citizen uuid NOT NULL,
    purpose text NOT NULL,
    reasons text[] NOT NULL,
    PRIMARY KEY (organisation, time, position)
);
COMMENT ON TABLE looks IS 'The access log by the organisation that looked, in order of time';

CREATE TABLE held (
    basis uuid PRIMARY KEY,
    holder uuid NOT NULL,
    citizen uuid NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz
);
CREATE INDEX ON held (holder, citizen);
COMMENT ON TABLE held IS 'When which organisation had a basis to know a citizen';

CREATE TABLE relatives (
    citizen uuid NOT NULL,
    link uuid NOT NULL,
    other uuid NOT NULL,
    ended timestamptz,
    PRIMARY KEY (citizen, link)
);

CREATE TABLE controls (
    id uuid PRIMARY KEY,
    position bigint NOT NULL,
    organisation uuid NOT NULL,
    body bytea NOT NULL,
    last bytea
);
CREATE INDEX ON controls (organisation, position);
COMMENT ON COLUMN controls.last IS 'The newest event after the first; its numbers are those of the whole run so far';

CREATE TABLE findings (
    id uuid PRIMARY KEY,
    position bigint NOT NULL,
    organisation uuid NOT NULL,
    rule text NOT NULL,
    status text NOT NULL,
    body bytea NOT NULL,
    assessment text NOT NULL DEFAULT '',
    measure text NOT NULL DEFAULT ''
);
CREATE INDEX ON findings (organisation, position);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON staff_identities, citizen_addresses TO %I', runtime);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON looks, held, relatives, controls, findings TO %I', runtime);
END $$;

-- The worker makes these lists, and accesses with them, from the beginning of the log.
DELETE FROM accesses;
UPDATE positions SET position = 0, starts = 0 WHERE source = 'consents';
