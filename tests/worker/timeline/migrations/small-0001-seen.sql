CREATE TABLE seen (n bigint GENERATED ALWAYS AS IDENTITY, position bigint NOT NULL, body bytea NOT NULL);
GRANT SELECT, INSERT ON seen TO samspor_timeline;
