-- What an offer is found by besides its kind: the words of its area (words.py). `samspor replay` fills it for what was
-- recorded before.
ALTER TABLE offers ADD COLUMN area_words tsvector NOT NULL DEFAULT '';
CREATE INDEX offers_area ON offers USING gin (area_words);
