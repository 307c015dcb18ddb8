-- Requests for erasure and restriction that a controller has yet to answer: a projection of this service's own events.
CREATE TABLE rights_asked (
    request uuid NOT NULL,
    controller uuid NOT NULL,
    citizen uuid NOT NULL,
    "right" text NOT NULL,
    invoked timestamptz NOT NULL,
    decided boolean NOT NULL DEFAULT false,
    PRIMARY KEY (request, controller)
);
CREATE INDEX rights_to_decide ON rights_asked (controller, invoked, request) WHERE NOT decided;

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON rights_asked TO %I', runtime);
END $$;
