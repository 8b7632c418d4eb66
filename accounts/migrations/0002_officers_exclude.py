"""The three officers exclude each other and every business role, for one user on the same days (三员互斥)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_officers_exclude() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('accounts_posting'), NEW.user_id::integer);
    IF EXISTS (
        SELECT 1 FROM accounts_posting other
        WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.role <> NEW.role
          AND (other.role IN ('system_admin', 'security_admin', 'audit_admin')
               OR NEW.role IN ('system_admin', 'security_admin', 'audit_admin'))
          AND daterange(other.starts_on, other.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
    ) THEN
        RAISE EXCEPTION 'officers exclude every other role' USING
            ERRCODE = 'exclusion_violation', CONSTRAINT = 'accounts_officers_exclude';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_officers_exclude BEFORE INSERT OR UPDATE ON accounts_posting
    FOR EACH ROW EXECUTE FUNCTION accounts_officers_exclude();
"""
BACKWARD = """
DROP TRIGGER accounts_officers_exclude ON accounts_posting;
DROP FUNCTION accounts_officers_exclude();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
