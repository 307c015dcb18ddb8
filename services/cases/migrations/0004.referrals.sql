-- Referrals that are made in a case: whose they are, and from which action of its plan.

CREATE TABLE case_referrals (
    referral uuid PRIMARY KEY,
    "case" uuid NOT NULL,
    sender uuid NOT NULL,
    recipient text NOT NULL,
    action text NOT NULL
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON case_referrals TO %I', runtime);
END $$;
