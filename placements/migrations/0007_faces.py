"""What an employer reads of a person: of those shown to it, and of nobody else.

In the doors this takes the place of, ``candidate_id`` was the match's own, so that one match in sight
opened the skills, credentials and enrolments of everybody.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, Door, rehung

FACE = (
    "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.candidate_id = {0}"
    f" AND seen.employer_id = {ORGANIZATION}"
    " AND (seen.status = 'started' OR EXISTS (SELECT 1 FROM candidates_consent given"
    " WHERE given.candidate_id = {0} AND given.scope = 'employers'"
    " AND given.withdrawn_at IS NULL)))"
)


def face(column):
    return Door("of people shown to it", (Persona.EMPLOYER,), READ, FACE.format(column))


class Migration(migrations.Migration):
    dependencies = [("placements", "0006_history")]
    operations = [
        rehung(table, face("candidate_id"), face(f"{table}.candidate_id"))
        for table in (
            "candidates_skillevidence",
            "candidates_credential",
            "candidates_enrolment",
        )
    ]
