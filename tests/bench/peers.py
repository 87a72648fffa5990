"""What do others need for the same file? django-import-export, and a bare COPY.

django-import-export with its bulk settings, one resource a table and one field a column, as its
documentation has it. It asks the database for each row of each table whom it is about; since its 4.4
it can look that up in a cache. COPY puts the very values that we wrote into the same tables with their
indexes, keys and triggers.
"""

from __future__ import annotations

import csv
import io
from time import perf_counter
from typing import Any

import psycopg
import tablib
from django.utils.timezone import now
from import_export import fields, resources, widgets

from alliance.engine_room.paths import database_url
from alliance.engine_room.postgres import SUPERUSER
from candidates.models import Candidate, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive.models import Demographics, FormerWage
from providers.models import Cohort
from tests.bench.files import TABLES, say

A_SLICE = 1_000
PATIENCE = 360.0
"""Seconds that the peer is given. One that is not done by then is told as one that took so long."""


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
        say(f"{kind.__name__}: {one._meta.model.__name__}")
    return (perf_counter() - began) * 1000, 1.0


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
