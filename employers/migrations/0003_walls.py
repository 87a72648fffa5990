"""Who may read and write employers, their sites and roles."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    CHANGE,
    KEEP,
    ORGANIZATION,
    READ,
    WRITE,
    Door,
    doors,
    errands,
    staff_writes,
    wall,
)

OWN = f"employer_id = {ORGANIZATION}"
ONCE_PUBLIC = "status = 'open' OR (status IN ('filled', 'closed') AND opened_at IS NOT NULL)"
STRANGERS = (
    Persona.ANYBODY,
    Persona.CANDIDATE,
    Persona.SUPERVISOR,
    Persona.PROVIDER,
    Persona.FUNDER,
)
READERS = (*STRANGERS, Persona.EMPLOYER)
BEHIND_THE_SCENES = (Persona.POSTMAN, Persona.CLERK)
# The role is itself read through its own policies, so these follow whatever those let through.
OF_A_ROLE_IN_SIGHT = "EXISTS (SELECT 1 FROM employers_role seen WHERE seen.{} = {})"


def all_else():
    return staff_writes(), errands(), Door("all", BEHIND_THE_SCENES, READ)


class Migration(migrations.Migration):
    dependencies = [
        ("employers", "0002_ties"),
        ("accounts", "0002_walls"),
        ("skills", "0002_walls"),
    ]
    operations = [
        wall(
            "employers_role",
            Door("its own", (Persona.EMPLOYER,), WRITE, OWN),
            Door("open, or once open", STRANGERS, READ, ONCE_PUBLIC),
            *all_else(),
        ),
        wall(
            "employers_roleskill",
            Door(
                "of its own roles",
                (Persona.EMPLOYER,),
                WRITE,
                OF_A_ROLE_IN_SIGHT.format("id", "role_id"),
            ),
            Door("of roles in sight", STRANGERS, READ, OF_A_ROLE_IN_SIGHT.format("id", "role_id")),
            *all_else(),
        ),
        wall(
            "employers_site",
            Door("its own", (Persona.EMPLOYER,), WRITE, OWN),
            Door(
                "of roles in sight",
                STRANGERS,
                READ,
                OF_A_ROLE_IN_SIGHT.format("site_id", "employers_site.id"),
            ),
            *all_else(),
        ),
        wall(
            "employers_employer",
            Door("itself", (Persona.EMPLOYER,), CHANGE, f"organization_id = {ORGANIZATION}"),
            Door(
                "of roles in sight",
                STRANGERS,
                READ,
                OF_A_ROLE_IN_SIGHT.format("employer_id", "organization_id"),
            ),
            *all_else(),
        ),
        doors(
            "accounts_organization",
            Door(
                "employers of roles in sight",
                STRANGERS,
                READ,
                OF_A_ROLE_IN_SIGHT.format("employer_id", "accounts_organization.id"),
            ),
        ),
        doors(
            "audit_event",
            Door(
                "about its own roles",
                (Persona.EMPLOYER,),
                READ,
                "CASE WHEN subject LIKE 'employers.role:%' THEN EXISTS (SELECT 1 FROM employers_role"
                " seen WHERE seen.id = split_part(subject, ':', 2)::bigint) ELSE false END",
            ),
        ),
    ]
