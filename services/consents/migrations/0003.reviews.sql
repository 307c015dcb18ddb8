-- Emergencies that somebody has to look at: a projection of GlassBroken and BreakGlassReviewed.
CREATE TABLE reviews (
    emergency uuid PRIMARY KEY,
    citizen uuid NOT NULL,
    controller uuid NOT NULL,
    holder uuid NOT NULL,
    reader text NOT NULL,
    purpose text NOT NULL,
    categories text[] NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    review_by timestamptz NOT NULL,
    finding text NOT NULL DEFAULT ''
);
CREATE INDEX reviews_due ON reviews (controller, review_by, emergency) WHERE finding = '';

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON reviews TO %I', runtime);
END $$;
