"""Who knocked? A candidate, a worker or a supervisor, each with a link that opens one thing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.links.enums import Purpose
from candidates.enums import Shift
from candidates.models import Contact
from placements import policy
from placements.actions import check_ins, matches
from placements.enums import CANDIDATE_WORDS, NoReason, Status
from placements.forms.by_link import SayForm, SupervisorForm, WorkerForm
from placements.models import CheckIn, Match

GOOD = {Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED, Status.STARTED}

BEYOND_THE_FIRST_NAME = [
    f"placement__candidate__contact__{column.name}"
    for column in Contact._meta.concrete_fields
    if column.name not in {"candidate", "first_name"}
]


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: BadgedRequest, link: UUID) -> HttpResponse:
    """The one match the letter was about: yes or no, at whatever step it is."""
    _opens(request, Purpose.ANSWER)
    return _answer(request, link, pk=request.actor.subject_id)


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def my_match(request: BadgedRequest, link: UUID, public_id: UUID) -> HttpResponse:
    """The same from one's own page, for any of one's matches."""
    _opens(request, Purpose.MY_PAGE)
    return _answer(request, link, public_id=public_id)


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def worker_check_in(request: BadgedRequest, link: UUID) -> HttpResponse:
    """How is it going? At most five questions; the employer never sees the answers."""
    _opens(request, Purpose.WORKER_CHECK_IN)
    check_in = _check_in(request)
    with translation.override(check_in.placement.candidate.language):
        if _is_wrong_person(request):
            check_ins.report_wrong_person(check_in, by=request.actor, at=now())
            return _say(request, "wrong_person")
        form = WorkerForm(request.POST or None, check_in=check_in, today=local_date(now()))
        if over := _over(check_in):
            return _say(request, over)
        if form.is_valid():
            check_ins.answer_as_worker(check_in, form.answers, by=request.actor, at=now())
            return redirect("placements:worker_check_in", link)
        return _ask(request, "placements/worker_check_in.html", check_in, form)


@open_to(Audience.SUPERVISOR)
@require_http_methods(["GET", "HEAD", "POST"])
def supervisor_check_in(request: BadgedRequest, link: UUID) -> HttpResponse:
    """How does your new colleague do?"""
    _opens(request, Purpose.SUPERVISOR_CHECK_IN)
    check_in = _check_in(request)
    if _is_wrong_person(request):
        check_ins.report_wrong_person(check_in, by=request.actor, at=now())
        return _say(request, "wrong_person")
    form = SupervisorForm(
        request.POST or None,
        check_in=check_in,
        today=local_date(now()),
        skills=_skills_at_work(check_in),
    )
    if over := _over(check_in):
        return _say(request, over)
    if form.is_valid():
        check_ins.answer_as_supervisor(
            check_in,
            form.answers,
            strong=form.cleaned_data["strong"],
            weak=form.cleaned_data["weak"],
            by=request.actor,
            at=now(),
        )
        return redirect("placements:supervisor_check_in", link)
    return _ask(request, "placements/supervisor_check_in.html", check_in, form)


def _opens(request: BadgedRequest, purpose: Purpose) -> None:
    """A link opens its own thing and nothing else."""
    if request.actor.purpose != purpose:
        raise Http404


def _answer(request: BadgedRequest, link: UUID, **key: object) -> HttpResponse:
    match = get_object_or_404(
        policy.visible_to(request.actor)
        .with_faces()
        .select_related("offer")
        .prefetch_related("role__skills__skill"),
        **key,
    )
    form = SayForm(request.POST or None)
    trouble = ""
    with translation.override(match.candidate.language):
        if form.is_valid():
            try:
                _say_it(request, match, form.cleaned_data)
            except WrongMoment:
                trouble = "moved"
            else:
                return redirect(f"{request.path}?said=1")
        status = 409 if trouble else 422 if form.errors else 200
        context = _facts(request, match) | {
            "form": form,
            "trouble": trouble,
            "link": link,
            "said": "said" in request.GET,
        }
        return render(request, "placements/answer.html", context, status=status)


def _say_it(request: BadgedRequest, match: Match, said: dict[str, Any]) -> None:
    match said["say"]:
        case SayForm.AGREE:
            matches.agree(match, by_name=said["by_name"], by=request.actor, at=now())
        case SayForm.ACCEPT:
            matches.accept(match, by=request.actor, at=now())
        case _:
            reason = NoReason(said["reason"])
            matches.decline(match, reason=reason, by=request.actor, at=now())


def _facts(request: BadgedRequest, match: Match) -> dict[str, Any]:
    own = {evidence.skill_id for evidence in match.candidate.skills.all()}
    return {
        "match": match,
        "role": match.role,
        "employer": match.role.employer.organization.name,
        "first_name": match.candidate.contact.first_name,
        "shift": Shift(match.role.shift).label,
        "words": CANDIDATE_WORDS[Status(match.status)],
        "tone": "good" if match.status in GOOD else "plain",
        "fitting": [ask for ask in match.role.skills.all() if ask.skill_id in own],
        "interview": match.interviews.upcoming(now()).first(),
        "offer": getattr(match, "offer", None),
        "moves": {move.verb for move in policy.moves_for(request.actor, match)},
        "purpose": request.actor.purpose,
    }


def _check_in(request: BadgedRequest) -> CheckIn:
    asked = policy.check_ins_visible_to(request.actor).select_related(
        "placement__candidate__contact", "placement__role__employer__organization"
    )
    # A supervisor may read the first name and nothing else; the database refuses to be asked.
    return get_object_or_404(asked.defer(*BEYOND_THE_FIRST_NAME), pk=request.actor.subject_id)


def _is_wrong_person(request: BadgedRequest) -> bool:
    return request.method == "POST" and "wrong_person" in request.POST


def _over(check_in: CheckIn) -> str:
    """Why there is nothing to ask any more; empty while there is."""
    if check_in.answered_at:
        return "answered"
    return "closed" if local_date(now()) > check_in.closes_on else ""


def _skills_at_work(check_in: CheckIn) -> set[int]:
    """What the role asks for and what the programme taught."""
    placement = check_in.placement
    asked = placement.role.skills.values_list("skill_id", flat=True)
    taught = placement.candidate.enrolments.exclude(completed_on=None).values_list(
        "cohort__programme__competencies__skill_id", flat=True
    )
    return {*asked, *taught} - {None}


def _ask(request: BadgedRequest, template: str, check_in: CheckIn, form: Any) -> HttpResponse:
    context = {
        "check_in": check_in,
        "form": form,
        "first_name": check_in.placement.candidate.contact.first_name,
        "employer": check_in.placement.role.employer.organization.name,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _say(request: BadgedRequest, what: str) -> HttpResponse:
    return render(request, "placements/check_in_over.html", {"what": what})
