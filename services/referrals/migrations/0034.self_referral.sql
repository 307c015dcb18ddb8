-- Referrals that citizens ask for themselves: each is its citizen's to follow, and nobody's who signs in where they do.
ALTER TABLE referral_lines ADD COLUMN self_referral boolean NOT NULL DEFAULT false;
CREATE INDEX ON referral_lines ((citizen::text)) WHERE self_referral;
