-- The two roles of one service. Run as superuser, with the settings samspor.service, samspor.password and
-- samspor.owner_password. Safe to repeat: it then sets the passwords again.
DO $$
DECLARE
    runtime text := 'samspor_' || current_setting('samspor.service');
    owner text := runtime || '_owner';
    login record;
BEGIN
    FOR login IN
        SELECT owner AS name, current_setting('samspor.owner_password') AS password
        UNION ALL SELECT runtime, current_setting('samspor.password')
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login.name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', login.name);
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', login.name, login.password);
    END LOOP;
END $$;
