-- When somebody last confirmed an entry, and until when that holds (confirmed.py). What was recorded before counts from
-- now, until `samspor replay` reads from the events when it was said.
ALTER TABLE organisations
    ADD COLUMN confirmed timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN confirm_by timestamptz NOT NULL DEFAULT now() + interval '180 days';
CREATE INDEX organisations_confirm_by ON organisations (confirm_by, id);
ALTER TABLE services
    ADD COLUMN confirmed timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN confirm_by timestamptz NOT NULL DEFAULT now() + interval '180 days';
CREATE INDEX services_confirm_by ON services (confirm_by, id);
ALTER TABLE found_by ADD COLUMN confirm_by timestamptz NOT NULL DEFAULT now() + interval '180 days';
