-- What a board shows and filters by. Lines from before are complete after `samspor replay referrals`.
ALTER TABLE referral_lines
    ADD COLUMN country text NOT NULL DEFAULT 'DK',
    ADD COLUMN escalated boolean NOT NULL DEFAULT false,
    ADD COLUMN sent_by text NOT NULL DEFAULT '',
    ADD COLUMN handled_by text NOT NULL DEFAULT '';
