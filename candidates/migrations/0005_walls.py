"""Who may read and write people, and what they agreed to."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    CANDIDATE,
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

OWN = f"provider_id = {ORGANIZATION}"
OF_OWN_PEOPLE = (
    "EXISTS (SELECT 1 FROM candidates_candidate own"
    f" WHERE own.id = candidate_id AND own.provider_id = {ORGANIZATION})"
)
OWN_SELF = f"candidate_id = {CANDIDATE}"
BEHIND = (Persona.POSTMAN, Persona.CLERK)


def person(table, own, *more):
    """Facts about a person: the provider's to keep, the person's and the staff's to read."""
    return wall(
        table,
        Door("its own people", (Persona.PROVIDER,), WRITE, own),
        Door("oneself", (Persona.CANDIDATE,), READ, OWN_SELF),
        staff_writes(),
        Door("all", BEHIND, READ),
        *more,
    )


class Migration(migrations.Migration):
    dependencies = [("candidates", "0004_upload_tie"), ("providers", "0003_walls")]
    operations = [
        wall(
            "candidates_candidate",
            Door("its own people", (Persona.PROVIDER,), WRITE, OWN),
            Door("oneself", (Persona.CANDIDATE,), READ | {"UPDATE"}, f"id = {CANDIDATE}"),
            staff_writes(),
            errands(),
            Door("all", BEHIND, READ),
        ),
        # No door for errands: what follows from a move needs no names.
        person("candidates_contact", OWN),
        person("candidates_enrolment", OWN),
        person("candidates_skillevidence", OF_OWN_PEOPLE),
        person("candidates_credential", OF_OWN_PEOPLE),
        wall(
            "candidates_consent",
            Door("its own people", (Persona.PROVIDER,), KEEP, OF_OWN_PEOPLE),
            Door("one's own", (Persona.CANDIDATE,), KEEP, OWN_SELF),
            staff_writes(),
            Door("whether it stands", (Persona.ERRAND, *BEHIND), READ),
        ),
        wall(
            "candidates_upload",
            Door("its own files", (Persona.PROVIDER,), WRITE, OWN),
            staff_writes(),
            Door("clears", (Persona.CLERK,), WRITE),
        ),
        doors(
            "providers_provider",
            Door(
                "one's own",
                (Persona.CANDIDATE,),
                READ,
                "EXISTS (SELECT 1 FROM candidates_candidate seen"
                " WHERE seen.provider_id = organization_id)",
            ),
        ),
        doors(
            "accounts_organization",
            Door(
                "one's own provider",
                (Persona.CANDIDATE,),
                READ,
                "EXISTS (SELECT 1 FROM candidates_candidate seen"
                " WHERE seen.provider_id = accounts_organization.id)",
            ),
        ),
        doors(
            "providers_cohort",
            Door(
                "one's own",
                (Persona.CANDIDATE,),
                READ,
                "EXISTS (SELECT 1 FROM candidates_enrolment seen"
                " WHERE seen.cohort_id = providers_cohort.id)",
            ),
        ),
        doors(
            "providers_programme",
            Door(
                "one's own",
                (Persona.CANDIDATE,),
                READ,
                "EXISTS (SELECT 1 FROM providers_cohort seen"
                " WHERE seen.programme_id = providers_programme.id)",
            ),
        ),
        doors(
            "audit_event",
            Door(
                "about its own people",
                (Persona.PROVIDER,),
                READ,
                "CASE WHEN subject LIKE 'candidates.candidate:%' THEN EXISTS (SELECT 1 FROM"
                " candidates_candidate seen WHERE seen.id = split_part(subject, ':', 2)::bigint)"
                " ELSE false END",
            ),
        ),
    ]
