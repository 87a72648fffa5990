"""What may taking in a file of people cost? Beside django-import-export, and beside a bare COPY.

The file has 10,000 rows and 20 columns; what it says ends up in eight tables, beside a hundred
thousand people. The peer is django-import-export with its bulk settings, one resource a table and one
field a column, as its documentation has it; it shows no preview, keeps no trail and asks nobody. It
asks the database for each row of each table whom it is about; since its 4.4 it can look that up in a
cache, which is told as a peer of its own, for information. COPY puts the very values that we wrote
into the same tables with their indexes, keys and triggers.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import psycopg
import tablib
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now
from import_export import fields, resources, widgets

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
from tests.bench.lines import Line
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.providers import CohortFactory, CompetencyFactory
from tests.factories.skills import SkillFactory, ZipFactory

FEW = 2_000
ROWS = 10_000
MANY = 100_000
ROUNDS = 3
A_SLICE = 1_000
PATIENCE = 360.0
"""Seconds that the peer is given. One that is not done by then is told as one that took so long."""
TABLES = (
    *(Candidate, Contact, Enrolment, SkillEvidence, Credential),
    *(Demographics, Barrier, FormerWage),
)
HEADINGS = (
    *("reference", "first name", "last name", "e-mail", "phone", "ZIP", "language", "education"),
    *("available from", "shifts", "hours", "commute", "commute miles", "pay floor"),
    *("completed on", "skills", "credentials", "gender", "birth year", "former wage"),
)
PEER_LIMIT, COPY_LIMIT, PREVIEW_LIMIT, LINEAR_LIMIT = 0.1, 8.0, 2000.0, 12.0
MEMORY_LIMIT = 300.0


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


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


# The peers --------------------------------------------------------------------------------------------


class Bulk:
    """What their documentation says for many rows, none of which is there yet."""

    use_bulk = True
    batch_size = 1000
    skip_diff = True
    skip_html_diff = True
    use_transactions = True
    force_init_instance = True
    clean_model_instances = False


def by_reference(provider: int, kind: type[widgets.ForeignKeyWidget]) -> Any:
    class OfProvider(kind):  # type: ignore[valid-type, misc]
        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return self.model.objects.filter(provider_id=provider)

    return OfProvider(Candidate, "reference")


def resources_of(
    cohort: Cohort, skills: list[int], kind: type[widgets.ForeignKeyWidget]
) -> list[tuple[Any, Any]]:
    """One resource a table, each with its own rows of the same file."""
    provider = cohort.provider_id

    def resource_for(model: Any, given: dict[str, Any], **columns: Any) -> Any:
        class Meta(Bulk):
            pass

        Meta.model = model
        Meta.fields = tuple(columns)
        Meta.import_id_fields = (next(iter(columns)),)

        def before_save(self: Any, instance: Any, row: Any, **kwargs: Any) -> None:
            for name, value in given.items():
                setattr(instance, name, value)

        return type(
            f"{model.__name__}Resource",
            (resources.ModelResource,),
            {**columns, "Meta": Meta, "before_save_instance": before_save},
        )()

    def field(attribute: str, column: str, widget: Any = None) -> Any:
        return fields.Field(attribute=attribute, column_name=column, widget=widget)

    candidate = lambda: field("candidate", "reference", by_reference(provider, kind))  # noqa: E731
    days = widgets.DateWidget()
    own = {"provider_id": provider}
    return [
        (
            resource_for(
                Candidate,
                own | {"created_at": now()},
                reference=field("reference", "reference"),
                language=field("language", "language"),
                education=field("education", "education"),
                available_on=field("available_on", "available from", days),
                shifts=field("shifts", "shifts", widgets.SimpleArrayWidget()),
                hours_min=field("hours_min", "hours", widgets.IntegerWidget()),
                commute=field("commute", "commute"),
                commute_miles=field("commute_miles", "commute miles", widgets.IntegerWidget()),
                pay_floor=field("pay_floor", "pay floor", widgets.DecimalWidget()),
            ),
            None,
        ),
        (
            resource_for(
                Contact,
                own,
                candidate=candidate(),
                first_name=field("first_name", "first name"),
                last_name=field("last_name", "last name"),
                email=field("email", "e-mail"),
                phone=field("phone", "phone"),
                zip_id=field("zip_id", "ZIP"),
            ),
            None,
        ),
        (
            resource_for(
                Enrolment,
                own | {"cohort_id": cohort.pk, "started_on": cohort.starts_on},
                candidate=candidate(),
                completed_on=field("completed_on", "completed on", days),
            ),
            None,
        ),
        *(
            (
                resource_for(
                    SkillEvidence,
                    {
                        "skill_id": skill,
                        "level": 3,
                        "signed_off_on": cohort.starts_on,
                        "source": "provider",
                    },
                    candidate=candidate(),
                ),
                None,
            )
            for skill in skills
        ),
        (
            resource_for(Credential, {}, candidate=candidate(), name=field("name", "credentials")),
            None,
        ),
        (
            resource_for(
                Demographics,
                own,
                candidate=candidate(),
                gender=field("gender", "gender"),
                birth_year=field("birth_year", "birth year", widgets.IntegerWidget()),
            ),
            None,
        ),
        (
            resource_for(
                FormerWage,
                own | {"was_working": True},
                candidate=candidate(),
                hourly=field("hourly", "former wage", widgets.DecimalWidget()),
            ),
            None,
        ),
    ]


def plain(content: bytes) -> tablib.Dataset:
    """The same file with the words that our models keep: nothing is left for the peer to translate."""
    words = {
        "English": "en",
        "Spanish": "es",
        "Associate degree": "associate",
        "GED": "high_school",
        "day; evening": "day,evening",
        "Public transport": "transit",
        "woman": "f",
        "man": "m",
    }
    table = list(csv.reader(io.StringIO(content.decode())))
    return tablib.Dataset(
        *([words.get(cell, cell) for cell in one] for one in table[1:]), headers=table[0]
    )


def imported(
    cohort: Cohort,
    dataset: tablib.Dataset,
    skills: list[int],
    kind: type[widgets.ForeignKeyWidget],
) -> tuple[float, float]:
    """Milliseconds of django-import-export, and how much of its work it did in the time it had."""
    began = perf_counter()
    resources = [one for one, _none in resources_of(cohort, skills, kind)]
    slices = [
        tablib.Dataset(*dataset[start : start + A_SLICE], headers=dataset.headers)
        for start in range(0, len(dataset), A_SLICE)
    ]
    done = 0
    for one in resources:
        for part in slices:
            if perf_counter() - began > PATIENCE:
                return (perf_counter() - began) * 1000, done / len(resources) / len(slices)
            result = one.import_data(part, raise_errors=True, dry_run=False)
            assert not result.has_errors()
            done += 1
        _say(f"{kind.__name__}: {one._meta.model.__name__}")
    return (perf_counter() - began) * 1000, 1.0


def _say(what: str) -> None:
    """Whoever waits reads what is being done."""
    print(f"… {what}", file=sys.stderr, flush=True)


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


def copied(provider: int) -> float:
    """Milliseconds of putting the same rows into the same tables by COPY, in one transaction."""
    with psycopg.connect(database_url(SUPERUSER)) as link:
        parcels = [_packed(link, model, provider) for model in TABLES]
        link.execute("SET session_replication_role = replica")
        for model in reversed(TABLES):
            _cleared(link, model, provider)
        link.commit()
        link.execute("SET session_replication_role = origin")
        began = perf_counter()
        for model, (columns, content) in zip(TABLES, parcels, strict=True):
            table = model._meta.db_table
            with link.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as line:
                line.write(content)
        link.commit()
        return (perf_counter() - began) * 1000


def _of(model: Any) -> str:
    if model is Candidate:
        return "provider_id = %s"
    return "candidate_id IN (SELECT id FROM candidates_candidate WHERE provider_id = %s)"


def _packed(link: Any, model: Any, provider: int) -> tuple[str, bytes]:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    select = f"SELECT {columns} FROM {model._meta.db_table} WHERE {_of(model)}"
    out = io.BytesIO()
    with link.cursor().copy(f"COPY ({select}) TO STDOUT".replace("%s", str(int(provider)))) as line:
        for part in line:
            out.write(part)
    return columns, out.getvalue()


def _cleared(link: Any, model: Any, provider: int) -> None:
    link.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS gone AS SELECT id FROM candidates_candidate"
        f" WHERE provider_id = {int(provider)}"
    )
    key = "id" if model is Candidate else "candidate_id"
    link.execute(f"DELETE FROM {model._meta.db_table} WHERE {key} IN (SELECT id FROM gone)")


# The lines --------------------------------------------------------------------------------------------


def lines() -> Iterator[Line]:
    """Every figure that was agreed, in one run, each told as soon as it is measured."""
    yield preview()
    cohort, took = _ours(ROWS)
    yield Line(
        what=f"{_size(ROWS)}: file to searchable, by COPY",
        ours=took,
        peer=copied(cohort.provider_id),
        limit=COPY_LIMIT,
    )
    skills = _skills(cohort)
    emptied(cohort.provider_id)
    cohort, few = _ours(FEW)
    emptied(cohort.provider_id)
    yield beside_the_peer(FEW, few, skills)
    yield beside_the_peer(ROWS, took, skills, widgets.CachedForeignKeyWidget)
    yield from many(took)
    yield beside_the_peer(ROWS, took, skills)


def preview() -> Line:
    """Processor time from the file to its page: ours, and that of the child that reads it."""
    spent = []
    for round_ in range(ROUNDS):
        _say(f"preview, {round_ + 1} of {ROUNDS}")
        cohort, member = stage()
        content = written(ROWS)
        began = _processor()
        upload = read(cohort, actor_of(member), content)
        shown(member, upload)
        spent.append((_processor() - began) * 1000)
        assert upload.counts["new"] == ROWS, upload.counts
        emptied(cohort.provider_id)
    return Line(
        what=f"{_size(ROWS)}: preview, processor",
        ours=median(spent),
        limit=PREVIEW_LIMIT,
        limit_of="ms",
        note=f"of {ROUNDS} from {min(spent):.0f} to {max(spent):.0f}; page and reading child included",
    )


def many(fewer: float) -> Iterator[Line]:
    """Ten times as many rows, by a worker that does nothing else: how much longer it takes, and
    what a process holds."""
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(written(MANY))
        file.flush()
        alone = subprocess.run(
            [sys.executable, "-c", ALONE, file.name],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    took, held, child = json.loads(alone.stdout.splitlines()[-1])
    yield Line(
        what=f"{MANY:,} rows beside ten times fewer", ours=took, peer=fewer, limit=LINEAR_LIMIT
    )
    yield Line(
        what=f"{MANY:,} rows: most memory of a process",
        ours=max(held, child),
        limit=MEMORY_LIMIT,
        limit_of="MB",
        note=f"a worker {held:.0f}, the child that reads {child:.0f}",
    )


ALONE = """
import sys
from pathlib import Path
import django
django.setup()
from alliance.celery import app
app.loader.import_default_modules()
from tests.bench.intake import alone
print(alone(Path(sys.argv[1])))
"""


def alone(file: Path) -> str:
    """What it takes a process that has done nothing else: milliseconds, and megabytes of it and of
    the child that reads."""
    cohort, took = _ours(MANY, file)
    held = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    emptied(cohort.provider_id)
    return json.dumps([took, *held])


def beside_the_peer(
    rows: int,
    ours: float,
    skills: list[int],
    kind: type[widgets.ForeignKeyWidget] = widgets.ForeignKeyWidget,
) -> Line:
    """The same file by django-import-export, as far as it comes."""
    cohort, _member = stage()
    peer, share = imported(cohort, plain(written(rows)), skills, kind)
    emptied(cohort.provider_id)
    cached = kind is widgets.CachedForeignKeyWidget
    done = "the whole of it" if share == 1 else f"the peer was stopped at {share:.0%} of its work"
    return Line(
        what=f"{_size(rows)}: beside import-export",
        ours=ours,
        peer=peer,
        limit=PEER_LIMIT,
        note=f"{done}, with its cache of foreign keys" if cached else done,
    )


def _ours(rows: int, file: Path | None = None) -> tuple[Cohort, float]:
    """From the file to everybody searchable: where they are now, and milliseconds."""
    _say(f"{rows:,} rows, read and taken in")
    cohort, member = stage()
    actor, content = actor_of(member), file.read_bytes() if file else written(rows)
    began = perf_counter()
    upload = read(cohort, actor, content)
    taken(upload, actor)
    took = (perf_counter() - began) * 1000
    upload.refresh_from_db()
    assert upload.status == Status.TAKEN, upload.status
    assert upload.counts["new"] == rows, upload.counts
    return cohort, took


def _skills(cohort: Cohort) -> list[int]:
    """What the people of this file were said to be able to do."""
    said = SkillEvidence.objects.filter(candidate__provider=cohort.provider_id)
    return list(said.values_list("skill", flat=True).order_by().distinct())


def _size(rows: int) -> str:
    return f"{rows:,} × {len(HEADINGS)}"
