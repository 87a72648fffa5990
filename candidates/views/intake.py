"""Who knocked? A provider's team with a file of people."""

from __future__ import annotations

import csv
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, fresh, open_to
from alliance.audit.actions import note_access
from alliance.audit.enums import Look
from candidates import policy
from candidates.forms import UploadForm
from candidates.intake import actions
from candidates.intake.preview import Kind
from candidates.intake.reading import LABELS, REQUIRED, Unreadable
from candidates.models import Upload
from providers import policy as providers
from providers.models import Cohort

PER_PAGE = 100
FACES = {
    Kind.REFUSED: ("Refused", "bad"),
    Kind.NEW: ("New", "good"),
    Kind.CHANGED: ("Changed", "accent"),
    Kind.SAME: ("Same", "plain"),
}
EXAMPLES = (
    {
        "reference": "BF-001",
        "first_name": "Ana",
        "last_name": "Example",
        "email": "ana@example.org",
        "phone": "(617) 555-0101",
        "zip": "02139",
        "language": "Spanish",
        "education": "High school or equivalent",
        "available_on": "2027-01-04",
        "shifts": "day; evening",
        "hours_min": "30",
        "commute": "Public transport",
        "commute_miles": "15",
        "pay_floor": "22.50",
        "skills": "Micropipetting: 3; Aseptic technique: 2",
        "credentials": "OSHA 10",
    },
    {"reference": "BF-002", "first_name": "Jean", "last_name": "Sample", "zip": "02121"},
)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Choose a file; what it would change is shown before anything is."""
    cohort = _cohort(request, public_id)
    policy.may_register(request.actor, cohort.provider).require()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = actions.stage(cohort, file.read(), name=file.name, by=request.actor, at=now())
        except Unreadable as why:
            form.add_error("file", str(why))
        else:
            return redirect("candidates:staged", provider, kept.public_id)
    context = {
        "cohort": cohort,
        "form": form,
        "columns": [(label, name in REQUIRED) for name, label in LABELS.items()],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "candidates/upload.html", context, status=status)


@open_to(Audience.PROVIDER)
@require_safe
def upload_template(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """An empty sheet with every column we read, and two people who do not exist."""
    _cohort(request, public_id)
    response = _csv("people-template.csv")
    sheet = csv.writer(response)
    sheet.writerow(LABELS.values())
    for example in EXAMPLES:
        sheet.writerow(example.get(name, "") for name in LABELS)
    return response


@open_to(Audience.PROVIDER)
@require_safe
def staged(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The dry run: every row new, changed, the same or refused. Or, once committed, what became."""
    kept = _upload(request, public_id)
    if kept.committed_at:
        return render(request, "candidates/committed.html", {"upload": kept})
    sheet, entries = actions.dry_run(kept, by=request.actor, at=now())
    counts = actions.tally(entries)
    shown = request.GET.get("show", "")
    rows = [entry for entry in entries if not shown or entry.kind == shown]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upload": kept,
        "sheet": sheet,
        "counts": counts,
        "kinds": [(kind, *FACES[kind], counts[kind]) for kind in FACES],
        "shown": shown,
        "page": page,
        "rows": [(entry, *FACES[entry.kind]) for entry in page],
        "good": counts["new"] + counts["changed"],
        "before": _before(kept),
    }
    return render(request, "candidates/staged.html", context)


@open_to(Audience.PROVIDER)
@require_POST
def commit(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Take the good rows, all together."""
    kept = _upload(request, public_id)
    already = kept.committed_at is not None
    kept = actions.commit(kept, by=request.actor, at=now())
    if already:
        messages.info(request, "This file is already in. Nothing was done twice.")
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@fresh
@require_safe
def refused_rows(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The refused rows with a column that says why, to correct and upload again."""
    kept = _upload(request, public_id)
    name = f"refused-{kept.public_id}.csv"
    response = _csv(name)
    if kept.committed_at:
        if not kept.content:
            raise Http404
        response.write(bytes(kept.content).decode())
    else:
        response.write(actions.refused_csv(*actions.dry_run(kept, by=request.actor, at=now())))
    note_access(Look.EXPORT, name, by=request.actor, at=now())  # rows that became nobody
    return response


def _before(kept: Upload) -> Upload | None:
    """The last time this very file was committed to this cohort."""
    same = Upload.objects.filter(cohort=kept.cohort_id, sha256=kept.sha256)
    return same.exclude(committed_at=None).order_by("-committed_at").first()


def _cohort(request: BadgedRequest, public_id: UUID) -> Cohort:
    return get_object_or_404(
        providers.visible_to(request.actor).select_related("programme", "provider"),
        public_id=public_id,
    )


def _upload(request: BadgedRequest, public_id: UUID) -> Upload:
    return get_object_or_404(
        policy.uploads_visible_to(request.actor).select_related(
            "cohort__programme", "cohort__provider"
        ),
        public_id=public_id,
    )


def _csv(name: str) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
