-- That something protected is to be done is counted for named people only. Rows from before: `samspor replay caseload`.
-- depends: 0002.taking-part

ALTER TABLE caseload_actions ADD COLUMN protected boolean NOT NULL DEFAULT false;
