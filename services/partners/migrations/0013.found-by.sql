-- All that a service is searched by in one row of its own, made from services, entities and redactions (found_by.py):
-- `marks` are its words and what else it says, so that one index answers any of them together. The row is narrow: what
-- the index answers is kept out of line.
CREATE TABLE found_by (
    service uuid PRIMARY KEY,
    organisation uuid NOT NULL,
    name_order text COLLATE "C" NOT NULL,
    name_words tsvector NOT NULL,
    marks tsvector NOT NULL,
    hours int4multirange NOT NULL,
    minimum_age integer NOT NULL,
    maximum_age integer NOT NULL
) WITH (toast_tuple_target = 256);
CREATE INDEX found_by_marks ON found_by USING gin (marks) WITH (fastupdate = off);
CREATE INDEX found_by_order ON found_by (name_order, service);
CREATE INDEX found_by_organisation ON found_by (organisation);

DROP INDEX entities_areas, entities_languages, entities_terms, entities_accessible, services_categories;
ALTER TABLE entities DROP COLUMN areas, DROP COLUMN languages, DROP COLUMN accessible;
ALTER TABLE entities ADD COLUMN marks text[] NOT NULL DEFAULT '{}';

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON found_by TO %I', runtime);
END $$;
