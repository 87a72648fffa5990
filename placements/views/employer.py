"""Who knocked? An employer's team, answering, meeting and hiring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.limits import limited, whoever
from alliance.access.people import with_people
from alliance.accounts.models import User
from alliance.audit.models import Event
from alliance.lib.attachments import attachment
from alliance.lib.calendars import local_date
from alliance.ui.parts import Step, StepState, Tone
from candidates.documents import actions as documents
from candidates.documents.enums import Format
from candidates.enums import Shift
from candidates.policy import BlindFace, RevealedFace
from employers import policy as employers
from employers.models import RoleSkill
from placements import invitations, policy
from placements.actions import matches as match_actions
from placements.enums import EMPLOYER_WORDS, PassReason, Status
from placements.forms.employer import (
    InterviewForm,
    OfferForm,
    PassForm,
    StartForm,
    agreed,
    offered,
    typed_interview,
)
from placements.lifecycle import ACCEPT, INVITE, MEET, OFFER, PASS, PRESENT, START
from placements.models import Interview, Match, MatchQuerySet, Offer

PER_PAGE = 20
TABS: dict[str, tuple[str, tuple[Status, ...], str]] = {
    "waiting": ("Waiting for your answer", (Status.PRESENTED,), "answer_due_at"),
    "meeting": ("To be invited", (Status.MEETING,), "answered_at"),
    "interviews": ("Interviews", (Status.INTERVIEWING,), "answered_at"),
    "offers": ("Offers out", (Status.OFFERED,), "answered_at"),
    "accepted": ("Accepted", (Status.ACCEPTED,), "answered_at"),
    "past": ("Past", (Status.STARTED, Status.PASSED), "-ended_at"),
}
TONES = {
    Status.PRESENTED: Tone.WARN,
    Status.MEETING: Tone.WARN,
    Status.INTERVIEWING: Tone.ACCENT,
    Status.OFFERED: Tone.ACCENT,
    Status.ACCEPTED: Tone.GOOD,
    Status.STARTED: Tone.GOOD,
}
NEXT_STEPS = {
    Status.MEETING: "Arrange an interview",
    Status.INTERVIEWING: "Make an offer after you met",
    Status.OFFERED: "They are deciding",
    Status.ACCEPTED: "Confirm the start",
}
WAY = [
    (PRESENT.verb, Status.PRESENTED, "Presented to you"),
    (MEET.verb, Status.MEETING, "You asked to meet"),
    (INVITE.verb, Status.INTERVIEWING, "Interview arranged"),
    (OFFER.verb, Status.OFFERED, "Offer made"),
    (ACCEPT.verb, Status.ACCEPTED, "Offer accepted"),
    (START.verb, Status.STARTED, "Started"),
]
TOLD = {
    PRESENT.verb: "{who} presented this person to you",
    MEET.verb: "{who} asked to meet",
    INVITE.verb: "{who} arranged the interview",
    OFFER.verb: "{who} made the offer",
    ACCEPT.verb: "{who} accepted the offer",
    START.verb: "{who} confirmed the start",
    PASS.verb: "{who} said: not this time",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A skill the role asks for, beside what the person brings."""

    name: str
    need: str
    level: int
    level_label: str
    met: bool
    evidence: str
    wanted: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One person put forward for one role, as far as this team may see."""

    match: Match
    face: BlindFace
    revealed: bool
    agrees: bool
    title: str
    status: str
    tone: Tone
    next_step: str
    asked: list[Asked]
    more: list[str]
    shifts: str
    free_now: bool
    may_meet: bool
    may_pass: bool
    pass_form: PassForm


@open_to(Audience.EMPLOYER)
@require_safe
def matches(request: BadgedRequest, employer: str) -> HttpResponse:
    """Everybody put forward to this employer: those who wait for an answer first."""
    mine, today = policy.visible_to(request.actor), local_date(now())
    by_role = mine.order_by().values_list("role__public_id", "role__title", "status")
    rows = list(by_role.annotate(Count("pk")))
    role = _role_asked_for(request)
    asked_for = request.GET.get("tab", "")
    tab = asked_for if asked_for in TABS else "waiting"
    counts = {
        name: sum(
            count
            for public_id, _title, status, count in rows
            if status in statuses and role in {"", str(public_id)}
        )
        for name, (_label, statuses, _order) in TABS.items()
    }
    _label, statuses, order = TABS[tab]
    found = mine.filter(status__in=statuses).order_by(order, "pk")
    if role:
        found = found.filter(role__public_id=role)
    paginator = Paginator(found.values_list("pk", flat=True), PER_PAGE)
    paginator.count = counts[tab]  # known already, so not asked again
    page = paginator.get_page(request.GET.get("page"))
    # The page is cut first: otherwise the database works out the faces of the whole tab, and sorts them.
    people = _for_cards(found.filter(pk__in=list(page)))
    context = {
        "tab": tab,
        "tabs": [(name, label, counts[name]) for name, (label, *_rest) in TABS.items()],
        "role": role,
        "roles": _roles(request.actor, rows, role),
        "page": page,
        "cards": [_card(match, request.actor, today) for match in people],
        "anybody": bool(rows),
        "at": now(),
    }
    return render(request, "placements/employer_matches.html", context)


@open_to(Audience.EMPLOYER)
@require_safe
def slate(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """The people presented together: each to meet, or not this time."""
    shown = get_object_or_404(
        policy.slates_visible_to(request.actor).select_related("role__site"), public_id=public_id
    )
    people = _for_cards(policy.visible_to(request.actor).filter(slate=shown)).order_by("pk")
    today = local_date(now())
    cards = [_card(match, request.actor, today) for match in people]
    waiting = [card.match for card in cards if card.match.status == Status.PRESENTED]
    context = {
        "slate": shown,
        "cards": cards,
        "waiting": len(waiting),
        "due": min((match.answer_due_at for match in waiting if match.answer_due_at), default=None),
        "at": now(),
    }
    return render(request, "placements/employer_slate.html", context)


@open_to(Audience.EMPLOYER)
@require_safe
def match(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """One person for one role: who they are as far as may be seen, and the next step."""
    return _match_page(request, _match(request, public_id))


@open_to(Audience.EMPLOYER)
@require_POST
def meet(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """Yes, we want to meet this person."""
    match_actions.meet(_match(request, public_id), by=request.actor, at=now())
    messages.success(
        request, "Their name and contact data are here now, and they are told. Invite them next."
    )
    return _back(request, employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def pass_on(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """Not this time, and why."""
    found = _match(request, public_id)
    form = _pass_form(found, request.POST)
    if not form.is_valid():
        return _match_page(request, found, pass_form=form)
    match_actions.pass_on(
        found,
        reason=PassReason(form.cleaned_data["reason"]),
        skill=form.cleaned_data["skill"],
        note=form.cleaned_data["note"],
        by=request.actor,
        at=now(),
    )
    messages.success(request, "Thank you. They are told kindly; their programme learns the reason.")
    return _back(request, employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def invite(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """Arrange the interview, or move it."""
    found, at = _match(request, public_id), now()
    form = InterviewForm(request.POST, at=at)
    if not form.is_valid():
        return _match_page(request, found, interview_form=form)
    match_actions.invite(found, **form.terms, by=request.actor, at=at)
    messages.success(request, "They get a letter with a calendar entry, and so does your team.")
    return _back(request, employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def offer(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """Offer the job in figures."""
    found, at = _match(request, public_id), now()
    form = OfferForm(request.POST, today=local_date(at))
    if not form.is_valid():
        return _match_page(request, found, offer_form=form)
    match_actions.offer(found, terms=form.cleaned_data, by=request.actor, at=at)
    if warning := form.warning(found.role):
        messages.warning(request, warning)
    messages.success(request, "Your offer is on its way. You get a letter when they answer.")
    return _back(request, employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def accept(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """They said yes to us directly."""
    match_actions.accept(_match(request, public_id), by=request.actor, at=now())
    messages.success(request, "Good news. Confirm the start once the first day is settled.")
    return _back(request, employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def start(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """The job begins: first day, pay, supervisor and benefits."""
    found = _match(request, public_id)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _match_page(request, found, start_form=form)
    placement = match_actions.start(found, facts=form.facts, by=request.actor, at=now())
    messages.success(request, "Congratulations. We ask the supervisor, now and then, how it goes.")
    return redirect("placements:hire", employer, placement.public_id)


@open_to(Audience.EMPLOYER)
@require_safe
def interview_ics(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """The interview as a calendar reads it."""
    standing = policy.interviews_visible_to(request.actor).filter(cancelled_at=None)
    interview = get_object_or_404(
        standing.select_related("match__role"), match__public_id=public_id
    )
    user = request.user
    return HttpResponse(
        invitations.calendar(interview, to=user.email if isinstance(user, User) else ""),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="interview.ics"'},
    )


@open_to(Audience.EMPLOYER)
@limited("document", whoever)
@require_safe
def resume(request: BadgedRequest, employer: str, public_id: UUID, document: UUID) -> HttpResponse:
    """The résumé of somebody this team asked to meet, while they agree; to be saved."""
    match = _match(request, public_id)
    shown = policy.resumes_visible_to(request.actor, match).select_related("candidate")
    found = get_object_or_404(shown, public_id=document)
    content = documents.hand_over(found, by=request.actor, at=now())
    return attachment(content, name=found.name, content_type=Format(found.format).content_type)


def _role_asked_for(request: BadgedRequest) -> str:
    """The role the list is narrowed to; what is no id narrows nothing."""
    try:
        return str(UUID(request.GET.get("role", "")))
    except ValueError:
        return ""


def _roles(actor: Actor, rows: list[tuple[Any, ...]], role: str) -> list[tuple[str, str]]:
    """The roles to narrow the list to: those with people, and the one asked for."""
    found = {(title, str(public_id)) for public_id, title, *_rest in rows}
    if role and role not in {public_id for _title, public_id in found}:
        own = employers.visible_to(actor).filter(public_id=role).values_list("title", flat=True)
        found |= {(title, role) for title in own}
    return sorted(found)


def _for_cards(found: MatchQuerySet) -> MatchQuerySet:
    """With what a card shows beyond a face."""
    asked = Prefetch("role__skills", RoleSkill.objects.select_related("skill"))
    return found.with_faces().select_related("slate", "pass_skill").prefetch_related(asked)


def _match(request: BadgedRequest, public_id: UUID) -> Match:
    return get_object_or_404(_for_cards(policy.visible_to(request.actor)), public_id=public_id)


def _card(match: Match, actor: Actor, today: date, *, pass_form: PassForm | None = None) -> Card:
    face = policy.face_for(actor, match)
    moves = policy.moves_for(actor, match)
    status = Status(match.status)
    wanted = {ask.skill.name for ask in match.role.skills.all()}
    return Card(
        match=match,
        face=face,
        revealed=isinstance(face, RevealedFace),
        agrees=policy.shows(actor, match),
        title=face.name if isinstance(face, RevealedFace) else face.label,
        status=EMPLOYER_WORDS[status],
        tone=TONES.get(status, Tone.PLAIN),
        next_step=NEXT_STEPS.get(status, ""),
        asked=_asked(match, face),
        more=[skill.name for skill in face.skills if skill.name not in wanted],
        shifts=", ".join(str(Shift(shift).label) for shift in face.shifts),
        free_now=face.available_on is not None and face.available_on <= today,
        may_meet=MEET in moves,
        may_pass=PASS in moves,
        pass_form=pass_form or _pass_form(match),
    )


def _asked(match: Match, face: BlindFace) -> list[Asked]:
    brought = {skill.name: skill for skill in face.skills}
    compared = []
    for ask in match.role.skills.all():
        has = brought.get(ask.skill.name)
        compared.append(
            Asked(
                name=ask.skill.name,
                need=ask.need,
                level=has.level if has else 0,
                level_label=has.level_label if has else "",
                met=has is not None and has.level >= ask.level,
                evidence=has.evidence if has else "Not on record",
                wanted=ask.get_level_display(),
            )
        )
    return compared


def _pass_form(match: Match, *typed: Any) -> PassForm:
    return PassForm(*typed, role=match.role, auto_id=f"pass-{match.public_id}-%s")


def _match_page(request: BadgedRequest, match: Match, **refused: Form) -> HttpResponse:
    """The page of a match. A refused form stands in it as it was typed; where htmx swaps a card
    of some other page, the card of this page takes its place."""
    at, actor = now(), request.actor
    today = local_date(at)
    moves = policy.moves_for(actor, match)
    events = list(with_people(Event.objects.about(match), "by"))
    interview = match.interviews.standing().first()
    made = Offer.objects.filter(match=match).first()
    employer = match.role.employer.organization.slug
    pass_form = refused.pop("pass_form", None)
    card = _card(
        match, actor, today, pass_form=pass_form if isinstance(pass_form, PassForm) else None
    )
    forms: dict[str, Form | None] = {
        "interview_form": InterviewForm(initial=typed_interview(interview), at=at)
        if INVITE in moves
        else None,
        "offer_form": OfferForm(initial=offered(match.role, today), today=today)
        if OFFER in moves
        else None,
        "start_form": StartForm(initial=agreed(made, match.role, today))
        if START in moves
        else None,
    }
    here = reverse("placements:match", args=[employer, match.public_id])
    context = {
        "card": card,
        "match": match,
        "here": _asked_from(request) or here,
        "from_elsewhere": _asked_from(request) not in {"", here},
        **forms,
        **refused,
        "interview": interview,
        "offer": made,
        "may_accept": ACCEPT in moves,
        "resumes": policy.resumes_visible_to(actor, match) if card.revealed else [],
        "hire_url": _hire_url(request, match),
        "steps": _steps(match, events, interview),
        "history": [
            (told, event.at) for event in reversed(events) if (told := _told(event, actor))
        ],
        "at": at,
    }
    wrong = bool(refused) or pass_form is not None
    response = render(
        request, "placements/employer_match.html", context, status=422 if wrong else 200
    )
    if wrong:
        response["HX-Retarget"] = response["HX-Reselect"] = f"#match-{match.public_id}"
    return response


def _hire_url(request: BadgedRequest, match: Match) -> str:
    if match.status != Status.STARTED:
        return ""
    mine = policy.placements_visible_to(request.actor).filter(match=match)
    public_id = mine.values_list("public_id", flat=True).first()
    employer = match.role.employer.organization.slug
    return reverse("placements:hire", args=[employer, public_id]) if public_id else ""


def _steps(match: Match, events: list[Event], interview: Interview | None) -> list[Step]:
    """The way from the slate to the first day, and how far this match has come."""
    when = {PRESENT.verb: match.presented_at, **{event.verb: event.at for event in events}}
    if match.status == Status.PASSED:
        gone = [Step(label, StepState.DONE, when[verb]) for verb, _, label in WAY if verb in when]
        why = match.get_pass_reason_display()
        return [*gone, Step("Not this time", StepState.STOPPED, match.ended_at, why)]
    here = [status for _verb, status, _label in WAY].index(Status(match.status))
    notes = {INVITE.verb: interview.place} if interview else {}
    return [
        Step(label, _state(place, here), when.get(verb), notes.get(verb, ""))
        for place, (verb, _status, label) in enumerate(WAY)
        if place >= here or verb in when
    ]


def _state(place: int, here: int) -> StepState:
    if place < here or here == len(WAY) - 1:
        return StepState.DONE
    return StepState.CURRENT if place == here else StepState.AHEAD


def _told(event: Event, actor: Actor) -> str:
    """One line of the history, as far as it is this employer's to read."""
    if event.by_audience == Audience.CANDIDATE:
        who = "The candidate"
    elif event.by is not None and event.by_organization_id == actor.organization_id:
        who = event.by.name or event.by.email
    else:
        who = "The Alliance"
    return TOLD.get(event.verb, "").format(who=who)


def _back(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """To the page the answer was given on."""
    page = _asked_from(request)
    return redirect(page or reverse("placements:match", args=[employer, public_id]))


def _asked_from(request: BadgedRequest) -> str:
    """The page of ours that an answer came from, if it says."""
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if ours else ""
