"""Who may read and write matches and jobs; and whom an employer may see through a match."""

from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import (
    ADD,
    CANDIDATE,
    CHANGE,
    KEEP,
    ORGANIZATION,
    READ,
    SUBJECT,
    Door,
    doors,
    errands,
    staff_writes,
    wall,
)

EMPLOYER, PROVIDER = (Persona.EMPLOYER,), (Persona.PROVIDER,)
PERSON, SUPERVISOR = (Persona.CANDIDATE,), (Persona.SUPERVISOR,)
BEHIND = (Persona.POSTMAN, Persona.CLERK)
FOR_EMPLOYER = f"employer_id = {ORGANIZATION}"
FOR_PROVIDER = f"provider_id = {ORGANIZATION}"
OWN_SELF = f"candidate_id = {CANDIDATE}"
# Own columns only: other tables' policies look into this one.
SHOWN = (
    f"{FOR_EMPLOYER} AND hidden_at IS NULL AND status IN"
    " ('presented', 'meeting', 'interviewing', 'offered', 'accepted', 'started', 'passed')"
)
ASKED = f"{OWN_SELF} AND asked_at IS NOT NULL"
OF_A_MATCH_IN_SIGHT = "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.{} = {})"
OF_A_PLACEMENT_IN_SIGHT = "EXISTS (SELECT 1 FROM placements_placement seen WHERE seen.{} = {})"
OF_A_CHECK_IN_IN_SIGHT = "EXISTS (SELECT 1 FROM placements_checkin seen WHERE seen.id = {})"
# Matches are read through the policy above, so "shown" is said once. Consent is asked here again:
# withdrawn, it hides the person even before anything else has moved.
AGREES = (
    "EXISTS (SELECT 1 FROM candidates_consent given WHERE given.candidate_id = {0}"
    " AND given.scope = 'employers' AND given.withdrawn_at IS NULL)"
)
FACE = (
    "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.candidate_id = {0}"
    f" AND seen.employer_id = {ORGANIZATION}"
    " AND (seen.status = 'started' OR " + AGREES + "))"
)
REVEALED = (
    "EXISTS (SELECT 1 FROM placements_match seen WHERE seen.candidate_id = {0}"
    f" AND seen.employer_id = {ORGANIZATION}"
    " AND seen.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started')) AND "
    + AGREES
)


def behind_the_scenes():
    return staff_writes(), errands(), Door("all", BEHIND, READ)


def face(table, column="candidate_id"):
    return doors(table, Door("of people shown to it", EMPLOYER, READ, FACE.format(column)))


