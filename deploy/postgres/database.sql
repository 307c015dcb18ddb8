-- Who may enter one service's database: its owner role, which migrates, and its runtime role, which gets rights only on
-- the tables that a migration grants to it. Run in that database as superuser, with the setting samspor.service.
DO $$
DECLARE
    runtime text := 'samspor_' || current_setting('samspor.service');
    owner text := runtime || '_owner';
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), runtime);
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    EXECUTE format('ALTER SCHEMA public OWNER TO %I', owner);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', runtime);
END $$;
