-- The open portal and introductions: made from this service's own events.
CREATE TABLE offers (
    id uuid PRIMARY KEY,
    organisation uuid NOT NULL,
    position bigint NOT NULL,
    since timestamptz,
    until timestamptz,
    direction text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    area text NOT NULL,
    contact text NOT NULL
);
CREATE INDEX offers_newest ON offers (position);

CREATE TABLE introductions (
    id uuid PRIMARY KEY,
    concerned uuid[] NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX introductions_concerned ON introductions USING gin (concerned);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON offers, introductions TO %I', runtime);
END $$;
