-- What came of each attempt, and endpoints that wait.
ALTER TABLE webhooks ADD COLUMN paused boolean NOT NULL DEFAULT false;
CREATE INDEX ON webhook_deliveries (webhook, made, id);

CREATE TABLE webhook_attempts (
    delivery uuid NOT NULL REFERENCES webhook_deliveries,
    number integer NOT NULL,
    time timestamptz NOT NULL,
    status integer NOT NULL,
    problem text NOT NULL,
    milliseconds integer NOT NULL,
    PRIMARY KEY (delivery, number)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT ON webhook_attempts TO %I', runtime);
END $$;
