"""Who knocked? Staff, with several matches ticked: who can move, who cannot and why, which letters leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.audit.desk import DeskModelAdmin, actor_of, by_the_site, offer_undo
from alliance.lib.lifecycle import Move
from alliance.outbox.registry import Envelope, Withheld, blank_mint
from placements import letters
from placements.actions import matches, reminders, undoing
from placements.actions.moving import Went
from placements.enums import Status
from placements.forms.desk import NoForm, WhyForm
from placements.lifecycle import DECLINE, UNDECLINE, UNWITHDRAW, WITHDRAW
from placements.models import Interview, Match
from placements.policy import MAY, may_remind

AT_MOST = 100
Hidden = list[tuple[str, str | int]]
Refusal = Callable[[Actor, Match], str]


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as it would leave, everybody who gets it, and the copies of the others."""

    letter: Envelope | Withheld
    to: str
    copies: tuple[Envelope | Withheld, ...] = ()


def refused(move: Move) -> Refusal:
    """Why this move is not open to a match; empty where it is."""

    def why(actor: Actor, match: Match) -> str:
        if match.status not in move.sources:
            return f"Stands at “{match.get_status_display()}” already."
        return MAY[move](actor, match).reason

    return why


def not_taken_back(ways: Mapping[str, Move]) -> Refusal:
    """Why a match does not go back to where it stood; whether a letter has left shows when it is tried."""

    def why(actor: Actor, match: Match) -> str:
        move = ways.get(match.ended_from)
        if move is None or match.status not in move.sources:
            return undoing.NOT_THE_DESKS
        return MAY[move](actor, match).reason

    return why


def reminded_at(match: Match) -> datetime | None:
    """When whoever has to answer was reminded, if they were and an answer is waited for."""
    if match.status == Status.ASKED:
        return match.candidate_reminded_at
    return match.employer_reminded_at if match.status == Status.PRESENTED else None


def not_to_remind(actor: Actor, match: Match) -> str:
    """Whom nobody waits for, or who was reminded: one reminder is what we promise."""
    if match.status not in {Status.ASKED, Status.PRESENTED}:
        return reminders.NOBODY_WAITS
    return reminders.REMINDED if reminded_at(match) else may_remind(actor).reason


def not_reminded(actor: Actor, match: Match) -> str:
    """Of whom there is no reminder to take back."""
    return may_remind(actor).reason if reminded_at(match) else reminders.NOBODY_WAITS


def that_they_are_back(going: list[Match]) -> Iterator[Words]:
    """What was written to each team, and the interviews that were called off."""
    yield from _gone(going)
    then = {match.ended_at for match in going}
    for meeting in _of_people(Interview.objects.filter(match__in=going, cancelled_at__in=then)):
        who = meeting.match.candidate.contact.name
        yield Words(Withheld(f"The interview with {who} stands in both calendars as before."), "")


def that_they_are_gone(going: list[Match]) -> Iterator[Words]:
    """To each team that knew of somebody, and to both sides of an interview."""
    yield from _gone(going)
    held = Interview.objects.standing().filter(match__in=going, ends_at__gte=now())
    for meeting in _of_people(held):
        who = meeting.match.candidate.contact.name
        yield Words(Withheld(f"The interview with {who} is called off in both calendars."), "")


def _of_people(meetings: QuerySet[Interview]) -> QuerySet[Interview]:
    return meetings.select_related("match__candidate__contact")


def _gone(going: list[Match]) -> Iterator[Words]:
    shown = [match for match in going if match.presented_at]
    teams = _teams(match.employer_id for match in shown)
    for match in shown:
        yield from _copies(teams[match.employer_id], partial(letters.compose_gone, match))


