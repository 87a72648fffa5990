"""What belongs to a person: asked by the person's key, and planned once; names in a provider's order."""

from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import KEEP, ORGANIZATION, WRITE, Door, rehung

OF_OWN_PEOPLE = (
    "EXISTS (SELECT 1 FROM candidates_candidate own"
    f" WHERE own.id = candidate_id AND own.provider_id = {ORGANIZATION})"
)
# The person is read through the provider's own door, which says whose it is.
BY_KEY = "EXISTS (SELECT 1 FROM candidates_candidate own WHERE own.id = candidate_id OFFSET 0)"


class Migration(migrations.Migration):
    dependencies = [("candidates", "0011_lookalike_walls")]
    operations = [
        migrations.AddIndex(
            "contact",
            models.Index(
                fields=["provider", "last_name", "first_name", "candidate"],
                name="contact_by_provider_and_name",
            ),
        ),
        *(
            rehung(
                table,
                Door("its own people", (Persona.PROVIDER,), verbs, OF_OWN_PEOPLE),
                Door("its own people", (Persona.PROVIDER,), verbs, BY_KEY),
            )
            for table, verbs in (
                ("candidates_skillevidence", WRITE),
                ("candidates_credential", WRITE),
                ("candidates_consent", KEEP),
            )
        ),
    ]
