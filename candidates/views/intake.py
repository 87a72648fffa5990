"""Who knocked? A provider's team with a file of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, fresh, open_to
from alliance.access.limits import limited, whoever
from alliance.audit.actions import note_access
from alliance.audit.enums import Look
from alliance.tables.reading import Unreadable
from candidates import policy as candidates
from candidates.forms import UploadForm
from candidates.intake import facts, files, mapping, policy
from candidates.intake.actions import looking, naming, opening, reading, taking, undoing
from candidates.intake.enums import STAGED, Kind, Status
from candidates.intake.fields import COLUMNS, LABELS
from candidates.intake.forms.cohorts import MeansForm, Offered, OpeningForm
from candidates.intake.forms.reading import ChoiceForm, ColumnsForm
from candidates.intake.forms.rows import RowForm
from candidates.intake.models import StagedRow, Upload
from providers import policy as providers
from providers.models import Cohort

PER_PAGE = 50
FILES_SHOWN = 10
FACES = {
    Kind.REFUSED: ("Refused", "bad"),
    Kind.NEW: ("New", "good"),
    Kind.CHANGED: ("Changed", "accent"),
    Kind.SAME: ("Same", "plain"),
}


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Choose a file as it is; what it would change is shown before anything is."""
    cohort = _cohort(request, public_id)
    candidates.may_register(request.actor, cohort.provider).require()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = reading.receive(cohort, file.read(), name=file.name, by=request.actor, at=now())
        except Unreadable as why:
            form.add_error("file", str(why))
        else:
            return redirect("candidates:staged", provider, kept.public_id)
    before = policy.visible_to(request.actor).filter(cohort=cohort).without_content()
    context = {
        "cohort": cohort,
        "form": form,
        "columns": [LABELS[name] for name in COLUMNS],
        "before": before[:FILES_SHOWN],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "candidates/upload.html", context, status=status)


