"""Wage records are added, never edited."""

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION placements_wagerecord_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'placements_wagerecord is append-only: add a line, never change one';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON placements_wagerecord
    FOR EACH ROW EXECUTE FUNCTION placements_wagerecord_is_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON placements_wagerecord;
DROP FUNCTION placements_wagerecord_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0002_ties")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
