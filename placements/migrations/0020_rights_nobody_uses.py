"""What follows from a move is done by the errand: a person calls no interview off by hand. And an offer
that was made is not changed: another one is refused.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ADD, KEEP, ORGANIZATION, READ, Door, rehung, shut

OWN = f"employer_id = {ORGANIZATION}"
CALLS_OFF = Door(
    "calls off one's own",
    (Persona.CANDIDATE,),
    frozenset({"UPDATE"}),
    "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.id = match_id)",
)


class Migration(migrations.Migration):
    dependencies = [("placements", "0019_never_removed")]
    operations = [
        shut("placements_interview", CALLS_OFF),
        rehung(
            "placements_offer",
            Door("its own", (Persona.EMPLOYER,), KEEP, OWN),
            Door("its own", (Persona.EMPLOYER,), READ | ADD, OWN),
        ),
    ]
