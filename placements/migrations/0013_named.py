"""Who is seen by name from the start: who was asked about that, said yes, and was presented so.

The database holds to it whoever writes: nobody is named for an employer that sees skills first, the
employer touches none of the three, and the person themselves says yes and nothing else.
"""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION placements_match_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'jc_employer' OR (current_user = 'jc_candidate' AND
        (OLD.asks_name, OLD.named) IS DISTINCT FROM (NEW.asks_name, NEW.named)) THEN
        RAISE EXCEPTION 'Whether somebody is seen by name is not for % to say.', current_user
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER names_as_agreed BEFORE UPDATE ON placements_match FOR EACH ROW
    WHEN ((OLD.asks_name, OLD.name_agreed_at, OLD.named)
        IS DISTINCT FROM (NEW.asks_name, NEW.name_agreed_at, NEW.named))
    EXECUTE FUNCTION placements_match_names();
CREATE FUNCTION placements_match_lifted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF COALESCE((SELECT decided.blind FROM employers_blindness decided
        WHERE decided.employer_id = NEW.employer_id ORDER BY decided.at DESC, decided.id DESC LIMIT 1),
        true) THEN
        RAISE EXCEPTION 'This employer sees skills first.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER named_when_made BEFORE INSERT ON placements_match FOR EACH ROW
    WHEN (NEW.named) EXECUTE FUNCTION placements_match_lifted();
CREATE TRIGGER named_where_lifted BEFORE UPDATE ON placements_match FOR EACH ROW
    WHEN (NEW.named AND (NOT OLD.named OR NEW.employer_id <> OLD.employer_id))
    EXECUTE FUNCTION placements_match_lifted();
"""
UNGUARD = """
DROP TRIGGER named_where_lifted ON placements_match;
DROP TRIGGER named_when_made ON placements_match;
DROP FUNCTION placements_match_lifted();
DROP TRIGGER names_as_agreed ON placements_match;
DROP FUNCTION placements_match_names();
"""
IN_STEP = """
CREATE OR REPLACE FUNCTION placements_match_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM placements_sight WHERE match_id = OLD.id;
    ELSIF NEW.hidden_at IS NULL AND (NEW.status = 'started' OR (NEW.consented AND NEW.status IN
        ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'passed'))) THEN
        INSERT INTO placements_sight (match_id, employer_id, provider_id, candidate_id, agreed, named)
            VALUES (NEW.id, NEW.employer_id, NEW.provider_id, NEW.candidate_id, NEW.consented,
                NEW.consented AND (NEW.status IN
                ('meeting', 'interviewing', 'offered', 'accepted', 'started'){named}))
            ON CONFLICT (match_id) DO UPDATE SET employer_id = EXCLUDED.employer_id,
                provider_id = EXCLUDED.provider_id, candidate_id = EXCLUDED.candidate_id,
                agreed = EXCLUDED.agreed, named = EXCLUDED.named;
    ELSE
        DELETE FROM placements_sight WHERE match_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER sight_of_what_moved ON placements_match;
CREATE TRIGGER sight_of_what_moved AFTER UPDATE ON placements_match FOR EACH ROW
    WHEN ((OLD.status, OLD.hidden_at, OLD.consented, OLD.employer_id, OLD.provider_id, OLD.candidate_id{old})
        IS DISTINCT FROM
        (NEW.status, NEW.hidden_at, NEW.consented, NEW.employer_id, NEW.provider_id, NEW.candidate_id{new}))
    EXECUTE FUNCTION placements_match_sight();
"""
NOW = IN_STEP.format(
    named=" OR (NEW.status = 'presented' AND NEW.named)", old=", OLD.named", new=", NEW.named"
)
BEFORE = IN_STEP.format(named="", old="", new="")


class Migration(migrations.Migration):
    dependencies = [("placements", "0012_agreed"), ("employers", "0007_blindness")]
    operations = [
        migrations.AddField(
            "match",
            "asks_name",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="asked to be seen by name",
            ),
        ),
        migrations.AddField(
            "match",
            "name_agreed_at",
            models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="agreed to be seen by name"
            ),
        ),
        migrations.AddField(
            "match",
            "named",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="seen by name from the start",
            ),
        ),
        migrations.AddConstraint(
            "match",
            models.CheckConstraint(
                condition=models.Q(("name_agreed_at", None), ("asks_name", True), _connector="OR"),
                name="match_name_agreed_was_asked",
            ),
        ),
        migrations.AddConstraint(
            "match",
            models.CheckConstraint(
                condition=models.Q(
                    ("named", False), ("name_agreed_at__isnull", False), _connector="OR"
                ),
                name="match_named_was_agreed",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(NOW, BEFORE),
    ]
