-- What a request, and the outcome, say beside status and reason.
ALTER TABLE referral_lines
    ADD COLUMN acknowledge_by timestamptz,
    ADD COLUMN priority text NOT NULL DEFAULT 'routine',
    ADD COLUMN escalate_to text NOT NULL DEFAULT '',
    ADD COLUMN contacts integer NOT NULL DEFAULT 0,
    ADD COLUMN goal text NOT NULL DEFAULT '',
    ADD COLUMN next text NOT NULL DEFAULT '';
