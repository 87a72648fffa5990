"""Whom an employer sees, one narrow row a match, so that its doors ask one key of a small table.

Each door asked for a match, whose own door has to be worked out again, and then for a consent, whose
door asked for the match once more. On a page of twenty people most of what that cost was planning,
which grows with the columns and indexes of every table that is asked. ``OFFSET 0`` for the same
reason: without it each EXISTS is planned twice, once more to be answered for all rows at once.
"""

import django.db.models.deletion
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import KEEP, ORGANIZATION, READ, Door, rehung, wall

KEEP_IN_STEP = """
CREATE FUNCTION placements_match_sight() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM placements_sight WHERE match_id = OLD.id;
    ELSIF NEW.hidden_at IS NULL AND (NEW.status = 'started' OR (NEW.consented AND NEW.status IN
        ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'passed'))) THEN
        INSERT INTO placements_sight (match_id, employer_id, provider_id, candidate_id, named)
            VALUES (NEW.id, NEW.employer_id, NEW.provider_id, NEW.candidate_id, NEW.consented AND
                NEW.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started'))
            ON CONFLICT (match_id) DO UPDATE SET employer_id = EXCLUDED.employer_id,
                provider_id = EXCLUDED.provider_id, candidate_id = EXCLUDED.candidate_id,
                named = EXCLUDED.named;
    ELSE
        DELETE FROM placements_sight WHERE match_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sight_of_a_new_one AFTER INSERT OR DELETE ON placements_match
    FOR EACH ROW EXECUTE FUNCTION placements_match_sight();
CREATE TRIGGER sight_of_what_moved AFTER UPDATE ON placements_match FOR EACH ROW
    WHEN ((OLD.status, OLD.hidden_at, OLD.consented, OLD.employer_id, OLD.provider_id, OLD.candidate_id)
        IS DISTINCT FROM
        (NEW.status, NEW.hidden_at, NEW.consented, NEW.employer_id, NEW.provider_id, NEW.candidate_id))
    EXECUTE FUNCTION placements_match_sight();
INSERT INTO placements_sight (match_id, employer_id, provider_id, candidate_id, named)
    SELECT id, employer_id, provider_id, candidate_id,
        consented AND status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started')
    FROM placements_match WHERE hidden_at IS NULL AND (status = 'started' OR (consented AND status IN
        ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'passed')));
"""
LEAVE = """
DROP TRIGGER sight_of_what_moved ON placements_match;
DROP TRIGGER sight_of_a_new_one ON placements_match;
DROP FUNCTION placements_match_sight();
"""
EMPLOYER = (Persona.EMPLOYER,)
MATCH = "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.{} = {}"
AGREES = (
    "EXISTS (SELECT 1 FROM candidates_consent given WHERE given.candidate_id = {0}"
    " AND given.scope = 'employers' AND given.withdrawn_at IS NULL)"
)
OF_THE_EMPLOYER = f" AND seen.employer_id = {ORGANIZATION}"
MET = " AND seen.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started')"
SIGHT = "EXISTS (SELECT 1 FROM placements_sight seen WHERE seen.{0} = {1} OFFSET 0)"
NAMED = "EXISTS (SELECT 1 FROM placements_sight seen WHERE seen.candidate_id = {} AND seen.named OFFSET 0)"
CLEAN = "kind = 'resume' AND documents_document.status = 'clean' AND "


def seen_before(key):
    asked = MATCH.format("candidate_id", key) + OF_THE_EMPLOYER
    return f"{asked} AND (seen.status = 'started' OR {AGREES.format(key)}))"


def named_before(key):
    return f"{MATCH.format('candidate_id', key)}{OF_THE_EMPLOYER}{MET}) AND {AGREES.format(key)}"


def through_sight(table, why, before, after):
    return rehung(table, Door(why, EMPLOYER, READ, before), Door(why, EMPLOYER, READ, after))


def history(kind, roles):
    told = (
        f"CASE WHEN subject LIKE 'placements.{kind}:%' THEN EXISTS (SELECT 1 FROM placements_{kind} seen"
        " WHERE seen.id = split_part(subject, ':', 2)::bigint{}) ELSE false END"
    )
    why = f"about {'matchs' if kind == 'match' else 'placements'} in sight"
    return rehung(
        "audit_event",
        Door(why, roles, READ, told.format("")),
        Door(why, roles, READ, told.format(" OFFSET 0")),
    )


class Migration(migrations.Migration):
    dependencies = [("placements", "0009_consented")]
    operations = [
        migrations.CreateModel(
            "Sight",
            [
                (
                    "match",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="placements.match",
                    ),
                ),
                ("employer_id", models.BigIntegerField()),
                ("provider_id", models.BigIntegerField()),
                ("candidate_id", models.BigIntegerField()),
                ("named", models.BooleanField()),
            ],
            options={
                "verbose_name_plural": "sight",
                "indexes": [
                    models.Index(fields=["employer_id", "candidate_id"], name="sight_of_a_person"),
                    models.Index(fields=["employer_id", "provider_id"], name="sight_of_a_provider"),
                ],
            },
        ),
        migrations.RunSQL(KEEP_IN_STEP, LEAVE),
        wall(
            "placements_sight",
            Door("of people shown to it", EMPLOYER, READ, f"employer_id = {ORGANIZATION}"),
        ),
        *(
            through_sight(table, "of people shown to it", seen_before(key), SIGHT.format("candidate_id", key))
            for table, key in (
                ("candidates_candidate", "candidates_candidate.id"),
                ("candidates_skillevidence", "candidates_skillevidence.candidate_id"),
                ("candidates_credential", "candidates_credential.candidate_id"),
                ("candidates_enrolment", "candidates_enrolment.candidate_id"),
            )
        ),
        *(
            through_sight(
                table,
                "of people it meets, while they agree",
                also + named_before(f"{table}.candidate_id"),
                also + NAMED.format(f"{table}.candidate_id"),
            )
            for table, also in (("candidates_contact", ""), ("documents_document", CLEAN))
        ),
        through_sight(
            "candidates_consent",
            "of people shown to it, to employers",
            f"scope = 'employers' AND {MATCH.format('candidate_id', 'candidates_consent.candidate_id')})",
            "scope = 'employers' AND " + SIGHT.format("candidate_id", "candidates_consent.candidate_id"),
        ),
        *(
            through_sight(
                table,
                "of providers of people in sight",
                MATCH.format("provider_id", f"{table}.provider_id") + OF_THE_EMPLOYER + ")",
                SIGHT.format("provider_id", f"{table}.provider_id"),
            )
            for table in ("providers_cohort", "providers_programme")
        ),
        rehung(
            "placements_interview",
            *(
                Door(
                    "of people shown to it",
                    EMPLOYER,
                    KEEP,
                    f"employer_id = {ORGANIZATION} AND {MATCH.format('id', 'match_id')}{alone})",
                )
                for alone in ("", " OFFSET 0")
            ),
        ),
        history("match", (Persona.EMPLOYER, Persona.PROVIDER, Persona.CANDIDATE)),
        history("placement", (Persona.EMPLOYER, Persona.PROVIDER)),
    ]