def history(table, roles, subject, seen):
    return doors(
        table,
        Door(
            f"about {seen.rpartition('_')[2]}s in sight",
            roles,
            READ,
            f"CASE WHEN subject LIKE '{subject}:%' THEN EXISTS (SELECT 1 FROM {seen} seen"
            " WHERE seen.id = split_part(subject, ':', 2)::bigint) ELSE false END",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0003_append_only"),
        ("candidates", "0005_walls"),
        ("employers", "0003_walls"),
    ]
    operations = [
        migrations.AddField(
            "match", "hidden_at", models.DateTimeField(null=True, blank=True)
        ),
        wall(
            "placements_match",
            Door("shown to it", EMPLOYER, CHANGE, SHOWN),
            Door("of its own people", PROVIDER, READ, FOR_PROVIDER),
            Door("one was asked about", PERSON, CHANGE, ASKED),
            *behind_the_scenes(),
        ),
        wall(
            "placements_slate",
            Door("sent to it", EMPLOYER, READ, FOR_EMPLOYER),
            *behind_the_scenes(),
        ),
        wall(
            "placements_interview",
            Door(
                "of people shown to it",
                EMPLOYER,
                KEEP,
                f"{FOR_EMPLOYER} AND {OF_A_MATCH_IN_SIGHT.format('id', 'match_id')}",
            ),
            Door(
                "of matches in sight",
                (Persona.PROVIDER, Persona.CANDIDATE),
                READ,
                OF_A_MATCH_IN_SIGHT.format("id", "match_id"),
            ),
            # Who says no calls off the interview with it.
            Door(
                "calls off one's own",
                PERSON,
                frozenset({"UPDATE"}),
                OF_A_MATCH_IN_SIGHT.format("id", "match_id"),
            ),
            *behind_the_scenes(),
        ),
        wall(
            "placements_offer",
            Door("its own", EMPLOYER, KEEP, FOR_EMPLOYER),
            Door(
                "made to oneself", PERSON, READ, OF_A_MATCH_IN_SIGHT.format("id", "match_id")
            ),
            *behind_the_scenes(),
        ),
        wall(
            "placements_placement",
            Door("its own", EMPLOYER, KEEP, FOR_EMPLOYER),
            Door("of its own people", PROVIDER, READ, FOR_PROVIDER),
            Door("one's own", PERSON, READ, OWN_SELF),
            Door(
                "asked about",
                SUPERVISOR,
                READ,
                OF_A_CHECK_IN_IN_SIGHT.format(f"{SUBJECT} AND seen.placement_id ="
                " placements_placement.id"),
            ),
            *behind_the_scenes(),
        ),
        wall(
            "placements_wagerecord",
            Door("its own", EMPLOYER, READ | ADD, FOR_EMPLOYER),
            Door(
                "of its own people",
                PROVIDER,
                READ,
                OF_A_PLACEMENT_IN_SIGHT.format("id", "placement_id"),
            ),
            Door("adds, never edits", (Persona.STAFF,), READ | ADD),
            Door("all", BEHIND, READ),
        ),
        wall(
            "placements_checkin",
            Door("a supervisor's side", EMPLOYER, READ, f"{FOR_EMPLOYER} AND reporter = 'supervisor'"),
            Door("of its own people", PROVIDER, READ, FOR_PROVIDER),
            Door(
                "one's own side",
                PERSON,
                CHANGE,
                "reporter = 'worker' AND " + OF_A_PLACEMENT_IN_SIGHT.format("id", "placement_id"),
            ),
            # Own columns only: the placement's policy looks in here.
            Door("asked in the letter", SUPERVISOR, CHANGE, f"id = {SUBJECT} AND reporter = 'supervisor'"),
            *behind_the_scenes(),
        ),
        # No door for employers, and none for the postman: what a worker said is not for letters.
        wall(
            "placements_workeranswer",
            Door("of its own people", PROVIDER, READ, FOR_PROVIDER),
            Door("one's own", PERSON, READ | ADD, OF_A_CHECK_IN_IN_SIGHT.format("check_in_id")),
            staff_writes(),
            Door("counts", (Persona.CLERK,), READ),
        ),
        wall(
            "placements_supervisoranswer",
            Door("its own", EMPLOYER, READ, FOR_EMPLOYER),
            Door(
                "of its own people", PROVIDER, READ, OF_A_CHECK_IN_IN_SIGHT.format("check_in_id")
            ),
            Door("one's own", SUPERVISOR, READ | ADD, OF_A_CHECK_IN_IN_SIGHT.format("check_in_id")),
            staff_writes(),
            Door("counts", (Persona.CLERK,), READ),
        ),
        *(
            wall(
                f"placements_supervisoranswer_{which}_skills",
                Door(
                    "of answers in sight",
                    (Persona.EMPLOYER, Persona.PROVIDER),
                    READ,
                    OF_A_CHECK_IN_IN_SIGHT.format("supervisoranswer_id"),
                ),
                Door(
                    "one's own",
                    SUPERVISOR,
                    READ | ADD | {"DELETE"},
                    OF_A_CHECK_IN_IN_SIGHT.format("supervisoranswer_id"),
                ),
                staff_writes(),
                Door("counts", (Persona.CLERK,), READ),
            )
            for which in ("strong", "weak")
        ),
        # Through a match: what an employer may read of a person.
        face("candidates_candidate", "candidates_candidate.id"),
        face("candidates_skillevidence"),
        face("candidates_credential"),
        face("candidates_enrolment"),
        doors(
            "candidates_contact",
            Door(
                "of people it meets, while they agree",
                EMPLOYER,
                READ,
                REVEALED.format("candidates_contact.candidate_id"),
            ),
            Door(
                "the first name of whom one is asked about",
                SUPERVISOR,
                READ,
                OF_A_PLACEMENT_IN_SIGHT.format("candidate_id", "candidates_contact.candidate_id"),
                columns=("candidate_id", "first_name"),
            ),
        ),
        doors(
            "candidates_consent",
            Door(
                "of people shown to it, to employers",
                EMPLOYER,
                READ,
                "scope = 'employers' AND "
                + OF_A_MATCH_IN_SIGHT.format("candidate_id", "candidates_consent.candidate_id"),
            ),
        ),
        doors(
            "candidates_candidate",
            Door(
                "asked about",
                SUPERVISOR,
                READ,
                OF_A_PLACEMENT_IN_SIGHT.format("candidate_id", "candidates_candidate.id"),
            ),
        ),
        doors(
            "candidates_enrolment",
            Door(
                "of whom one is asked about",
                SUPERVISOR,
                READ,
                OF_A_PLACEMENT_IN_SIGHT.format("candidate_id", "candidates_enrolment.candidate_id"),
            ),
        ),
        doors(
            "providers_cohort",
            Door(
                "of people in sight",
                (Persona.EMPLOYER, Persona.SUPERVISOR),
                READ,
                "EXISTS (SELECT 1 FROM candidates_enrolment seen"
                " WHERE seen.cohort_id = providers_cohort.id)",
            ),
        ),
        doors(
            "providers_programme",
            Door(
                "of people in sight",
                (Persona.EMPLOYER, Persona.SUPERVISOR),
                READ,
                "EXISTS (SELECT 1 FROM providers_cohort seen"
                " WHERE seen.programme_id = providers_programme.id)",
            ),
        ),
        doors(
            "providers_competency",
            Door(
                "what was taught",
                SUPERVISOR,
                READ,
                "EXISTS (SELECT 1 FROM providers_programme seen WHERE seen.id = programme_id)",
            ),
        ),
        # A role that was put to a person stays readable to them and their provider when it ends.
        doors(
            "employers_role",
            Door(
                "of matches in sight",
                (Persona.PROVIDER, Persona.CANDIDATE),
                READ,
                OF_A_MATCH_IN_SIGHT.format("role_id", "employers_role.id"),
            ),
            Door(
                "of the job asked about",
                SUPERVISOR,
                READ,
                OF_A_PLACEMENT_IN_SIGHT.format("role_id", "employers_role.id"),
            ),
        ),
        history(
            "audit_event",
            (Persona.EMPLOYER, Persona.PROVIDER, Persona.CANDIDATE),
            "placements.match",
            "placements_match",
        ),
        history(
            "audit_event",
            (Persona.EMPLOYER, Persona.PROVIDER),
            "placements.placement",
            "placements_placement",
        ),
    ]
