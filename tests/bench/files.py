"""What is done with a file of people here, from its bytes to everybody searchable?

Apart from the peers, so that a process that measures its own memory holds nothing of theirs.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
from datetime import date
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import psycopg
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import bound
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership
from alliance.engine_room.paths import database_url
from alliance.engine_room.postgres import SUPERUSER
from alliance.skills.models import Skill, SkillAlias
from candidates.intake.actions import looking, reading, taking
from candidates.intake.enums import Status
from candidates.intake.models import Upload
from candidates.models import Candidate, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from providers.models import Cohort
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.providers import CohortFactory, CompetencyFactory
from tests.factories.skills import SkillFactory, ZipFactory

TABLES = (
    *(Candidate, Contact, Enrolment, SkillEvidence, Credential),
    *(Demographics, Barrier, FormerWage),
)
HEADINGS = (
    *("reference", "first name", "last name", "e-mail", "phone", "ZIP", "language", "education"),
    *("available from", "shifts", "hours", "commute", "commute miles", "pay floor"),
    *("completed on", "skills", "credentials", "gender", "birth year", "former wage"),
)


def row(number: int) -> tuple[str, ...]:
    """One person like no other."""
    return (
        *(f"B{number:06}", f"First{number % 997}", f"Last{number}", f"b{number}@example.test"),
        *(f"(617) {200 + number // 10000:03}-{number % 10000:04}", "02139"),
        *(("English", "Spanish")[number % 2], ("Associate degree", "GED")[number % 2]),
        *(f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}", "day; evening"),
        *(str(20 + number % 20), "Public transport", str(5 + number % 30), f"{20 + number % 9}.50"),
        *("2026-03-02", "Weighing: 3; Pipetting: 2", "OSHA 10"),
        *(("woman", "man")[number % 2], str(1970 + number % 35), f"{15 + number % 7}.25"),
    )


def written(rows: int) -> bytes:
    """The file as CSV."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(HEADINGS)
    sheet.writerows(row(number) for number in range(rows))
    return out.getvalue().encode()


def stage() -> tuple[Cohort, Membership]:
    """A provider with nobody in it yet, and somebody who brings people."""
    numbers_go_on()
    mark = uuid4().hex[:8]
    for name in ("Weighing", "Pipetting"):
        if not SkillAlias.objects.filter(key=name.casefold()).exists():
            skill = SkillFactory(code=f"{name.casefold()}-{mark}", name=f"{name} of the bench")
            skill.aliases.create(key=name.casefold(), text=name)
    ZipFactory(code="02139")
    house = OrganizationFactory(kind=Kind.PROVIDER, name=f"School {mark}", slug=f"school-{mark}")
    cohort = CohortFactory(
        programme__provider__organization=house, starts_on=date(2026, 1, 5), name=f"Cohort {mark}"
    )
    CompetencyFactory(programme=cohort.programme, skill=Skill.objects.earliest("pk"))
    return cohort, MembershipFactory(organization=house, user__email=f"{mark}@example.test")


def numbers_go_on() -> None:
    """The world gave its rows numbers of its own: what is made next comes after them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


def read(cohort: Cohort, actor: Actor, content: bytes) -> Upload:
    """Every row of the file looked through."""
    with bound(actor):
        upload = reading.receive(cohort, content, name="bench.csv", by=actor, at=now())
    while upload.status == Status.CHECKING:
        with bound(actor):
            looking.look_on(upload, at=now())
            upload.refresh_from_db(fields=["status", "counts"])
    return upload


def shown(member: Membership, upload: Upload) -> None:
    """The page of the preview is drawn."""
    house = member.organization.slug
    answer = browser_of(member).get(reverse("candidates:staged", args=[house, upload.public_id]))
    assert answer.status_code == HTTPStatus.OK, answer.status_code


def taken(upload: Upload, actor: Actor) -> None:
    """Every good row is in."""
    with bound(actor):
        taking.take(upload, by=actor, at=now())
    done = False
    while not done:
        with bound(actor):
            done = taking.take_some(upload, by=actor, at=now())


def ours(content: bytes) -> tuple[Cohort, float]:
    """From the file to everybody searchable: where they are now, and milliseconds."""
    rows = content.count(b"\n") - 1
    say(f"{rows:,} rows, read and taken in")
    cohort, member = stage()
    actor = actor_of(member)
    began = perf_counter()
    upload = read(cohort, actor, content)
    taken(upload, actor)
    took = (perf_counter() - began) * 1000
    upload.refresh_from_db()
    assert upload.status == Status.TAKEN, upload.status
    assert upload.counts["new"] == rows, upload.counts
    return cohort, took


def emptied(provider: int) -> None:
    """Nobody of this provider is left, so that the next begins where the one before began."""
    with psycopg.connect(database_url(SUPERUSER), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        people = "(SELECT id FROM candidates_candidate WHERE provider_id = %s)"
        link.execute("DELETE FROM intake_stagedrow WHERE provider_id = %s", [provider])
        for model in reversed(TABLES[1:]):
            table = model._meta.db_table
            link.execute(f"DELETE FROM {table} WHERE candidate_id IN {people}", [provider])
        link.execute("DELETE FROM candidates_candidate WHERE provider_id = %s", [provider])


def most_held() -> float:
    """Megabytes that this process held at its fullest.

    Asked of the kernel's book of this very program: what ``getrusage`` tells of a process begins with
    what its parent held when it was started.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def alone(*files: Path) -> str:
    """What it takes a process that has done nothing else: milliseconds for each file, megabytes of it,
    and at most how many of the child that reads, which is told as no less than its parent."""
    took = []
    for file in files:
        cohort, milliseconds = ours(file.read_bytes())
        emptied(cohort.provider_id)
        took.append(milliseconds)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return json.dumps([took, most_held(), child])


def say(what: str) -> None:
    """Whoever waits reads what is being done."""
    print(f"… {what}", file=sys.stderr, flush=True)
