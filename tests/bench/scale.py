"""How big is the world that is measured? A million people, made by the database itself.

1,000,000 candidates of 200 providers, 100,000 matches for 10,000 roles of 2,000 employers, skewed: the
biggest provider has some 70,000 of the people. The golden ratio stands for chance, so that every
run meets the same world.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from alliance.accounts.models import Membership, Organization, User
from alliance.engine_room.paths import database_url
from alliance.engine_room.postgres import SUPERUSER
from alliance.skills.models import Occupation, Skill, ZipArea
from candidates.models import Candidate, Consent, Contact, Credential, Enrolment, SkillEvidence
from employers.models import Employer, Role, RoleSkill, Site
from placements.models import CheckIn, Interview, Match, Offer, Placement, Sight, Slate, WageRecord
from providers.models import Cohort, Programme, Provider

PEOPLE, MATCHES, ROLES, EMPLOYERS, PROVIDERS = 1_000_000, 100_000, 10_000, 2_000, 200
FIRST_EMPLOYER, FIRST_PROVIDER, ALLIANCE = 1, 10_001, 20_001
AT = "timestamptz '2026-03-02 12:00+00'"
DAY = "date '2026-03-02'"
SHOWN = "('presented','meeting','interviewing','offered','accepted','started','passed')"
NAMED = "('meeting','interviewing','offered','accepted','started')"
STATES = (
    "ARRAY['shortlisted','asked','willing','presented','meeting','interviewing','offered',"
    "'accepted','started','passed','passed','declined','withdrawn','role_ended']"
)
EMPTY = {"jsonb": "'{}'", "uuid": "gen_random_uuid()", "bytea": "''", "boolean": "false"}


def chance(number: str, salt: float) -> str:
    """Between 0 and 1, the same each time."""
    return f"(({number} * 0.6180339887498949 + {salt}) % 1)"


def skewed(count: int, number: str, salt: float) -> str:
    """One of so many, the first ones far more often."""
    return f"floor({count} * power({chance(number, salt)}, 2))::bigint"


def made_before(people: int) -> bool:
    """Whether the world is there. One that a killed run left half made or half used cannot be measured."""
    found = Candidate.objects.count()
    if found not in {0, people}:
        raise SystemExit(
            f"The bench's world has {found:,} people instead of {people:,}: a run was stopped in it."
            " Remove var/bench and run this again."
        )
    return found == people


def fill() -> bool:
    """Make the world unless it is there; whether it had to be made.

    As the server's own superuser with triggers and foreign keys asleep: a million rows are not
    checked one by one, they are right by the way they are made.
    """
    if made_before(PEOPLE):
        return False
    with psycopg.connect(database_url(SUPERUSER), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        link.execute("SET synchronous_commit = off")
        for statement in (*_houses(), *_people(), *meetings(MATCHES, ROLES, PEOPLE)):
            sys.stderr.write(".")
            sys.stderr.flush()
            link.execute(statement)
        link.execute("VACUUM ANALYZE")
        sys.stderr.write("\n")
    return True


def insert(model: type[models.Model], source: str, **given: str) -> str:
    """One row of a table for each row of the source; what is not said is as good as empty."""
    written = dict(given)
    for column in model._meta.concrete_fields:
        if column.column not in written and not column.null:
            written |= _empty(column)
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(written)})"
        f" SELECT {', '.join(written.values())} FROM {source}"
    )


def _empty(column: models.Field[Any, Any]) -> dict[str, str]:
    kind = (column.db_type(connection) or "").partition("(")[0]
    if column.primary_key or column.generated or column.has_db_default():
        return {}
    if isinstance(column, ArrayField):
        return {column.column: "'{}'"}
    if column.default is not NOT_PROVIDED and not callable(column.default):
        return {column.column: f"'{column.default}'"}
    return {column.column: EMPTY.get(kind, "''")}


def _houses() -> list[str]:
    numbers = "generate_series(1, {}) n"
    house = {"name": "'House ' || n", "slug": "'house-' || {}", "created_at": AT}
    kinds = (
        ("employer", FIRST_EMPLOYER, EMPLOYERS),
        ("provider", FIRST_PROVIDER, PROVIDERS),
        ("alliance", ALLIANCE, 1),
    )
    made = [
        insert(Skill, numbers.format(30), id="n", code="'s' || n", name="'Skill ' || n", family="'A'"),
        insert(
            Occupation,
            "generate_series(1, 1) n",
            id="n",
            code="'o'",
            name="'Technician'",
            soc="'19-4021'",
            onet="'19-4021.00'",
            title="'Technicians'",
            typical_education="'none'",
        ),
        insert(ZipArea, "generate_series(1, 1) n", code="'02139'", place="'Cambridge'", latitude="42.36", longitude="-71.1"),
    ]  # fmt: skip
    for kind, first, count in kinds:
        source = f"generate_series({first}, {first + count - 1}) n"
        slug = {**house, "slug": "'house-' || n"}
        made += [
            insert(Organization, source, id="n", kind=f"'{kind}'", **slug),
            insert(User, source, id="n", email=f"n || '@{kind}.test'", name="'Member ' || n", is_active="true", joined_at=AT),
            insert(Membership, source, id="n", user_id="n", organization_id="n", level="'owner'", started_at=AT),
        ]  # fmt: skip
    employers = f"generate_series({FIRST_EMPLOYER}, {EMPLOYERS}) n"
    providers = f"generate_series({FIRST_PROVIDER}, {FIRST_PROVIDER + PROVIDERS - 1}) n"
    roles = f"generate_series(1, {ROLES}) n"
    employer = f"1 + {skewed(EMPLOYERS, 'n', 0.1)}"
    return [
        *made,
        insert(Employer, employers, organization_id="n", trusted_since=AT),
        insert(Site, employers, id="n", employer_id="n", name="'Main'", city="'Cambridge'", zip_id="'02139'"),
        insert(Provider, providers, organization_id="n"),
        insert(Programme, providers, id="n", provider_id="n", name="'Bench'", weeks="8", hours="192"),
        insert(Cohort, f"{providers}, generate_series(1, 4) c", id="n * 10 + c", provider_id="n", programme_id="n", name="'Cohort ' || c", starts_on=DAY, ends_on=DAY),
        insert(
            Role,
            f"(SELECT n, {employer} employer FROM {roles}) r",
            id="n",
            employer_id="employer",
            site_id="employer",
            title="'Technician ' || n",
            occupation_id="1",
            starts_on=DAY,
            pay_min="20",
            pay_max="25",
            status="CASE WHEN n % 10 = 0 THEN 'draft' ELSE 'open' END",
            created_at=f"{AT} - n * interval '1 minute'",
            opened_at=AT,
        ),
        insert(RoleSkill, f"{roles}, generate_series(1, 3) k", role_id="n", skill_id="1 + (n + k) % 30", level="2"),
    ]  # fmt: skip


def _people() -> list[str]:
    people = f"(SELECT n, {FIRST_PROVIDER} + {skewed(PROVIDERS, 'n', 0.2)} provider FROM generate_series(1, {PEOPLE}) n) p"
    return [
        insert(
            Candidate,
            people,
            id="n",
            provider_id="provider",
            reference="'R' || n",
            status="CASE WHEN n % 5 = 0 THEN 'registered' ELSE 'ready' END",
            ready_at=AT,
            shifts="ARRAY['day']",
            created_at=f"{AT} - n * interval '1 second'",
            agrees_to_employers="n % 10 <> 0",
            agrees_to_matching="n % 7 <> 0",
            has_skills="true",
        ),
        insert(
            Contact,
            "candidates_candidate p",
            candidate_id="p.id",
            provider_id="provider_id",
            first_name="'First' || p.id % 9973",
            last_name="'Last' || p.id % 99991",
            email="p.id || '@people.test'",
        ),
        insert(Enrolment, "candidates_candidate p", candidate_id="p.id", provider_id="provider_id", cohort_id="provider_id * 10 + 1 + p.id % 4", started_on=DAY),
        insert(SkillEvidence, "candidates_candidate p", candidate_id="p.id", skill_id="1 + p.id % 30", level="2", signed_off_on=DAY),
        insert(Credential, "candidates_candidate p WHERE p.id % 5 = 0", candidate_id="p.id", name="'OSHA 10'"),
        *(
            insert(
                Consent,
                f"candidates_candidate p WHERE p.id % {leaves_out} <> 0",
                candidate_id="p.id",
                scope=f"'{scope}'",
                text_version="'1'",
                language="'en'",
                given_at=AT,
            )
            for scope, leaves_out in (("employers", 10), ("matching", 7))
        ),
    ]  # fmt: skip


def meetings(matches: int, roles: int, people: int) -> list[str]:
    """So many matches of these people with these roles, in every state by turns, with what follows."""
    number = f"generate_series(1, {matches}) n"
    drawn = (
        f"(SELECT n, 1 + {skewed(roles, 'n', 0.3)} role, 1 + (n::bigint * 7919) % {people} person,"
        f" ({STATES})[1 + n % 14] state FROM {number}) m JOIN employers_role r ON r.id = m.role"
        " JOIN candidates_candidate p ON p.id = m.person"
    )
    job = "placements_match m WHERE m.status = 'started'"
    return [
        insert(Slate, "employers_role r", id="r.id", role_id="r.id", employer_id="r.employer_id", presented_at=AT),
        insert(
            Match,
            drawn,
            id="m.n",
            role_id="m.role",
            employer_id="r.employer_id",
            candidate_id="m.person",
            provider_id="p.provider_id",
            slate_id=f"CASE WHEN state IN {SHOWN} THEN m.role END",
            status="state",
            created_at=f"{AT} - m.n * interval '1 minute'",
            asked_at=f"CASE WHEN state <> 'shortlisted' THEN {AT} END",
            candidate_due_at=f"CASE WHEN state <> 'shortlisted' THEN {AT} END",
            agreed_at=f"CASE WHEN state NOT IN ('shortlisted', 'asked') THEN {AT} END",
            presented_at=f"CASE WHEN state IN {SHOWN} THEN {AT} END",
            answer_due_at=f"CASE WHEN state IN {SHOWN} THEN {AT} + m.n * interval '1 minute' END",
            answered_at=f"CASE WHEN state IN {SHOWN} AND state <> 'presented' THEN {AT} + m.n * interval '1 minute' END",
            ended_at=f"CASE WHEN state IN ('started', 'passed') THEN {AT} END",
            pass_reason="CASE WHEN state = 'passed' THEN 'pay' ELSE '' END",
            consented="m.person % 10 <> 0",
        ),
        insert(Sight, f"placements_match m WHERE status = 'started' OR consented AND status IN {SHOWN}", match_id="id", employer_id="employer_id", provider_id="provider_id", candidate_id="candidate_id", agreed="consented", named=f"consented AND status IN {NAMED}"),
        insert(Interview, "placements_match m WHERE m.status = 'interviewing'", match_id="m.id", employer_id="employer_id", starts_at=AT, ends_at=f"{AT} + interval '1 hour'", place="'Here'"),
        insert(Offer, "placements_match m WHERE m.status IN ('offered', 'accepted', 'started')", match_id="m.id", employer_id="employer_id", pay="25", hours_per_week="40", starts_on=DAY, made_at=AT),
        insert(Placement, job, id="m.id", match_id="m.id", role_id="role_id", employer_id="employer_id", candidate_id="candidate_id", provider_id="provider_id", title="'Technician'", starts_on=DAY, created_at=AT),
        insert(WageRecord, job, placement_id="m.id", employer_id="employer_id", effective_on=DAY, pay="25", hours_per_week="40", evidence="'employer'", recorded_at=AT),
        insert(CheckIn, "placements_placement p, unnest(ARRAY['worker', 'supervisor']) side", placement_id="p.id", employer_id="employer_id", provider_id="provider_id", reporter="side", day="30", due_on=DAY, closes_on=DAY, created_at=AT),
    ]  # fmt: skip
