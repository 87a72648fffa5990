"""Who may read and write providers, their programmes and cohorts."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    CHANGE,
    ORGANIZATION,
    READ,
    WRITE,
    Door,
    errands,
    staff_writes,
    wall,
)

OWN = f"provider_id = {ORGANIZATION}"


def all_else():
    behind = (Persona.ERRAND, Persona.POSTMAN, Persona.CLERK)
    return staff_writes(), Door("all", behind, READ)


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0002_ties"),
        ("accounts", "0002_walls"),
        ("skills", "0002_walls"),
    ]
    operations = [
        wall(
            "providers_provider",
            Door("itself", (Persona.PROVIDER,), CHANGE, f"organization_id = {ORGANIZATION}"),
            *all_else(),
        ),
        wall("providers_programme", Door("its own", (Persona.PROVIDER,), WRITE, OWN), *all_else()),
        wall("providers_cohort", Door("its own", (Persona.PROVIDER,), WRITE, OWN), *all_else()),
        wall(
            "providers_competency",
            Door(
                "of its own programmes",
                (Persona.PROVIDER,),
                WRITE,
                "EXISTS (SELECT 1 FROM providers_programme seen WHERE seen.id = programme_id)",
            ),
            *all_else(),
        ),
    ]
