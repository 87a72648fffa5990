"""Which rows? How far a file is, whom it kept, whom to ask, and when it came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef

from candidates.enums import NEEDED_TO_MATCH
from candidates.intake.enums import GOOD, Outcome, Status
from candidates.intake.models import Upload
from candidates.models import Candidate, CandidateQuerySet, Consent


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
