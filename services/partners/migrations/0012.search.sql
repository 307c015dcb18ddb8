-- What services are searched by besides their words: of the service itself, of the service at a location, of a location.
-- All of it comes from the documents (facets.py): `samspor replay` fills it for what was recorded before.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE entities
    ADD COLUMN areas tsvector NOT NULL DEFAULT '',
    ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
    ADD COLUMN accessible boolean NOT NULL DEFAULT false,
    ADD COLUMN hours int4multirange NOT NULL DEFAULT '{}';
CREATE INDEX entities_areas ON entities USING gin (areas);
CREATE INDEX entities_languages ON entities USING gin (languages);
CREATE INDEX entities_terms ON entities USING gin (terms);
CREATE INDEX entities_accessible ON entities (kind, id) WHERE accessible;

ALTER TABLE services ADD COLUMN name_words tsvector NOT NULL DEFAULT '';
CREATE INDEX services_categories ON services USING gin (categories);

-- Every word of a service, once: a misspelt word is looked for here, however many services there are.
CREATE TABLE directory_words (word text PRIMARY KEY);
CREATE INDEX directory_words_alike ON directory_words USING gin (word gin_trgm_ops);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON directory_words TO %I', runtime);
END $$;
