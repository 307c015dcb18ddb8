-- The wait-list, and referrals that go on from others.
ALTER TABLE referral_lines
    ADD COLUMN business_status text NOT NULL DEFAULT '',
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN part_of text NOT NULL DEFAULT '',
    ADD COLUMN replaces text NOT NULL DEFAULT '';
CREATE INDEX ON referral_lines (recipient, service) WHERE business_status = 'waitlisted';
CREATE INDEX ON referral_lines (part_of) WHERE part_of <> '';
