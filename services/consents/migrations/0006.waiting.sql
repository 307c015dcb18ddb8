-- What waits for somebody: citizens for whom a person acts, and ends of consents that the holder has yet to acknowledge.
-- Projections of this service's own events.
CREATE TABLE representations (
    representation uuid PRIMARY KEY,
    representative text NOT NULL,
    citizen uuid NOT NULL,
    relation text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended boolean NOT NULL DEFAULT false
);
CREATE INDEX representations_of ON representations (representative, until, representation) WHERE NOT ended;

CREATE TABLE withdrawals (
    consent uuid PRIMARY KEY,
    citizen uuid NOT NULL,
    holder uuid NOT NULL,
    status text NOT NULL,
    categories text[] NOT NULL,
    time timestamptz NOT NULL,
    acknowledged boolean NOT NULL DEFAULT false
);
CREATE INDEX withdrawals_waiting ON withdrawals (holder, time, consent) WHERE NOT acknowledged;

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON representations, withdrawals TO %I', runtime);
END $$;
