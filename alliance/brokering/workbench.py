"""What does a broker see of one role? Who is put forward, who could be, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q

from alliance.access.actor import Actor, Level
from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.brokering.columns import Column
from alliance.brokering.facts import (
    Crowd,
    crowd,
    everybody,
    free_people,
    heard,
    opening_of,
    papers_of,
)
from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.conditions import Reason
from alliance.brokering.ranking.judging import Ranked
from alliance.outbox.registry import Envelope, Withheld
from candidates.models import Candidate, CandidateQuerySet
from candidates.policy import blind_face
from employers import policy as employers
from employers.models import Role, RoleQuerySet, RoleSkill
from placements import letters
from placements import policy as placements
from placements.enums import Status
from placements.models import Match, MatchQuerySet, Slate

CARDS_A_PAGE = 20
SKILLS_IN_A_WHY = 4
WITH_THE_EMPLOYER = frozenset(
    {Status.PRESENTED, Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Somebody who could be put forward, as staff see them."""

    pk: int
    public_id: UUID
    name: str
    provider: str
    ranked: Ranked
    elsewhere: tuple[str, ...]

    @property
    def in_the_way(self) -> list[Reason]:
        """What fails or is unknown: first to read, first to ask about."""
        return [
            reason
            for reason in (*self.ranked.conditions, *self.ranked.remarks)
            if reason.met is not True
        ]

    @property
    def met(self) -> list[Reason]:
        return [reason for reason in (*self.ranked.conditions, *self.ranked.remarks) if reason.met]


@dataclass(frozen=True, slots=True)
class Columns:
    """Everybody already put forward for the role, by where they stand."""

    shortlisted: list[Match]
    asked: list[Match]
    willing: list[Match]
    with_the_employer: list[Match]
    over: list[Match]


def roles(actor: Actor) -> RoleQuerySet:
    """Roles with what a workbench reads of them, in two queries."""
    asked = RoleSkill.objects.select_related("skill")
    return (
        employers.visible_to(actor)
        .select_related("employer__organization", "site__zip", "occupation")
        .prefetch_related(Prefetch("skills", asked))
    )


