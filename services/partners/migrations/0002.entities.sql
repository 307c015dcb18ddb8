-- The directory as HSDS describes it: one row for each entity that has an address of its own in the HSDS API.
-- `document` is the entity's JSON without the entities that have rows; `words` are its own, from words.py; `terms` are
-- the taxonomy terms of its attributes. A location that two organisations use has a row for each.
CREATE TABLE entities (
    kind text NOT NULL,
    id uuid NOT NULL,
    organisation uuid NOT NULL,
    parent uuid,
    location uuid,
    name_order text COLLATE "C" NOT NULL,
    document text NOT NULL,
    modified timestamptz NOT NULL,
    terms uuid[] NOT NULL DEFAULT '{}',
    taxonomies uuid[] NOT NULL DEFAULT '{}',
    postcodes text[] NOT NULL DEFAULT '{}',
    words tsvector NOT NULL,
    PRIMARY KEY (kind, id, organisation)
);
CREATE INDEX entities_order ON entities (kind, name_order, id);
CREATE INDEX entities_organisation ON entities (organisation, kind);
CREATE INDEX entities_parent ON entities (parent);
CREATE INDEX entities_location ON entities (location);
CREATE INDEX entities_words ON entities USING gin (words);

-- Locations whose address never leaves: shelters. Kept apart, so that a location that leaves a directory and comes back
-- is still redacted.
CREATE TABLE redactions (
    organisation uuid NOT NULL,
    location uuid NOT NULL,
    PRIMARY KEY (location, organisation)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON entities, redactions TO %I', runtime);
END $$;