def to_remind(going: list[Match]) -> Iterator[Words]:
    """One to each person asked, one to each team that has to answer, about all that waits."""
    people = {match.candidate_id for match in going if match.status == Status.ASKED}
    employers = {match.employer_id for match in going if match.status == Status.PRESENTED}
    waiting = (
        Match.objects.filter(
            Q(status=Status.ASKED, candidate__in=people)
            | Q(status=Status.PRESENTED, employer__in=employers, hidden_at=None)
        )
        .select_related("role__employer__organization", "candidate__contact")
        .prefetch_related("candidate__consents")
        .order_by("candidate_due_at", "answer_due_at", "pk")
    )
    by_person: dict[int, list[Match]] = defaultdict(list)
    by_employer: dict[int, list[Match]] = defaultdict(list)
    for match in waiting:
        asked = match.status == Status.ASKED
        (by_person[match.candidate_id] if asked else by_employer[match.employer_id]).append(match)
    for asked_of in by_person.values():
        to = asked_of[0].candidate.contact.email
        yield Words(letters.compose_ask_again(asked_of, mint=blank_mint), to)
    teams = _teams(employers)
    for employer_id, shown in by_employer.items():
        for reader in teams[employer_id]:
            reader.organization = shown[0].role.employer.organization
        yield from _copies(teams[employer_id], partial(letters.compose_answer_due, shown))


def _copies(
    readers: list[Membership], compose: Callable[[Membership], Envelope | Withheld]
) -> Iterator[Words]:
    """One letter to a team: each reader's own copy of it."""
    written = [compose(reader) for reader in readers]
    if written:
        to = ", ".join(reader.user.email for reader in readers)
        yield Words(written[0], to, tuple(written[1:]))


def _teams(employers: Iterable[int]) -> dict[int, list[Membership]]:
    """Who reads an employer's letters."""
    found: dict[int, list[Membership]] = defaultdict(list)
    team = Membership.objects.active().filter(organization__in=set(employers))
    for reader in with_people(team.exclude(level=Level.VIEWER), "user").order_by("pk"):
        found[reader.organization_id].append(reader)
    return found


CALLED_BACK = "Letters that do not leave"
UNTIL = "Until a letter leaves it can be undone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One thing that can be done with several matches, and what it writes."""

    label: str
    promise: str
    act: Callable[..., Went]
    refusal: Refusal
    words: Callable[[list[Match]], Iterator[Words]]
    of_letters: str = "Letters that leave"
    form: type[forms.Form] = forms.Form
    undo: str = ""
    """Which of ``UNDOING`` takes it back."""


WITHDRAW_THEM = Bulk(
    label="Withdraw them",
    promise=f"Their employers no longer see them, and are told where they did. {UNTIL}",
    act=matches.withdraw_each,
    refusal=refused(WITHDRAW),
    words=that_they_are_gone,
    form=WhyForm,
    undo="withdrawn",
)
DECLINE_THEM = Bulk(
    label="Close them: the people said no",
    promise=f"For candidates who said so to you. Employers that knew of them are told. {UNTIL}",
    act=matches.decline_each,
    refusal=refused(DECLINE),
    words=that_they_are_gone,
    form=NoForm,
    undo="declined",
)
REMIND_THEM = Bulk(
    label="Remind whoever has to answer",
    promise="One letter to each candidate and each employer's team, about everything that waits for "
    f"their answer and that they were not reminded of. {UNTIL}",
    act=reminders.remind_each,
    refusal=not_to_remind,
    words=to_remind,
    undo="reminded",
)
UNDOING = {
    "withdrawn": Bulk(
        label="Undo the withdrawals",
        promise="Only while no letter about them has left: each stands where it stood, as if nothing had been.",
        act=undoing.unwithdraw_each,
        refusal=not_taken_back(UNWITHDRAW),
        words=that_they_are_back,
        of_letters=CALLED_BACK,
    ),
    "declined": Bulk(
        label="Undo the no",
        promise="Only while no letter about them has left: each stands where it stood, as if nothing had been.",
        act=undoing.undecline_each,
        refusal=not_taken_back(UNDECLINE),
        words=that_they_are_back,
        of_letters=CALLED_BACK,
    ),
    "reminded": Bulk(
        label="Undo the reminders",
        promise="Only while the letter has not left: of everything it is about nobody was reminded, and the "
        "clock reminds when time is nearly over.",
        act=reminders.unremind_each,
        refusal=not_reminded,
        words=to_remind,
        of_letters=CALLED_BACK,
    ),
}


