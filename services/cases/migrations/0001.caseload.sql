-- The caseload as a list: a projection of the cases' own events.

CREATE TABLE caseload (
    id uuid PRIMARY KEY,
    citizen uuid NOT NULL,
    subject_code text NOT NULL,
    organisation uuid NOT NULL,
    status text NOT NULL,
    opened timestamptz NOT NULL,
    changed timestamptz NOT NULL
);

CREATE TABLE caseload_participants (
    "case" uuid NOT NULL,
    organisation uuid NOT NULL,
    PRIMARY KEY (organisation, "case")
);

CREATE TABLE caseload_actions (
    "case" uuid NOT NULL,
    action uuid NOT NULL,
    due timestamptz NOT NULL,
    PRIMARY KEY ("case", action)
);

DO $$
DECLARE
    runtime text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE, DELETE ON caseload, caseload_participants, caseload_actions TO %I', runtime
    );
END $$;
