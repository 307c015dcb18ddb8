-- Referrals that several are asked at once: nobody is the recipient until one claims it.
ALTER TABLE referral_lines ALTER COLUMN recipient DROP NOT NULL;
CREATE TABLE referral_candidates (
    referral uuid NOT NULL,
    organisation uuid NOT NULL,
    declined boolean NOT NULL DEFAULT false,
    PRIMARY KEY (referral, organisation)
);
CREATE INDEX ON referral_candidates (organisation);

DO $$
BEGIN
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE ON referral_candidates TO %I', regexp_replace(current_user, '_owner$', '')
    );
END $$;
