-- Links that are to be sent, or were: what leads from a token to its referral. The token itself is nowhere.
CREATE TABLE reply_links (
    link uuid PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    referral uuid NOT NULL,
    recipient uuid NOT NULL,
    kind text NOT NULL,
    until timestamptz NOT NULL,
    next_try timestamptz NOT NULL DEFAULT now(),
    tries integer NOT NULL DEFAULT 0,
    sent timestamptz,
    dropped boolean NOT NULL DEFAULT false
);
CREATE INDEX ON reply_links (next_try) WHERE sent IS NULL AND NOT dropped;

-- Where links go: the organisations' own addresses, or what their administrators set instead.
CREATE TABLE reply_addresses (
    organisation uuid PRIMARY KEY,
    email text NOT NULL DEFAULT '',
    own_email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'da'
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON reply_links, reply_addresses TO %I', runtime);
END $$;
