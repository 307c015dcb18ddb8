-- Room as it was last declared and reserved, and questions about it: part of the directory's projection.
CREATE TABLE capacities (
    service uuid PRIMARY KEY,
    organisation uuid NOT NULL,
    version bigint NOT NULL,
    unit text NOT NULL,
    available bigint NOT NULL CHECK (available >= 0),
    maximum bigint NOT NULL,
    updated timestamptz NOT NULL,
    fresh_days integer NOT NULL
);
CREATE INDEX capacities_organisation ON capacities (organisation);

CREATE TABLE capacity_questions (
    id uuid PRIMARY KEY,
    service uuid NOT NULL,
    asker uuid NOT NULL,
    recipient uuid NOT NULL,
    need text NOT NULL,
    age_band text NOT NULL,
    asked timestamptz NOT NULL,
    answer text NOT NULL DEFAULT '',
    weeks integer NOT NULL DEFAULT 0,
    answered timestamptz
);
CREATE INDEX capacity_questions_asker ON capacity_questions (asker, asked, id);
CREATE INDEX capacity_questions_recipient ON capacity_questions (recipient, asked, id);

-- Which service each referral asked for a place in: its end does not say. Not a projection, and so not made again.
CREATE TABLE places_asked (
    referral uuid PRIMARY KEY,
    service uuid NOT NULL
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON capacities, capacity_questions, places_asked TO %I', runtime);
END $$;
