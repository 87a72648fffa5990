"""Somebody who works there and agrees no more: that they do is known, what they can do is not.

The page already left it out; now the database does.
"""

from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import READ, Door, rehung

IN_STEP = """
CREATE OR REPLACE FUNCTION placements_match_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM placements_sight WHERE match_id = OLD.id;
    ELSIF NEW.hidden_at IS NULL AND (NEW.status = 'started' OR (NEW.consented AND NEW.status IN
        ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'passed'))) THEN
        INSERT INTO placements_sight (match_id, employer_id, provider_id, candidate_id, {more}named)
            VALUES (NEW.id, NEW.employer_id, NEW.provider_id, NEW.candidate_id, {values}NEW.consented
                AND NEW.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started'))
            ON CONFLICT (match_id) DO UPDATE SET employer_id = EXCLUDED.employer_id,
                provider_id = EXCLUDED.provider_id, candidate_id = EXCLUDED.candidate_id,
                {updates}named = EXCLUDED.named;
    ELSE
        DELETE FROM placements_sight WHERE match_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
"""
NOW = IN_STEP.format(more="agreed, ", values="NEW.consented, ", updates="agreed = EXCLUDED.agreed, ")
BEFORE = IN_STEP.format(more="", values="", updates="")
AS_IT_IS = """
UPDATE placements_sight SET agreed = found.consented FROM placements_match found
    WHERE found.id = placements_sight.match_id AND found.consented;
"""
SEEN = (
    "EXISTS (SELECT 1 FROM placements_sight seen"
    " WHERE seen.candidate_id = {}.candidate_id{} OFFSET 0)"
)


def while_they_agree(table):
    def door(also):
        return Door("of people shown to it", (Persona.EMPLOYER,), READ, SEEN.format(table, also))

    return rehung(table, door(""), door(" AND seen.agreed"))


class Migration(migrations.Migration):
    dependencies = [("placements", "0011_clocks")]
    operations = [
        migrations.AddField(
            "sight", "agreed", models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL(AS_IT_IS, migrations.RunSQL.noop),
        *map(
            while_they_agree,
            ("candidates_skillevidence", "candidates_credential", "candidates_enrolment"),
        ),
    ]
