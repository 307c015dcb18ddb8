-- Endpoints that organisations are told at, and what is to be delivered to them.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    url text NOT NULL,
    registered timestamptz NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    rotated timestamptz,
    ended text NOT NULL DEFAULT '',
    failing_since timestamptz,
    last_status integer NOT NULL DEFAULT 0
);
CREATE INDEX ON webhooks (owner);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    webhook uuid NOT NULL REFERENCES webhooks,
    body text NOT NULL,
    made timestamptz NOT NULL,
    next_try timestamptz NOT NULL DEFAULT now(),
    claimed_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    delivered timestamptz
);
CREATE INDEX ON webhook_deliveries (webhook, next_try) WHERE delivered IS NULL;

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON webhooks, webhook_deliveries TO %I', runtime);
END $$;
