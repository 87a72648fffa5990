"""Which rows? How far a file is, whom it kept, whom to ask, and when it came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count, Exists, Min, OuterRef

from candidates.enums import NEEDED_TO_MATCH
from candidates.intake import cohorts
from candidates.intake.cohorts import Meant
from candidates.intake.enums import GOOD, Outcome, Status
from candidates.intake.models import StagedRow, Upload
from candidates.models import Candidate, CandidateQuerySet, Consent
from providers.models import Cohort


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of how many, in words."""

    done: int
    total: int
    label: str


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of rows that were counted when they were looked through."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count


def count_of(upload: Upload, kind: str) -> int:
    """Rows of this kind, or all of them."""
    counts: dict[str, int] = upload.counts
    return counts.get(kind, 0) if kind else sum(counts.values())


def progress(upload: Upload) -> Progress:
    """Counted in the rows themselves: a reload, or a restart of anything, changes nothing about it."""
    match Status(upload.status):
        case Status.TAKING:
            good = upload.rows.filter(kind__in=GOOD)
            taken = good.exclude(outcome=Outcome.WAITING).count()
            return Progress(taken, good.count(), "People taken in")
        case Status.UNDOING:
            total = upload.rows.exclude(outcome=Outcome.WAITING).count()
            left = upload.rows.filter(outcome=Outcome.TAKEN).count()
            return Progress(total - left, total, "People looked at again")
        case _:
            seen = upload.rows.exclude(kind="").count()
            return Progress(seen, upload.rows.count(), "Rows looked through")


def same_file_before(upload: Upload) -> Upload | None:
    """The last time this very file was taken in for this cohort."""
    same = Upload.objects.filter(cohort=upload.cohort_id, sha256=upload.sha256)
    return same.exclude(committed_at=None).without_content().order_by("-committed_at").first()


def kept_people(upload: Upload) -> CandidateQuerySet:
    """Whom undoing left as they are, because somebody has acted on them since."""
    kept = upload.rows.filter(outcome=Outcome.KEPT)
    return Candidate.objects.filter(pk__in=kept.values("candidate")).select_related("contact")


def undecided(upload: Upload) -> CandidateQuerySet:
    """People of this file with an address who have not said yet who may see them."""
    taken = upload.rows.filter(outcome=Outcome.TAKEN, candidate=OuterRef("pk"))
    consent = Consent.objects.live().filter(candidate=OuterRef("pk"), scope__in=NEEDED_TO_MATCH)
    return (
        Candidate.objects.for_provider(upload.provider_id)
        .filter(Exists(taken), ~Exists(consent))
        .exclude(contact__email="")
    )


def to_ask(upload: Upload) -> int:
    """How many letters would leave."""
    return undecided(upload).count()


NAMES_AT_ONCE: Final = 10
"""Names of cohorts that are asked about at once; when these are answered the next come."""


@dataclass(frozen=True, slots=True)
class Name:
    """What rows call a cohort that is none of the provider's: the first of them, how many, what it
    says, and what somebody said that the name means."""

    number: int
    rows: int
    said: Mapping[str, str]
    meant: Meant | None = None

    @property
    def called(self) -> str:
        return cohorts.called(self.said.get("programme", ""), self.said.get("cohort", ""))

    @property
    def words(self) -> str:
        return cohorts.in_words(self.said.get("programme", ""), self.said.get("cohort", ""))


def names_of_no_cohort(upload: Upload, *, at_once: int = NAMES_AT_ONCE) -> tuple[list[Name], bool]:
    """Each name once, those first that nobody has said anything about; and whether there are more."""
    columns = upload.mapping
    if not any(column.target in {"programme", "cohort"} for column in columns):
        return [], False
    named = upload.rows.exclude(called="").order_by().values_list("called")
    counted = named.annotate(rows=Count("pk"), first=Min("number")).order_by("first")
    most = at_once + len(upload.meant)
    asked = {first: rows for _called, rows, first in counted[: most + 1]}
    firsts = upload.rows.filter(number__in=list(asked)[:most]).order_by("number")
    names = [_name(upload, row, asked[row.number]) for row in firsts]
    return sorted(names, key=lambda one: one.meant is not None), len(asked) > most


def name_in(upload: Upload, number: int) -> Name | None:
    """What this row calls its cohort, if that is none of the provider's."""
    row = upload.rows.exclude(called="").filter(number=number).first()
    return _name(upload, row, upload.rows.filter(called=row.called).count()) if row else None


def _name(upload: Upload, row: StagedRow, rows: int) -> Name:
    said = {
        column.target: cell
        for column, cell in zip(upload.mapping, row.said, strict=True)
        if column.target and cell
    }
    name = Name(row.number, rows, said)
    meant = upload.meanings.get(name.called)
    return replace(name, meant=meant)


def opened_with(upload: Upload) -> list[tuple[Meant, Cohort | None]]:
    """The cohorts that came with the file, with where they are now."""
    ours = [one for one in upload.meanings.values() if one.opened]
    there = Cohort.objects.in_bulk([one.cohort for one in ours]) if ours else {}
    return [(one, there.get(one.cohort)) for one in ours]