class Together(DeskModelAdmin):
    """Moves for ticked matches. The first press shows, the second does; a third finds nobody left."""

    actions: Any = ("withdraw_them", "decline_them", "remind_them")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever only looks ticks nothing."""
        return super().get_actions(request) if actor_of(request).may_write else {}

    @admin.action(description=WITHDRAW_THEM.label)
    def withdraw_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._ticked(request, ticked, "withdraw_them", WITHDRAW_THEM)

    @admin.action(description=DECLINE_THEM.label)
    def decline_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._ticked(request, ticked, "decline_them", DECLINE_THEM)

    @admin.action(description=REMIND_THEM.label)
    def remind_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._ticked(request, ticked, "remind_them", REMIND_THEM)

    def get_urls(self) -> list[URLPattern]:
        undo = path(
            "undo/<slug:which>/",
            self.admin_site.admin_view(self.undo_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_undo",
        )
        return [undo, *super().get_urls()]

    @by_the_site
    def undo_view(self, request: HttpRequest, which: str) -> HttpResponse:
        """What was done with several is taken back: who goes back, who stays, which letters do not leave."""
        if which not in UNDOING:
            raise Http404
        source = request.POST if request.method == "POST" else request.GET
        keys = [key for key in source.getlist("match") if key.isdigit()]
        ticked = self.get_queryset(request).filter(pk__in=keys)
        found = list(ticked.prefetch_related("candidate__consents").order_by("pk")[:AT_MOST])
        hidden: Hidden = [("match", match.pk) for match in found]
        answer = self._together(request, found, UNDOING[which], hidden)
        return answer or HttpResponseRedirect(self._url("changelist"))

    def _ticked(
        self, request: HttpRequest, ticked: QuerySet[Match], name: str, bulk: Bulk
    ) -> HttpResponse | None:
        found = list(ticked.order_by("pk")[: AT_MOST + 1])
        if len(found) > AT_MOST:
            messages.error(request, f"At most {AT_MOST} at once. Narrow the list first.")
            return None
        hidden: Hidden = [("action", name), ("index", 0), ("select_across", 0)]
        hidden += [(ACTION_CHECKBOX_NAME, match.pk) for match in found]
        return self._together(request, found, bulk, hidden)

    def _together(
        self,
        request: HttpRequest,
        found: list[Match],
        bulk: Bulk,
        hidden: Hidden,
    ) -> HttpResponse | None:
        """The page in between; ``None`` leads back to the list."""
        actor = actor_of(request)
        asked = [(match, bulk.refusal(actor, match)) for match in found]
        going = [match for match, why in asked if not why]
        form = bulk.form(request.POST if "go" in request.POST else None)
        if "go" in request.POST and going and form.is_valid():
            self._done(request, going, bulk, form.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": bulk.label,
            "opts": self.opts,
            "bulk": bulk,
            "going": going,
            "staying": [(match, why) for match, why in asked if why],
            "letters": list(bulk.words(going)),
            "form": form,
            "hidden": hidden,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/together.html", context, status=status)

    def _done(
        self, request: HttpRequest, going: Sequence[Match], bulk: Bulk, said: dict[str, Any]
    ) -> None:
        """All in one go: whoever is refused meanwhile keeps nobody else back."""
        went = bulk.act(going, by=actor_of(request), at=now(), **said)
        names = {match.pk: match.candidate.contact.name for match in going}
        for match, refusal in went.refused:
            messages.warning(request, f"{names[match.pk]}: {refusal}")
        if went.done:
            messages.success(request, f"{bulk.label}: done for {len(went.done)}.")
        if went.done and bulk.undo:
            keys = [match.pk for match in went.done]
            offer_undo(request, self._url("undo", bulk.undo), match=keys)
