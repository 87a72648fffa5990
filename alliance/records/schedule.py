"""When does what go? How long we keep each thing, and what happens to it then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from alliance.links.models import Link
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records.models import Request
from candidates.documents.enums import Status as DocumentStatus
from candidates.documents.models import Document
from candidates.intake.models import StagedRow, Upload
from candidates.models import Candidate, Consent, Enrolment
from placements.models import CheckIn, Match, Placement

INACTIVE_FOR = timedelta(days=730)
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Policy:
    """One kind of thing: how many days it is kept after what, and what then becomes of it.

    Without ``rows`` it goes with the person, or stays; ``then`` says which.
    """

    key: str
    what: str
    days: int | None
    after: str
    then: str
    rows: Callable[[datetime], QuerySet[Any]] | None = None

    def due(self, at: datetime) -> QuerySet[Any] | None:
        """What goes now."""
        if self.rows is None:
            return None
        return self.rows(at - timedelta(days=self.days or 0))


POLICIES = (
    Policy(
        "staged_uploads",
        "Files of people waiting to be taken",
        7,
        "the upload",
        "deleted",
        lambda cut: Upload.objects.staged().filter(created_at__lt=cut),
    ),
    Policy(
        "refused_rows",
        "Rows of files that were taken: those refused, and what undoing needs",
        30,
        "the file was taken",
        "deleted",
        lambda cut: StagedRow.objects.filter(upload__committed_at__lt=cut),
    ),
    Policy(
        "refused_documents",
        "Documents in which a virus was found",
        30,
        "the scan",
        "deleted; the file went at once",
        lambda cut: Document.objects.filter(status=DocumentStatus.REJECTED, scanned_at__lt=cut),
    ),
    Policy("documents", "Résumés and certificates", None, "", "go when the person does"),
    Policy(
        "letters",
        "Letters that were sent, withheld or given up (ids only)",
        365,
        "they were queued",
        "deleted",
        lambda cut: Letter.objects.filter(
            state__in=[State.SENT, State.WITHHELD, State.DEAD], queued_at__lt=cut
        ),
    ),
    Policy(
        "links",
        "Links in letters (digests only)",
        30,
        "they expired or were taken back",
        "deleted",
        lambda cut: Link.objects.filter(Q(expires_at__lt=cut) | Q(revoked_at__lt=cut)),
    ),
    Policy(
        "sessions",
        "Signed-in browsers",
        0,
        "they expired",
        "deleted",
        lambda cut: Session.objects.filter(expire_date__lt=cut),
    ),
    Policy(
        "requests",
        "Answered requests to be erased",
        365,
        "the answer",
        "deleted",
        lambda cut: Request.objects.filter(answered_at__lt=cut),
    ),
    Policy(
        "looks",
        "Who looked at what is confidential",
        None,
        "",
        "stays, sealed: it holds numbers and no names, and a hole in it would hide a look",
    ),
    Policy(
        "history",
        "The trail and versions of rows",
        None,
        "",
        "stays, sealed; what is personal in it is blanked with the person",
    ),
    Policy(
        "people",
        "People with whom nothing has happened",
        INACTIVE_FOR.days,
        "the last thing that happened",
        f"told {NOTICE.days} days before, then erased",
    ),
)


def inactive(at: datetime) -> QuerySet[Candidate]:
    """People with whom nothing has happened for two years, who have no job through us now."""
    cut = at - INACTIVE_FOR
    about = {"candidate": OuterRef("pk")}
    lately = (
        Match.objects.filter(Q(created_at__gte=cut) | Q(ended_at__gte=cut) | Q(ended_at=None)),
        Placement.objects.filter(Q(created_at__gte=cut) | Q(ended_on=None) | Q(ended_on__gte=cut)),
        Consent.objects.filter(Q(given_at__gte=cut) | Q(withdrawn_at__gte=cut)),
        Document.objects.filter(added_at__gte=cut),
        Enrolment.objects.filter(
            Q(started_on__gte=cut)
            | Q(completed_on__gte=cut)
            | Q(cohort__ends_on__gte=cut, completed_on=None, withdrawn_on=None)
        ),
    )
    quiet = Candidate.objects.filter(created_at__lt=cut).exclude(reference__startswith="erased:")
    for happened in lately:
        quiet = quiet.exclude(Exists(happened.filter(**about)))
    answered = CheckIn.objects.filter(placement__candidate=OuterRef("pk"), answered_at__gte=cut)
    return quiet.exclude(Exists(answered)).order_by("pk")
