-- Inbox and outbox: a projection of the referrals' own events.
CREATE TABLE referral_lines (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    citizen uuid NOT NULL,
    "case" text NOT NULL,
    sender uuid NOT NULL,
    recipient uuid NOT NULL,
    service text NOT NULL,
    purpose text NOT NULL,
    categories text[] NOT NULL,
    status text NOT NULL,
    reason text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT '',
    changed timestamptz NOT NULL,
    reply_by timestamptz,
    bases text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX ON referral_lines (sender, changed, id);
CREATE INDEX ON referral_lines (recipient, changed, id);
CREATE INDEX ON referral_lines USING gin (bases);

-- Consents that were withdrawn, and the consent that goes on with the categories that were kept.
CREATE TABLE withdrawn_bases (
    basis text PRIMARY KEY,
    categories text[] NOT NULL,
    successor text NOT NULL
);
CREATE INDEX ON withdrawn_bases (successor);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON referral_lines TO %I', runtime);
    EXECUTE format('GRANT SELECT, INSERT ON withdrawn_bases TO %I', runtime);
END $$;
