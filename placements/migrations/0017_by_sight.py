"""What an employer reads of a match’s history: asked of the narrow row that shows it, and planned once.

A match says in one column whether it is shown: seven words of a status were compared with every
partial index, each time a page was planned.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import CHANGE, ORGANIZATION, READ, Door, rehung

EMPLOYER = (Persona.EMPLOYER,)
ITS_OWN = f"employer_id = {ORGANIZATION}"
LISTED = (
    f"{ITS_OWN} AND hidden_at IS NULL AND status IN"
    " ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'started', 'passed')"
)
THROUGH = "EXISTS (SELECT 1 FROM placements_{} seen WHERE seen.{} = {} OFFSET 0)"
PUT_FORWARD = "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.{} = {}{})"
TOLD = "CASE WHEN subject LIKE 'placements.match:%' THEN {} ELSE false END"
NUMBER = "split_part(subject, ':', 2)::bigint"


def trail(*, before, after):
    why = "about matchs in sight"
    return rehung(
        "audit_event",
        Door(why, EMPLOYER, READ, TOLD.format(THROUGH.format(*before, NUMBER))),
        Door(why, EMPLOYER, READ, TOLD.format(THROUGH.format(*after, NUMBER))),
    )


def planned_once(table, why, verbs, of, roles=(Persona.PROVIDER, Persona.CANDIDATE)):
    before, after = (
        Door(why, roles, verbs, PUT_FORWARD.format(*of, alone)) for alone in ("", " OFFSET 0")
    )
    return rehung(table, before, after)


class Migration(migrations.Migration):
    dependencies = [("placements", "0016_shown"), ("employers", "0009_planned_once")]
    operations = [
        rehung(
            "placements_match",
            Door("shown to it", EMPLOYER, CHANGE, LISTED),
            Door("shown to it", EMPLOYER, CHANGE, f"{ITS_OWN} AND shown"),
        ),
        trail(before=("match", "id"), after=("sight", "match_id")),
        planned_once("placements_interview", "of matches in sight", READ, ("id", "match_id")),
        planned_once(
            "employers_role", "of matches in sight", READ, ("role_id", "employers_role.id")
        ),
    ]
