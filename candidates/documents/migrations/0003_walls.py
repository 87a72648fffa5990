"""Who may read and write documents: those who look after the person, and the person.

None of them has UPDATE: how a document stands is what the scanner said, and only the clerk that
asks it writes that down. Which employer may read one is the match's to say, a floor above.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ADD, CANDIDATE, ORGANIZATION, READ, WRITE, Door, doors, wall

ADDS_AND_REMOVES = READ | ADD | {"DELETE"}


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_ties"), ("candidates", "0005_walls")]
    operations = [
        wall(
            "documents_document",
            Door(
                "of its own people",
                (Persona.PROVIDER,),
                ADDS_AND_REMOVES,
                f"provider_id = {ORGANIZATION}",
            ),
            Door("one's own", (Persona.CANDIDATE,), ADDS_AND_REMOVES, f"candidate_id = {CANDIDATE}"),
            Door("all", (Persona.STAFF,), ADDS_AND_REMOVES),
            Door("scans and clears away", (Persona.CLERK,), WRITE),
        ),
        doors(
            "audit_event",
            Door(
                "what became of one's documents",
                (Persona.CANDIDATE,),
                READ,
                f"subject = 'candidates.candidate:' || {CANDIDATE}"
                " AND verb IN ('add_document', 'remove_document', 'read_document')",
            ),
        ),
    ]