@open_to(Audience.PROVIDER)
@require_safe
def upload_template(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """An empty sheet with every column we read, and two people who do not exist."""
    taught = _taught(_cohort(request, public_id))
    return _file(files.template("csv", taught), "people-template.csv")


@open_to(Audience.PROVIDER)
@require_safe
def upload_workbook(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The same as a workbook, with what may stand in each column beside it."""
    taught = _taught(_cohort(request, public_id))
    return _file(files.template("xlsx", taught), "people-template.xlsx")


@open_to(Audience.PROVIDER)
@require_safe
def staged(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Where a file stands: what is asked, every row with what becomes of it, how far it is, or what
    came of it."""
    kept = _upload(request, public_id)
    match Status(kept.status):
        case Status.ASKING:
            return _columns_page(request, kept, ColumnsForm(upload=kept))
        case Status.CHECKED:
            return _rows_page(request, kept)
        case Status.TAKEN | Status.UNDONE:
            return _done_page(request, kept)
        case _:
            context = {"upload": kept, "progress": facts.progress(kept)}
            return render(request, "candidates/intake/at_work.html", context)


@open_to(Audience.PROVIDER)
@require_POST
def read_anew(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Another encoding, sheet, first row or delimiter than we guessed."""
    kept = _upload(request, public_id)
    form = ChoiceForm(request.POST, upload=kept)
    if not form.is_valid():
        return _rows_page(request, kept, choice=form, status=422)
    try:
        reading.read_anew(kept, form.choice, by=request.actor, at=now())
    except Unreadable as why:
        form.add_error(None, str(why))
        return _rows_page(request, kept, choice=form, status=422)
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """What each column is; what somebody says here is remembered for the next file."""
    kept = _upload(request, public_id)
    if kept.status not in STAGED:
        return redirect("candidates:staged", provider, public_id)
    form = ColumnsForm(request.POST or None, upload=kept)
    if request.method == "POST":
        if form.is_valid():
            naming.name_columns(kept, form.targets, by=request.actor, at=now())
            return redirect("candidates:staged", provider, public_id)
        return _columns_page(request, kept, form, status=422)
    return _columns_page(request, kept, form)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: BadgedRequest, provider: str, public_id: UUID, number: int) -> HttpResponse:
    """One row with its cells to write in; corrected here, the file need not come again."""
    kept = _upload(request, public_id)
    one = get_object_or_404(kept.rows.select_related("candidate"), number=number)
    if kept.status not in STAGED:
        return redirect("candidates:staged", provider, public_id)
    form = RowForm(request.POST or None, upload=kept, row=one)
    if request.method == "POST" and form.is_valid():
        one = looking.correct(kept, number, form.changed, by=request.actor, at=now())
        if one.kind != Kind.REFUSED:
            if "HX-Request" in request.headers:
                return _row_page(request, kept, one, None)
            return redirect("candidates:staged", provider, public_id)
        form = RowForm(upload=kept, row=one)
        return _row_page(request, kept, one, form, status=422)
    return _row_page(request, kept, one, form, status=422 if request.method == "POST" else 200)


@open_to(Audience.PROVIDER)
@require_POST
def say_cohort(request: BadgedRequest, provider: str, public_id: UUID, number: int) -> HttpResponse:
    """Which cohort the name in this row means: one that is there, or one to be opened with the file."""
    kept = _upload(request, public_id)
    name = facts.name_in(kept, number) if kept.status in STAGED else None
    if name is None:
        return redirect("candidates:staged", provider, public_id)
    is_there = f"is-{number}-cohort" in request.POST
    form = (MeansForm if is_there else OpeningForm)(
        request.POST, name=name, offered=_offered(request, kept)
    )
    if not form.is_valid():
        return _rows_page(request, kept, asked={number: form}, status=422)
    opening.say_cohort(kept, name.called, form.meant, by=request.actor, at=now())
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@require_POST
def commit(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Take the good rows, all of them, behind the page."""
    kept = _upload(request, public_id)
    already = kept.taken_at is not None
    taking.take(kept, by=request.actor, at=now())
    if already:
        messages.info(request, "This file is already in. Nothing was done twice.")
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@require_POST
def discard(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Not this file after all."""
    kept = _upload(request, public_id)
    reading.discard(kept, by=request.actor, at=now())
    messages.success(request, "The file is gone, and nothing was changed.")
    return redirect("candidates:upload", provider, kept.cohort.public_id)


@open_to(Audience.PROVIDER)
@require_POST
def undo(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Take the whole file back, but for people whom somebody has acted on since."""
    undoing.undo(_upload(request, public_id), by=request.actor, at=now())
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@require_POST
def ask_everybody(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The word for the consent letters: to everybody of this file who has not decided yet."""
    kept = _upload(request, public_id)
    asked = taking.ask_consent(kept, by=request.actor, at=now())
    if asked:
        messages.success(request, f"{asked:,} consent letters are on their way.")
    else:
        messages.info(request, "Everybody with an e-mail address was asked today, or has decided.")
    return redirect("candidates:staged", provider, public_id)


@open_to(Audience.PROVIDER)
@fresh
@limited("export", whoever)
@require_safe
def refused_rows(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The refused rows with a column that says why, to correct and upload again."""
    return _refused(request, public_id, "csv")


@open_to(Audience.PROVIDER)
@fresh
@limited("export", whoever)
@require_safe
def refused_workbook(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The same as a workbook."""
    return _refused(request, public_id, "xlsx")


def _refused(request: BadgedRequest, public_id: UUID, kind: str) -> HttpResponse:
    kept = _upload(request, public_id)
    refused = kept.rows.filter(kind=Kind.REFUSED).order_by("number")
    if kept.status not in STAGED and not refused.exists():
        raise Http404
    name = f"refused-{kept.public_id}.{kind}"
    note_access(Look.EXPORT, name, by=request.actor, at=now())  # rows that became nobody
    return _file(files.refused(kept, refused, kind), name)


# The pages of one address -----------------------------------------------------------------------------


def _columns_page(
    request: BadgedRequest, kept: Upload, form: ColumnsForm, status: int = 200
) -> HttpResponse:
    context = {
        "upload": kept,
        "form": form,
        "lines": form.lines(),
        "missing": mapping.missing(kept.mapping),
        "found": kept.facts,
    }
    return render(request, "candidates/intake/columns.html", context, status=status)


def _rows_page(
    request: BadgedRequest,
    kept: Upload,
    *,
    choice: ChoiceForm | None = None,
    asked: Mapping[int, MeansForm | OpeningForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = request.GET.get("show", "")
    rows = kept.rows.order_by("number")
    if shown in Kind.values:
        rows = rows.filter(kind=shown)
    page = facts.CountedPaginator(rows, PER_PAGE, count=facts.count_of(kept, shown)).get_page(
        request.GET.get("page")
    )
    counts = kept.counts
    context = {
        "upload": kept,
        "found": kept.facts,
        "choice": choice or ChoiceForm(upload=kept),
        "counts": counts,
        "kinds": [(kind, *FACES[kind], counts.get(kind, 0)) for kind in FACES],
        "shown": shown,
        "page": page,
        "rows": [(one, one.judged, *FACES[Kind(one.kind)]) for one in page if one.kind],
        "good": looking.good(kept),
        "before": facts.same_file_before(kept),
        "left_aside": [one.heading for one in kept.mapping if one.heading and not one.target],
        "noted": [one.heading for one in kept.mapping if one.target == "note"],
        **_names(request, kept, asked or {}),
    }
    return render(request, "candidates/intake/rows.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that is no cohort of the provider's, with both ways to say what it means."""

    name: facts.Name
    is_there: MeansForm
    opening: OpeningForm
    there: str
    may_be_several: bool
    open: bool


def _names(
    request: BadgedRequest, kept: Upload, asked: Mapping[int, MeansForm | OpeningForm]
) -> dict[str, object]:
    names, more = facts.names_of_no_cohort(kept)
    if not names:
        return {"names": [], "more_names": False}
    offered = _offered(request, kept)
    lines = []
    for place, name in enumerate(names):
        refused = asked.get(name.number)
        lines.append(
            Asked(
                name,
                refused
                if isinstance(refused, MeansForm)
                else MeansForm(name=name, offered=offered),
                refused
                if isinstance(refused, OpeningForm)
                else OpeningForm(name=name, offered=offered),
                offered.meant_by(name),
                offered.may_be_several(name),
                open=bool(refused) or (place == 0 and name.meant is None),
            )
        )
    return {"names": lines, "more_names": more}


def _offered(request: BadgedRequest, kept: Upload) -> Offered:
    return Offered(
        list(providers.programmes_visible_to(request.actor).order_by("name")),
        list(providers.visible_to(request.actor).select_related("programme")),
        kept.cohort,
    )


def _row_page(
    request: BadgedRequest, kept: Upload, one: StagedRow, form: RowForm | None, status: int = 200
) -> HttpResponse:
    label, tone = FACES[Kind(one.kind)] if one.kind else ("Waiting", "plain")
    context = {
        "upload": kept,
        "row": one,
        "judged": one.judged,
        "label": label,
        "tone": tone,
        "form": form,
    }
    return render(request, "candidates/intake/row.html", context, status=status)


def _done_page(request: BadgedRequest, kept: Upload) -> HttpResponse:
    context = {
        "upload": kept,
        "undoable": bool(policy.may_undo(request.actor, kept)),
        "kept_people": facts.kept_people(kept),
        "to_ask": facts.to_ask(kept) if kept.status == Status.TAKEN else 0,
        "opened": facts.opened_with(kept),
    }
    return render(request, "candidates/intake/done.html", context)


def _cohort(request: BadgedRequest, public_id: UUID) -> Cohort:
    return get_object_or_404(
        providers.visible_to(request.actor).select_related("programme", "provider__organization"),
        public_id=public_id,
    )


def _taught(cohort: Cohort) -> list[str]:
    return list(cohort.programme.competencies.values_list("skill__name", flat=True))


def _upload(request: BadgedRequest, public_id: UUID) -> Upload:
    return get_object_or_404(
        policy.visible_to(request.actor)
        .defer("content")
        .select_related("cohort__programme", "provider__organization"),
        public_id=public_id,
    )


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=files.TYPES[name.rsplit(".", maxsplit=1)[-1]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