def columns(actor: Actor, role: Role) -> Columns:
    """One query, however many."""
    found: dict[str, list[Match]] = defaultdict(list)
    matches = (
        placements.visible_to(actor)
        .filter(role=role)
        .select_related("candidate__contact", "provider__organization")
        .order_by("answer_due_at", "candidate_due_at", "created_at", "pk")
    )
    for match in matches:
        found[_column(match)].append(match)
    return Columns(
        found["shortlisted"], found["asked"], found["willing"], found["shown"], found["over"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whom to look for among the ranked; ``everyone`` shows those too who do not fit."""

    words: str = ""
    everyone: bool = False
    within: int | None = None


def cards(actor: Actor, role: Role, look: Look, *, on: date, page: int | str = 1) -> Page[Any]:
    """The best first, a page at a time."""
    people = everybody(actor, on=on, papers=papers_of(role))
    rows = rows_for(role, people, look, by=actor, on=on)
    found: Page[Any] = Paginator(rows, CARDS_A_PAGE).get_page(page)
    shown = np.array(found.object_list, np.int64)
    found.object_list = _cards(actor, role, people.judged(shown, role, on=on))
    return found


def rows_for(role: Role, people: Crowd, look: Look, *, by: Actor, on: date) -> Column:
    """The rows to show, best first: without those who had their say, and as was looked for."""
    miles = people.miles_to(role)
    opening = opening_of(role, people.words, on=on)
    pool = people.pool
    kept_in = np.ones(len(pool), np.bool_)
    kept_in[pool.rows_of(heard(role))] = False
    if look.words:
        wanted = np.zeros(len(pool), np.bool_)
        keys = _matching(free_people(by), look.words).order_by().values_list("pk", flat=True)
        wanted[pool.rows_of(keys)] = True
        kept_in &= wanted
    if look.within is not None:
        near = [one is not None and one <= look.within for one in miles]
        kept_in &= np.array([*near, False])[pool.place]
    rows = arrays.top(pool, opening, miles, everybody=look.everyone)
    return rows[kept_in[rows]]


def judged(role: Role, people: CandidateQuerySet, *, on: date) -> dict[int, Ranked]:
    """These people against this role, by primary key."""
    here = crowd(people, on=on, papers=papers_of(role))
    ranked = here.judged(np.arange(len(here.pool)), role, on=on)
    return {one.person.key: one for one in ranked}


def why(ranked: Ranked, *, on: date) -> str:
    """A first draft of why this person, from the reasons; the broker makes it better."""
    musts = [part for part in ranked.parts if part.wanted.must]
    met = [part.wanted.name for part in musts if part.met]
    sentences = []
    if met:
        named = ", ".join(met[:SKILLS_IN_A_WHY])
        more = "" if len(met) <= SKILLS_IN_A_WHY else f" and {len(met) - SKILLS_IN_A_WHY} more"
        brings = (
            "every skill" if len(met) == len(musts) else f"{len(met)} of the {len(musts)} skills"
        )
        sentences.append(f"Brings {brings} you cannot do without: {named}{more}.")
    if day := ranked.person.available_on:
        sentences.append("Available now." if day <= on else f"Available from {day:%B} {day.day}.")
    return " ".join(sentences)


def chosen(actor: Actor, role: Role, ids: Iterable[str], status: Status) -> MatchQuerySet:
    """The ticked matches of this role that still stand where they stood."""
    wanted = [one for one in map(_uuid, ids) if one]
    return (
        placements.visible_to(actor)
        .filter(role=role, public_id__in=wanted, status=status)
        .with_faces()
        .order_by("pk")
    )


def ask_letters(matches: Iterable[Match], mint: Any) -> list[tuple[Match, Envelope | Withheld]]:
    """Exactly what each candidate would get."""
    return [(match, letters.compose_ask(match, mint=mint)) for match in matches]


def slate_letters(
    role: Role, matches: Sequence[Match], whys: dict[int, str], note: str, *, at: datetime
) -> list[Envelope | Withheld]:
    """Exactly what each reader at the employer would get."""
    slate = Slate(role=role, employer_id=role.employer_id, note=note, presented_at=at)
    people = [(blind_face(match.candidate), whys[match.pk]) for match in matches]
    return [letters.compose_slate(slate, people, reader) for reader in _readers(role)]


def _readers(role: Role) -> Iterable[Membership]:
    team = Membership.objects.active().filter(organization_id=role.employer_id)
    return with_people(team.exclude(level=Level.VIEWER), "user").order_by("pk")


def _column(match: Match) -> str:
    if match.status in {Status.SHORTLISTED, Status.ASKED, Status.WILLING}:
        return match.status
    return "shown" if match.status in WITH_THE_EMPLOYER else "over"


def _matching(people: CandidateQuerySet, words: str) -> CandidateQuerySet:
    for word in words.split():
        people = people.filter(
            Q(contact__first_name__icontains=word)
            | Q(contact__last_name__icontains=word)
            | Q(provider__organization__name__icontains=word)
            | Q(pk__in=_able_to(word))
        )
    return people


def _able_to(word: str) -> Any:
    return Candidate.objects.filter(skills__skill__name__icontains=word).values("pk")


def _cards(actor: Actor, role: Role, ranked: list[Ranked]) -> list[Card]:
    keys = [one.person.key for one in ranked]
    people = free_people(actor).select_related("contact", "provider__organization").in_bulk(keys)
    elsewhere: dict[int, list[str]] = defaultdict(list)
    others = placements.visible_to(actor).live().filter(candidate__in=keys).exclude(role=role)
    for match in others.select_related("role__employer__organization").order_by("pk"):
        elsewhere[match.candidate_id].append(
            f"{match.role.title} at {match.role.employer}, {match.get_status_display().lower()}"
        )
    return [
        Card(
            pk=one.person.key,
            public_id=people[one.person.key].public_id,
            name=people[one.person.key].contact.name,
            provider=str(people[one.person.key].provider),
            ranked=one,
            elsewhere=tuple(elsewhere[one.person.key]),
        )
        for one in ranked
        if one.person.key in people
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
