"""The résumé of somebody an employer asked to meet, while that person agrees."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, Door, doors

# The same rule as for the name and the telephone number, and only what was found clean.
REVEALED = (
    "kind = 'resume' AND documents_document.status = 'clean' AND EXISTS (SELECT 1 FROM"
    " placements_match seen WHERE seen.candidate_id = documents_document.candidate_id"
    f" AND seen.employer_id = {ORGANIZATION}"
    " AND seen.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started'))"
    " AND EXISTS (SELECT 1 FROM candidates_consent given"
    " WHERE given.candidate_id = documents_document.candidate_id"
    " AND given.scope = 'employers' AND given.withdrawn_at IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("placements", "0004_walls"), ("documents", "0003_walls")]
    operations = [
        doors(
            "documents_document",
            Door("of people it meets, while they agree", (Persona.EMPLOYER,), READ, REVEALED),
        ),
    ]
