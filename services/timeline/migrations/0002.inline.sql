-- As eventlog-0002-inline.sql: sealed entries stay in their rows.
ALTER TABLE entries SET (toast_tuple_target = 8160);
