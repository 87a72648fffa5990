"""Who else has this address, this number, or this name and year of birth?

Answers with traits that were asked for and with keys, never with what is on record. Only an errand
may ask: a provider that could would learn whom its neighbours train.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION candidates_alike(own bigint, emails text[], phones text[], names text[])
RETURNS TABLE (alike text, trait text, candidate bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT 'email', contact.email::text, contact.candidate_id FROM candidates_contact contact
     WHERE contact.email = ANY (emails) AND contact.email <> '' AND contact.provider_id <> own
    UNION ALL
    SELECT 'phone', contact.phone_index::text, contact.candidate_id FROM candidates_contact contact
     WHERE contact.phone_index = ANY (phones) AND contact.provider_id <> own
    UNION ALL
    SELECT 'name', facts.name_and_year::text, facts.candidate_id FROM sensitive_demographics facts
     WHERE facts.name_and_year = ANY (names) AND facts.name_and_year <> ''
       AND facts.provider_id <> own
$$;
REVOKE ALL ON FUNCTION candidates_alike(bigint, text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION candidates_alike(bigint, text[], text[], text[]) TO jc_errand;
"""


class Migration(migrations.Migration):
    dependencies = [("sensitive", "0007_likeness"), ("candidates", "0009_intake")]
    operations = [
        migrations.RunSQL(
            FORWARD, "DROP FUNCTION candidates_alike(bigint, text[], text[], text[])"
        )
    ]
