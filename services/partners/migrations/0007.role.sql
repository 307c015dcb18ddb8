-- The role profile in codes, beside its texts.
ALTER TABLE organisations
    ADD COLUMN resource_codes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN excluded_roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN frame_codes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN degree text NOT NULL DEFAULT '';
