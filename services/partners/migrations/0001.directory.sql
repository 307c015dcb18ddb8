-- The directory. `name_order` sorts as a Danish reader expects with the collation "C"; `words` is what is searched
-- (both from words.py). All of it is made from events and can be made again.
CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_order text COLLATE "C" NOT NULL,
    description text NOT NULL,
    email text NOT NULL,
    website text NOT NULL,
    parent uuid,
    words tsvector NOT NULL,
    resources text NOT NULL DEFAULT '',
    can text NOT NULL DEFAULT '',
    cannot text NOT NULL DEFAULT '',
    frame text NOT NULL DEFAULT ''
);
CREATE INDEX organisations_order ON organisations (name_order, id);
CREATE INDEX organisations_words ON organisations USING gin (words);

CREATE TABLE services (
    id uuid PRIMARY KEY,
    organisation uuid NOT NULL,
    name text NOT NULL,
    name_order text COLLATE "C" NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    categories text[] NOT NULL,
    minimum_age integer NOT NULL,
    maximum_age integer NOT NULL,
    eligibility_description text NOT NULL,
    words tsvector NOT NULL
);
CREATE INDEX services_organisation ON services (organisation);
CREATE INDEX services_order ON services (name_order, id);
CREATE INDEX services_words ON services USING gin (words);

CREATE TABLE members (
    organisation uuid NOT NULL,
    person text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    unit text NOT NULL,
    PRIMARY KEY (organisation, person)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON organisations, services, members TO %I', runtime);
END $$;
