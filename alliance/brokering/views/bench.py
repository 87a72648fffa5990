"""Who knocked? Staff, at a role's workbench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.audit.desk import offer_undo
from alliance.brokering import planning
from alliance.brokering import workbench as bench
from alliance.brokering.actions import leave_without_role
from alliance.brokering.facts import free_people, not_yet_heard
from alliance.brokering.forms import LookForm, SlateForm, TermsForm
from alliance.brokering.ranking.keeping import explanation
from alliance.brokering.ranking.records import UNIT
from alliance.brokering.views.page import desk_page
from alliance.lib.calendars import business_days, local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.registry import blank_mint
from alliance.ui.words import moment_words
from candidates.models import Candidate
from employers import actions as roles
from employers.models import Role
from employers.policy import may_set_terms
from placements import policy
from placements.actions import matches as actions
from placements.actions.matches import EMPLOYER_DAYS, SLATE_AT_MOST
from placements.actions.moving import Went
from placements.enums import NoReason, Status
from placements.lifecycle import PRESENT
from placements.models import Match
from providers import policy as providers
from providers.models import Cohort

PREVIEW, CHANGE = "preview", "change"
Pair = tuple[Role, Candidate, dict[str, Any]]


@open_to(Audience.BROKER)
@require_safe
def workbench(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """One role: what it asks, who is put forward, and who could be."""
    role = _role(request, public_id)
    at = now()
    form = LookForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    look = bench.Look(
        words=said.get("q", ""),
        everyone=said.get("show") == "all",
        within=said.get("within"),
        what_if=tuple(request.GET.getlist("if")),
        added=said.get("show") == "added",
    )
    put_forward = bench.columns(request.actor, role)
    found = bench.look_for(
        request.actor,
        role,
        look,
        without=put_forward.had_their_say,
        on=local_date(at),
        page=request.GET.get("page", 1),
    )
    context = {
        "title": role.title,
        "role": role,
        "asked": role.skills.all(),
        "columns": put_forward,
        "page": found.page,
        "now": found.now,
        "what_ifs": found.what_ifs,
        "form": form,
        "terms": TermsForm(role=role),
        "may_set_terms": bool(may_set_terms(request.actor, role)),
        "no_reasons": NoReason.choices,
        "slate_at_most": SLATE_AT_MOST,
        "may_write": request.actor.may_write,
        "here": request.path,
        "at": at,
    }
    return desk_page(request, "alliance/brokering/workbench.html", context)


@open_to(Audience.BROKER)
@require_POST
def terms(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """What must hold of whoever is put forward for this role, from now on."""
    role = _role(request, public_id)
    form = TermsForm(request.POST, role=role)
    if not form.is_valid():
        for lines in form.errors.values():
            messages.error(request, " ".join(map(str, lines)))
        return redirect("admin:workbench", role.public_id)
    try:
        roles.set_terms(role, **form.terms, by=request.actor, at=now())
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "This is what must hold from now on. The record keeps what was before."
        )
    return redirect("admin:workbench", role.public_id)


@open_to(Audience.BROKER)
@require_safe
def cohort_workbench(request: BadgedRequest, public_id: UUID | None = None) -> HttpResponse:
    """A cohort, or everybody ready, against all open roles at once: whom to send where, who is left."""
    cohort = _cohort(request, public_id)
    at = now()
    proposal = planning.propose(request.actor, cohort, on=local_date(at))
    context = {
        "title": str(cohort) if cohort else "Everybody who is ready",
        "cohort": cohort,
        "proposal": proposal,
        "roles": planning.proposed(proposal),
        "left": planning.left_out(proposal),
        "points": proposal.plan.total // UNIT,
        "greedy": len(proposal.plan.greedy),
        "greedy_points": proposal.plan.greedy_total // UNIT,
        "may_write": request.actor.may_write,
        "at": at,
    }
    return desk_page(request, "alliance/brokering/cohort.html", context)


@open_to(Audience.BROKER)
@require_POST
def cohort_accept(request: BadgedRequest, public_id: UUID | None = None) -> HttpResponse:
    """Shortlist the ticked pairs, or write down that nothing suits the ticked people."""
    cohort = _cohort(request, public_id)
    at = now()
    proposal = planning.propose(request.actor, cohort, on=local_date(at))
    if "leave" in request.POST:
        ticked = set(_uuids(request.POST.getlist("left")))
        people = planning.without_role(proposal, ticked)
        done = leave_without_role(people, by=request.actor, at=at)
        _say(request, done, [], one="Written down for one person.", many="people: written down.")
    else:
        pairs = [
            (role, one.candidate, explanation(one.ranked))
            for role, one in planning.ticked(proposal, set(request.POST.getlist("pair")))
        ]
        _shortlist(request, pairs, one="One person is shortlisted.", many="are shortlisted.", at=at)
    if cohort is None:
        return redirect("admin:everybody_workbench")
    return redirect("admin:cohort_workbench", cohort.public_id)


@open_to(Audience.BROKER)
@require_POST
def shortlist(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """Consider the ticked people for this role, and keep why."""
    role = _role(request, public_id)
    at = now()
    people = not_yet_heard(free_people(request.actor), role).filter(
        public_id__in=_uuids(request.POST.getlist("candidate"))
    )
    ranked = bench.judged(role, people, on=local_date(at))
    pairs = [
        (role, person, explanation(ranked[person.pk]))
        for person in people.select_related("contact")
    ]
    _shortlist(
        request, pairs, one="One person is on the shortlist.", many="on the shortlist.", at=at
    )
    return redirect("admin:workbench", role.public_id)


@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """The letter to each ticked candidate, before it is sent; then it is."""
    role = _role(request, public_id)
    source = request.POST if request.method == "POST" else request.GET
    ticked = bench.chosen(request.actor, role, source.getlist("match"), Status.SHORTLISTED)
    matches = list(ticked.select_related("provider__organization"))
    if not matches:
        messages.warning(request, "Tick whom to ask, on the shortlist.")
        return redirect("admin:workbench", role.public_id)
    if request.method == "POST":
        asked = actions.ask_each(matches, by=request.actor, at=now())
        _say(
            request,
            len(asked.done),
            _refused(asked, matches),
            one="One letter is on its way.",
            many="letters are on their way.",
        )
        if asked.done:
            way = reverse("admin:workbench_undo", args=[role.public_id])
            offer_undo(request, way, match=[match.public_id for match in asked.done])
        return redirect("admin:workbench", role.public_id)
    context = {
        "title": "Ask the candidate" if len(matches) == 1 else "Ask the candidates",
        "role": role,
        "letters": bench.ask_letters(matches, blank_mint),
        "may_write": request.actor.may_write,
    }
    return desk_page(request, "alliance/brokering/ask.html", context)


@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """Call the letters to these people back, as long as they have not left."""
    role = _role(request, public_id)
    source = request.POST if request.method == "POST" else request.GET
    matches = list(bench.chosen(request.actor, role, source.getlist("match"), Status.ASKED))
    if request.method == "POST":
        undone = actions.unask_each(matches, by=request.actor, at=now())
        _say(
            request,
            len(undone.done),
            _refused(undone, matches),
            one="One letter was called back before it left.",
            many="letters were called back before they left.",
        )
        return redirect("admin:workbench", role.public_id)
    context = {
        "title": "Undo the question" if len(matches) == 1 else "Undo the questions",
        "role": role,
        "matches": matches,
        "may_write": request.actor.may_write,
    }
    return desk_page(request, "alliance/brokering/undo.html", context)


@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def slate(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """Put a slate together, see the letter, present it."""
    role = get_object_or_404(bench.bare_roles(request.actor), public_id=public_id)
    source = request.POST if request.method == "POST" else request.GET
    ticked = source.getlist("match")
    if ticked or request.method == "POST":
        matches = list(bench.chosen(request.actor, role, ticked, Status.WILLING))
    else:
        matches = list(bench.willing(request.actor, role, at_most=SLATE_AT_MOST))
    if not 1 <= len(matches) <= SLATE_AT_MOST:
        messages.warning(request, f"Tick one to {SLATE_AT_MOST} people who said yes.")
        return redirect("admin:workbench", role.public_id)
    refused = _refusals(request, matches)
    form = SlateForm(request.POST or None, matches=matches)
    said = request.POST.get("say", CHANGE)
    if said != CHANGE and not refused and form.is_valid():
        if said == PREVIEW:
            return _letters(request, role, form, matches)
        if _presented(request, role, form, matches):
            return redirect("admin:workbench", role.public_id)
    on = local_date(now())
    people = free_people(request.actor).filter(matches__in=[match.pk for match in matches])
    ranked = bench.judged(role, people, on=on)
    form.suggest(
        {
            one.pk: bench.why(ranked[one.candidate_id], on=on)
            for one in matches
            if one.candidate_id in ranked
        }
    )
    for refusal in refused:
        messages.error(request, refusal)
    context = {
        "title": "Build the slate",
        "role": role,
        "matches": matches,
        "form": form,
        "cards": [
            (match, form[f"why_{match.pk}"], ranked.get(match.candidate_id)) for match in matches
        ],
        "may_write": request.actor.may_write,
    }
    status = 422 if refused or (form.is_bound and form.errors) else 200
    return desk_page(request, "alliance/brokering/slate.html", context, status=status)


def _presented(request: BadgedRequest, role: Role, form: SlateForm, matches: list[Match]) -> bool:
    """Whether the slate left; if not, the form says why and nothing typed is lost."""
    at = now()
    note = form.cleaned_data["note"]
    try:
        shown = actions.present(
            matches, whys=form.whys, note=note, let_out=form.let_out, by=request.actor, at=at
        )
    except (PermissionDenied, WrongMoment) as refusal:
        form.add_error(None, str(refusal))
        return False
    due = moment_words(business_days(at, EMPLOYER_DAYS), at=at)
    messages.success(request, f"Presented to {role.employer}, which has until {due}.")
    back = reverse("admin:workbench", args=[role.public_id])
    way = reverse("admin:placements_slate_move", args=[shown.pk, "undo"])
    offer_undo(request, way, next=back)
    return True


def _letters(
    request: BadgedRequest, role: Role, form: SlateForm, matches: list[Match]
) -> HttpResponse:
    note = form.cleaned_data["note"]
    context = {
        "title": "The letter",
        "role": role,
        "matches": matches,
        "form": form,
        "letters": bench.slate_letters(role, matches, form.whys, note, at=now()),
        "may_write": request.actor.may_write,
    }
    return desk_page(request, "alliance/brokering/letter.html", context)


def _refusals(request: BadgedRequest, matches: list[Match]) -> list[str]:
    """Consent is asked again before the letter is shown, and once more when it is sent."""
    asked = [(match, policy.MAY[PRESENT](request.actor, match)) for match in matches]
    return [
        f"{one.candidate.contact.name}: {verdict.reason}" for one, verdict in asked if not verdict
    ]


def _role(request: BadgedRequest, public_id: UUID) -> Role:
    return get_object_or_404(bench.roles(request.actor), public_id=public_id)


def _cohort(request: BadgedRequest, public_id: UUID | None) -> Cohort | None:
    if public_id is None:
        return None
    cohorts = providers.visible_to(request.actor).select_related(
        "programme", "provider__organization"
    )
    return get_object_or_404(cohorts, public_id=public_id)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _shortlist(
    request: BadgedRequest, pairs: list[Pair], *, one: str, many: str, at: datetime
) -> None:
    """All in one go, and what became of it is said."""
    try:
        went = actions.shortlist_each(pairs, by=request.actor, at=at)
    except PermissionDenied as refusal:
        _say(request, 0, [str(refusal)], one=one, many=many)
        return
    refusals = [f"{match.candidate.contact.name}: {refusal}" for match, refusal in went.refused]
    _say(request, len(went.done), refusals, one=one, many=many)


def _refused(went: Went, matches: Iterable[Match]) -> list[str]:
    """Who stays, by name, and why."""
    names = {match.pk: match.candidate.contact.name for match in matches}
    return [f"{names[match.pk]}: {refusal}" for match, refusal in went.refused]


def _say(request: BadgedRequest, done: int, refusals: list[str], *, one: str, many: str) -> None:
    if done:
        messages.success(request, one if done == 1 else f"{done} {many}")
    for refusal in refusals:
        messages.warning(request, refusal)
    if not done and not refusals:
        messages.warning(request, "Nobody was ticked, or they are no longer where they were.")
