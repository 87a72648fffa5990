"""The trail is read where a page shows it: a match’s and a role’s by the employer, and by nobody else of these.

Providers and candidates could read every line about a match of theirs, and employers and providers about a
placement, with all its details: no page of theirs does. What is not needed is not there to leak, and
an employer’s page of a match has one door less to plan.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import READ, Door, walled_up

TOLD = (
    "CASE WHEN subject LIKE 'placements.{0}:%' THEN EXISTS (SELECT 1 FROM placements_{0} seen"
    " WHERE seen.id = split_part(subject, ':', 2)::bigint OFFSET 0) ELSE false END"
)


class Migration(migrations.Migration):
    dependencies = [("placements", "0017_by_sight")]
    operations = [
        walled_up(
            "audit_event",
            Door(
                "about matchs in sight",
                (Persona.PROVIDER, Persona.CANDIDATE),
                READ,
                TOLD.format("match"),
            ),
            Door(
                "about placements in sight",
                (Persona.EMPLOYER, Persona.PROVIDER),
                READ,
                TOLD.format("placement"),
            ),
        ),
    ]
