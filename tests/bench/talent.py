"""Whom is ranking measured on? A hundred thousand ready people with real skills, made by the database.

The vocabulary is ours, a person has eight of its skills, two consents, a ZIP and a programme; a
quarter more people are not ready. The golden ratio stands for chance, as in ``scale``.
"""

from __future__ import annotations

import psycopg
from django.db import connection

from alliance.accounts.models import Organization
from alliance.engine_room.paths import database_url
from alliance.engine_room.postgres import SUPERUSER
from alliance.skills.actions import load_vocabulary
from alliance.skills.models import Occupation, OccupationSkill, Skill
from candidates.models import Candidate, Consent, Contact, Enrolment, SkillEvidence
from employers.models import Employer, Role, RoleSkill, Site
from providers.models import Cohort, Competency, Programme, Provider
from tests.bench.scale import AT, DAY, chance, insert, made_before

READY = 100_000
PEOPLE = READY * 5 // 4
EMPLOYER, PROVIDER = 1, 2
SKILLS_EACH = 8


def fill() -> bool:
    """Make the world unless it is there; whether it had to be made."""
    if made_before(PEOPLE):
        return False
    load_vocabulary()
    with psycopg.connect(database_url(SUPERUSER), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        link.execute("SET synchronous_commit = off")
        for statement in _statements():
            link.execute(statement)
        link.execute("VACUUM ANALYZE")
    connection.close()
    return True


def _statements() -> list[str]:
    skills = f"(SELECT array_agg(id ORDER BY id) ids FROM {Skill._meta.db_table}) s"
    occupations = f"(SELECT array_agg(id ORDER BY id) ids FROM {Occupation._meta.db_table}) o"
    zips = "(SELECT array_agg(code ORDER BY code) codes FROM skills_ziparea) z"
    one = "generate_series(1, 1) n"
    people = f"generate_series(1, {PEOPLE}) n"
    programmes = "generate_series(1, 40) n"
    drawn = f"(SELECT p.id, k, {chance('(p.id * 8 + k)', 0.3)} dice FROM candidates_candidate p, generate_series(1, {SKILLS_EACH}) k) d, {skills}"
    return [
        insert(Organization, one, id=str(EMPLOYER), kind="'employer'", name="'House'", slug="'house'", created_at=AT),
        insert(Organization, one, id=str(PROVIDER), kind="'provider'", name="'School'", slug="'school'", created_at=AT),
        insert(Employer, one, organization_id=str(EMPLOYER), trusted_since=AT),
        insert(Provider, one, organization_id=str(PROVIDER)),
        insert(Site, one, id="1", employer_id=str(EMPLOYER), name="'Main'", city="'Cambridge'", zip_id="'02139'"),
        insert(Programme, programmes, id="n", provider_id=str(PROVIDER), name="'Course ' || n", weeks="8", hours="192"),
        insert(Competency, f"{programmes}, generate_series(0, 7) k, {skills}", programme_id="n", skill_id="ids[1 + (n * 3 + k * 5) % cardinality(ids)]", level="2"),
        insert(Cohort, programmes, id="n", provider_id=str(PROVIDER), programme_id="n", name="'Cohort'", starts_on=DAY, ends_on=DAY),
        insert(
            Role,
            f"generate_series(1, 300) n, {occupations}",
            id="n",
            employer_id=str(EMPLOYER),
            site_id="1",
            title="'Technician ' || n",
            occupation_id="ids[1 + n % cardinality(ids)]",
            starts_on="date '2026-12-01'",
            pay_min="20",
            pay_max="26",
            status="'open'",
            created_at=AT,
            opened_at=AT,
        ),
        insert(
            RoleSkill,
            f"(SELECT r.id, s.skill_id, s.level, row_number() OVER (PARTITION BY r.id ORDER BY s.skill_id) place"
            f" FROM employers_role r JOIN {OccupationSkill._meta.db_table} s USING (occupation_id)) r WHERE place <= 8",
            role_id="id",
            skill_id="skill_id",
            level="level",
            need="CASE WHEN place % 3 = 0 THEN 'nice' ELSE 'must' END",
        ),
        insert(
            Candidate,
            people,
            id="n",
            provider_id=str(PROVIDER),
            reference="'R' || n",
            status="CASE WHEN n % 5 = 0 THEN 'registered' ELSE 'ready' END",
            ready_at=f"{AT} - ({chance('n', 0.5)} * 300)::int * interval '1 day'",
            available_on=f"{DAY} + ({chance('n', 0.1)} * 400)::int",
            shifts=f"(ARRAY['day','evening','night','weekend'])[1:1 + ({chance('n', 0.2)} * 4)::int]",
            hours_min=f"20 + ({chance('n', 0.4)} * 20)::int",
            commute_miles=f"5 + ({chance('n', 0.6)} * 25)::int",
            pay_floor=f"16 + ({chance('n', 0.7)} * 14)::int",
            agrees_to_matching="n % 17 <> 0",
            agrees_to_employers="n % 19 <> 0",
            has_skills="true",
            created_at=AT,
        ),
        insert(
            Contact,
            f"candidates_candidate p, {zips}",
            candidate_id="p.id",
            provider_id="provider_id",
            first_name="'First' || p.id % 997",
            last_name="'Last' || p.id % 9973",
            email="p.id || '@people.test'",
            zip_id="codes[1 + (p.id::bigint * 7919) % cardinality(codes)]",
        ),
        insert(Enrolment, "candidates_candidate p", candidate_id="p.id", provider_id="provider_id", cohort_id="1 + p.id % 40", started_on=DAY),
        insert(
            SkillEvidence,
            f"(SELECT DISTINCT ON (id, skill) * FROM (SELECT id, k, dice, ids[1 + floor(dice * cardinality(ids))::int] skill FROM {drawn}) x) e",
            candidate_id="id",
            skill_id="skill",
            level="1 + (id + k) % 4",
            signed_off_on=f"{DAY} - ((id + k) % 1800)::int",
        ),
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
            for scope, leaves_out in (("employers", 19), ("matching", 17))
        ),
    ]  # fmt: skip
