"""What may taking in a file of people cost? Beside django-import-export, and beside a bare COPY.

The file has 10,000 rows and 20 columns; what it says ends up in eight tables. The peer is
django-import-export with its bulk settings, one resource a table and one field a column, as its
documentation has it; it keeps no trail, seals nothing and asks nobody. COPY puts the very values that
we wrote into the same tables with their indexes, keys and triggers.
"""

from __future__ import annotations

import csv
import io
import resource
from collections.abc import Iterator
from datetime import date
from time import perf_counter, process_time
from typing import Any

import psycopg
import tablib
from django.db import connection
from django.utils.timezone import now
from import_export import fields, resources, widgets

from alliance.access.actor import Actor, Audience, Level
from alliance.access.binding import bound
from alliance.engine_room.paths import database_url
from alliance.engine_room.postgres import SUPERUSER
from alliance.skills.models import SkillAlias
from candidates.intake.actions import looking, reading, taking
from candidates.intake.enums import Status
from candidates.intake.models import Upload
from candidates.models import Candidate, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from providers.models import Cohort
from tests.bench.lines import Line
from tests.factories.accounts import MembershipFactory
from tests.factories.providers import CohortFactory, CompetencyFactory
from tests.factories.skills import SkillFactory, ZipFactory

ROWS = 10_000
MANY = 100_000
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


def stage() -> tuple[Cohort, Actor]:
    """A provider with nobody in it yet, and somebody who brings people."""
    for name in ("Weighing", "Pipetting"):
        if not SkillAlias.objects.filter(key=name.casefold()).exists():
            SkillFactory(name=f"{name} of the bench").aliases.create(key=name.casefold(), text=name)
    ZipFactory(code="02139")
    cohort = CohortFactory(starts_on=date(2026, 1, 5))
    CompetencyFactory(programme=cohort.programme)
    member = MembershipFactory(organization=cohort.provider.organization)
    actor = Actor(
        audience=Audience.PROVIDER,
        user_id=member.user_id,
        organization_id=member.organization_id,
        level=Level.OWNER,
    )
    return cohort, actor


def read_and_shown(cohort: Cohort, actor: Actor, content: bytes) -> tuple[Upload, float]:
    """From the file to every row looked through; milliseconds of processor, the child's included."""
    began = _processor()
    with bound(actor):
        upload = reading.receive(cohort, content, name="bench.csv", by=actor, at=now())
    while upload.status == Status.CHECKING:
        with bound(actor):
            looking.look_on(upload, at=now())
            upload.refresh_from_db(fields=["status", "counts"])
    return upload, (_processor() - began) * 1000


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
    """What their documentation says for many rows."""

    use_bulk = True
    batch_size = 1000
    skip_diff = True
    skip_html_diff = True
    use_transactions = True
    force_init_instance = True
    clean_model_instances = False


def by_reference(provider: int) -> Any:
    class OfProvider(widgets.ForeignKeyWidget):
        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return self.model.objects.filter(provider_id=provider)

    return OfProvider(Candidate, "reference")


def resources_of(cohort: Cohort, skills: list[int]) -> list[tuple[Any, Any]]:
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

    candidate = lambda: field("candidate", "reference", by_reference(provider))  # noqa: E731
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


def imported(cohort: Cohort, dataset: tablib.Dataset, skills: list[int]) -> float:
    """Milliseconds of django-import-export."""
    began = perf_counter()
    for one, _none in resources_of(cohort, skills):
        result = one.import_data(dataset, raise_errors=True, dry_run=False)
        assert not result.has_errors()
    return (perf_counter() - began) * 1000


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
    """Every figure that was agreed, in one run."""
    cohort, actor = stage()
    content = written(ROWS)
    began = perf_counter()
    upload, preview = read_and_shown(cohort, actor, content)
    taken(upload, actor)
    ours = (perf_counter() - began) * 1000
    upload.refresh_from_db()
    assert upload.counts["new"] == ROWS, upload.counts
    skills = list(
        SkillEvidence.objects.filter(candidate__provider=cohort.provider_id)
        .values_list("skill", flat=True)
        .order_by()
        .distinct()
    )
    copy = copied(cohort.provider_id)
    emptied(cohort.provider_id)
    peer = imported(cohort, plain(content), skills)
    emptied(cohort.provider_id)
    size = f"{ROWS:,} × {len(HEADINGS)}"
    yield Line(
        what=f"{size}: file to searchable, beside import-export",
        ours=ours,
        peer=peer,
        limit=PEER_LIMIT,
    )
    yield Line(
        what=f"{size}: file to searchable, beside COPY", ours=ours, peer=copy, limit=COPY_LIMIT
    )
    yield Line(what=f"{size}: preview, processor", ours=preview, limit=PREVIEW_LIMIT, limit_of="ms")
    cohort, actor = stage()
    began = perf_counter()
    upload, _preview = read_and_shown(cohort, actor, written(MANY))
    taken(upload, actor)
    many = (perf_counter() - began) * 1000
    emptied(cohort.provider_id)
    most = max(
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    yield Line(
        what=f"{MANY:,} rows beside ten times fewer", ours=many, peer=ours, limit=LINEAR_LIMIT
    )
    yield Line(what="most memory of a process, MB", ours=most, limit=300.0, limit_of="ms")
    connection.close()
