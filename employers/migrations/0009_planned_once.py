"""What is read through a role: asked by the role's key, and planned once."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import READ, WRITE, Door, rehung

STRANGERS = (
    Persona.ANYBODY,
    Persona.CANDIDATE,
    Persona.SUPERVISOR,
    Persona.PROVIDER,
    Persona.FUNDER,
)
IN_SIGHT = "EXISTS (SELECT 1 FROM employers_role seen WHERE seen.{} = {}{})"


def planned_once(table, why, roles, verbs, of):
    before, after = (
        Door(why, roles, verbs, IN_SIGHT.format(*of, alone)) for alone in ("", " OFFSET 0")
    )
    return rehung(table, before, after)


class Migration(migrations.Migration):
    dependencies = [("employers", "0008_no_index_twice")]
    operations = [
        planned_once(
            "employers_roleskill",
            "of its own roles",
            (Persona.EMPLOYER,),
            WRITE,
            ("id", "role_id"),
        ),
        *(
            planned_once(table, why, STRANGERS, READ, of)
            for table, why, of in (
                ("employers_roleskill", "of roles in sight", ("id", "role_id")),
                ("employers_site", "of roles in sight", ("site_id", "employers_site.id")),
                ("employers_employer", "of roles in sight", ("employer_id", "organization_id")),
                (
                    "accounts_organization",
                    "employers of roles in sight",
                    ("employer_id", "accounts_organization.id"),
                ),
            )
        ),
    ]
