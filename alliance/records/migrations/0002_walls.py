"""Who may read and write requests and the ledger; what a person may read of themselves; who clears."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import CANDIDATE, KEEP, READ, WRITE, Door, doors, wall

ONESELF = f"candidate_id = {CANDIDATE}"
OF_OWN_JOBS = (
    "EXISTS (SELECT 1 FROM placements_placement own"
    f" WHERE own.id = placement_id AND own.candidate_id = {CANDIDATE})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
        ("sensitive", "0006_sealed"),
        ("documents", "0003_walls"),
        ("placements", "0006_history"),
        ("links", "0002_walls"),
        ("outbox", "0002_walls"),
        ("sessions", "0001_initial"),
        ("accounts", "0002_walls"),
    ]
    operations = [
        wall(
            "records_request",
            Door("one's own", (Persona.CANDIDATE,), KEEP, ONESELF),
            Door("answers", (Persona.STAFF,), KEEP),
            Door("files what nobody uses", (Persona.CLERK,), WRITE),
            Door("whom a notice is for", (Persona.POSTMAN,), READ),
        ),
        wall(
            "records_erasure",
            Door("reads all", (Persona.STAFF,), READ),
            Door("writes it to its file", (Persona.CLERK,), READ | {"UPDATE"}),
        ),
        wall("records_removal", Door("removes", (Persona.CLERK,), WRITE)),
        # What somebody told in confidence they may read again, in all we hold of them.
        doors("sensitive_demographics", Door("oneself", (Persona.CANDIDATE,), READ, ONESELF)),
        doors("sensitive_barrier", Door("oneself", (Persona.CANDIDATE,), READ, ONESELF)),
        doors("sensitive_formerwage", Door("oneself", (Persona.CANDIDATE,), READ, ONESELF)),
        doors("placements_wagerecord", Door("one's own", (Persona.CANDIDATE,), READ, OF_OWN_JOBS)),
        # Every row is the clerk's already; now also to clear away.
        migrations.RunSQL(
            f"GRANT DELETE ON links_link TO {Persona.CLERK}",
            f"REVOKE DELETE ON links_link FROM {Persona.CLERK}",
        ),
        doors("django_session", Door("clears", (Persona.CLERK,), READ | {"DELETE"})),
    ]
