"""Who knocked? Staff, with several matches ticked: who can move, who cannot and why, which letters leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.audit.desk import DeskModelAdmin, actor_of
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.outbox.registry import Envelope, Withheld, blank_mint
from placements import letters
from placements.actions import matches, reminders
from placements.enums import Status
from placements.forms.desk import NoForm, WhyForm
from placements.lifecycle import DECLINE, WITHDRAW
from placements.models import Interview, Match
from placements.policy import MAY, may_remind

AT_MOST = 100
Refusal = Callable[[Actor, Match], str]


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as it would leave, and everybody who gets it."""

    letter: Envelope | Withheld
    to: str


def refused(move: Move) -> Refusal:
    """Why this move is not open to a match; empty where it is."""

    def why(actor: Actor, match: Match) -> str:
        if match.status not in move.sources:
            return f"Stands at “{match.get_status_display()}” already."
        return MAY[move](actor, match).reason

    return why


def not_to_remind(actor: Actor, match: Match) -> str:
    """Whom nobody waits for, or who was reminded: one reminder is what we promise."""
    waits = {
        Status.ASKED: match.candidate_reminded_at,
        Status.PRESENTED: match.employer_reminded_at,
    }
    if match.status not in waits:
        return "Nobody's answer is waited for."
    return "Was reminded already." if waits[Status(match.status)] else may_remind(actor).reason


def that_they_are_gone(going: list[Match]) -> Iterator[Words]:
    """To each team that knew of somebody, and to both sides of an interview."""
    shown = [match for match in going if match.presented_at]
    teams = _teams(match.employer_id for match in shown)
    for match in shown:
        for reader in teams[match.employer_id][:1]:
            to = ", ".join(one.user.email for one in teams[match.employer_id])
            yield Words(letters.compose_gone(match, reader), to)
    held = Interview.objects.standing().filter(match__in=going, ends_at__gte=now())
    for meeting in held.select_related("match__candidate__contact"):
        who = meeting.match.candidate.contact.name
        yield Words(Withheld(f"The interview with {who} is called off in both calendars."), "")


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
        for reader in teams[employer_id][:1]:
            reader.organization = shown[0].role.employer.organization
            to = ", ".join(one.user.email for one in teams[employer_id])
            yield Words(letters.compose_answer_due(shown, reader), to)


def _teams(employers: Iterable[int]) -> dict[int, list[Membership]]:
    """Who reads an employer's letters."""
    found: dict[int, list[Membership]] = defaultdict(list)
    team = Membership.objects.active().filter(organization__in=set(employers))
    for reader in with_people(team.exclude(level=Level.VIEWER), "user").order_by("pk"):
        found[reader.organization_id].append(reader)
    return found


def remind(match: Match, **moment: Any) -> None:
    """Whoever waits is told once; somebody reminded with another match a moment ago is not told again."""
    if match.status == Status.ASKED:
        reminders.remind_candidate(match.candidate_id, early=True, **moment)
    else:
        reminders.remind_employer(match.employer_id, early=True, **moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One thing that can be done with several matches, and what it writes."""

    label: str
    promise: str
    act: Callable[..., object]
    refusal: Refusal
    words: Callable[[list[Match]], Iterator[Words]]
    form: type[forms.Form] = forms.Form


WITHDRAW_THEM = Bulk(
    label="Withdraw them",
    promise="Their employers no longer see them, and are told where they did. This cannot be undone.",
    act=matches.withdraw,
    refusal=refused(WITHDRAW),
    words=that_they_are_gone,
    form=WhyForm,
)
DECLINE_THEM = Bulk(
    label="Close them: the people said no",
    promise="For candidates who said so to you. Employers that knew of them are told. This cannot be "
    "undone.",
    act=matches.decline,
    refusal=refused(DECLINE),
    words=that_they_are_gone,
    form=NoForm,
)
REMIND_THEM = Bulk(
    label="Remind whoever has to answer",
    promise="One letter to each candidate and each employer's team, about everything that waits for "
    "their answer and that they were not reminded of.",
    act=remind,
    refusal=not_to_remind,
    words=to_remind,
)


class Together(DeskModelAdmin):
    """Moves for ticked matches. The first press shows, the second does; a third finds nobody left."""

    actions: Any = ("withdraw_them", "decline_them", "remind_them")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever only looks ticks nothing."""
        return super().get_actions(request) if actor_of(request).may_write else {}

    @admin.action(description=WITHDRAW_THEM.label)
    def withdraw_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._together(request, ticked, "withdraw_them", WITHDRAW_THEM)

    @admin.action(description=DECLINE_THEM.label)
    def decline_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._together(request, ticked, "decline_them", DECLINE_THEM)

    @admin.action(description=REMIND_THEM.label)
    def remind_them(self, request: HttpRequest, ticked: QuerySet[Match]) -> HttpResponse | None:
        return self._together(request, ticked, "remind_them", REMIND_THEM)

    def _together(
        self, request: HttpRequest, ticked: QuerySet[Match], name: str, bulk: Bulk
    ) -> HttpResponse | None:
        """The page in between; ``None`` leads back to the list."""
        found = list(ticked.order_by("pk")[: AT_MOST + 1])
        if len(found) > AT_MOST:
            messages.error(request, f"At most {AT_MOST} at once. Narrow the list first.")
            return None
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
            "name": name,
            "found": found,
            "going": going,
            "staying": [(match, why) for match, why in asked if why],
            "letters": list(bulk.words(going)),
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/together.html", context, status=status)

    def _done(
        self, request: HttpRequest, going: Iterable[Match], bulk: Bulk, said: dict[str, Any]
    ) -> None:
        """One after the other: whoever is refused meanwhile keeps nobody else back."""
        done = 0
        for match in going:
            try:
                bulk.act(match, by=actor_of(request), at=now(), **said)
            except (PermissionDenied, WrongMoment) as refusal:
                messages.warning(request, f"{match.candidate.contact.name}: {refusal}")
            else:
                done += 1
        messages.success(request, f"{bulk.label}: done for {done}.")
