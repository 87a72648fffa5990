"""Whether the person agrees to be shown, kept beside each match.

By triggers and by nobody else: whoever writes the column writes what the consents say. The owner's
functions, because a mover need not see what follows from a move.
"""

from django.db import migrations, models

# A match that is made holds the consent still: whoever withdraws it meanwhile waits, and then finds the
# match. Other moves do not touch the consent, or the two could wait for each other.
KEEP = """
CREATE FUNCTION placements_match_consented() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM candidates_consent given WHERE given.candidate_id = NEW.candidate_id
        AND given.scope = 'employers' AND given.withdrawn_at IS NULL FOR SHARE;
    NEW.consented := FOUND;
    RETURN NEW;
END $$;
CREATE TRIGGER consented_when_made BEFORE INSERT ON placements_match
    FOR EACH ROW EXECUTE FUNCTION placements_match_consented();
CREATE TRIGGER consented_as_it_is BEFORE UPDATE ON placements_match FOR EACH ROW
    WHEN (NEW.consented IS DISTINCT FROM OLD.consented OR NEW.candidate_id <> OLD.candidate_id)
    EXECUTE FUNCTION placements_match_consented();
CREATE FUNCTION placements_consent_moved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE person bigint;
BEGIN
    FOREACH person IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.candidate_id]
        WHEN 'DELETE' THEN ARRAY[OLD.candidate_id] ELSE ARRAY[OLD.candidate_id, NEW.candidate_id] END
    LOOP
        UPDATE placements_match SET consented = NOT consented
            WHERE candidate_id = person AND consented <> EXISTS (
                SELECT FROM candidates_consent given WHERE given.candidate_id = person
                AND given.scope = 'employers' AND given.withdrawn_at IS NULL);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER tells_matches AFTER INSERT OR UPDATE OR DELETE ON candidates_consent
    FOR EACH ROW EXECUTE FUNCTION placements_consent_moved();
UPDATE placements_match SET consented = true WHERE EXISTS (
    SELECT FROM candidates_consent given WHERE given.candidate_id = placements_match.candidate_id
    AND given.scope = 'employers' AND given.withdrawn_at IS NULL);
"""
LEAVE = """
DROP TRIGGER tells_matches ON candidates_consent;
DROP FUNCTION placements_consent_moved();
DROP TRIGGER consented_as_it_is ON placements_match;
DROP TRIGGER consented_when_made ON placements_match;
DROP FUNCTION placements_match_consented();
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0008_training")]
    operations = [
        migrations.AddField(
            "match",
            "consented",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunSQL(KEEP, LEAVE),
    ]
