"""What does a broker see of one role? Who is put forward, who could be, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, prefetch_related_objects

from alliance.access.actor import Actor, Level
from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.brokering.columns import Column
from alliance.brokering.facts import (
    HAD_THEIR_SAY,
    Crowd,
    crowd,
    everybody,
    free_people,
    heard,
    opening_of,
    papers_of,
)
from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.arrays import Mask, Miles
from alliance.brokering.ranking.conditions import Reason
from alliance.brokering.ranking.judging import Ranked, judge
from alliance.brokering.ranking.records import Opening
from alliance.brokering.ranking.what_if import Effect, Reach, added, changed, effects
from alliance.outbox.registry import Envelope, Withheld
from candidates.models import Candidate, CandidateQuerySet
from candidates.policy import blind_face
from employers import policy as employers
from employers.models import Blindness, Role, RoleQuerySet, RoleSkill
from placements import letters
from placements import policy as placements
from placements.enums import Status
from placements.models import Match, MatchQuerySet, Slate, faces

CARDS_A_PAGE = 20
SKILLS_IN_A_WHY = 4
WITH_THE_EMPLOYER = frozenset(
    {Status.PRESENTED, Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED}
)


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a score taken apart: what for, how many points, of how many."""

    words: str
    points: str
    most: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Somebody who could be put forward, as staff see them; ``only_if`` the role asked for less."""

    pk: int
    public_id: UUID
    name: str
    provider: str
    ranked: Ranked
    only_if: bool
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

    @property
    def shares(self) -> list[Share]:
        """Every part of the number."""
        return shares(self.ranked)


def shares(ranked: Ranked) -> list[Share]:
    """A score taken apart, line by line."""
    skills = [
        Share(one.reason.text, _tenths(ranked.points(one)), _tenths(ranked.most(one)))
        for one in ranked.parts
    ]
    return skills + [Share(one.text, _tenths(one.points), str(one.weight)) for one in ranked.items]


def _tenths(points: Fraction) -> str:
    return f"{float(points):.1f}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Everybody already put forward for the role, by where they stand."""

    shortlisted: list[Match]
    asked: list[Match]
    willing: list[Match]
    with_the_employer: list[Match]
    over: list[Match]
    had_their_say: list[int]
    """Keys of candidates, as ``facts.heard`` names them."""


def roles(actor: Actor) -> RoleQuerySet:
    """Roles with what a workbench reads of them, in two queries."""
    return bare_roles(actor).prefetch_related(_asked())


def bare_roles(actor: Actor) -> RoleQuerySet:
    """The same without the skills they ask for, which are read when somebody is judged."""
    return employers.visible_to(actor).select_related(
        "employer__organization", "site__zip", "occupation"
    )


def _asked() -> Prefetch[Any]:
    return Prefetch("skills", RoleSkill.objects.select_related("skill"))


def columns(actor: Actor, role: Role) -> Columns:
    """One query, however many."""
    found: dict[str, list[Match]] = defaultdict(list)
    had_their_say = []
    matches = (
        placements.visible_to(actor)
        .filter(role=role)
        .select_related("candidate__contact", "provider__organization")
        .order_by("answer_due_at", "candidate_due_at", "created_at", "pk")
    )
    for match in matches:
        found[_column(match)].append(match)
        if match.status in HAD_THEIR_SAY:
            had_their_say.append(match.candidate_id)
    return Columns(
        shortlisted=found["shortlisted"],
        asked=found["asked"],
        willing=found["willing"],
        with_the_employer=found["shown"],
        over=found["over"],
        had_their_say=had_their_say,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whom to look for among the ranked; ``everyone`` shows those too who do not fit.

    ``what_if`` names changes to what the role asks, ``added`` shows only whom they add.
    """

    words: str = ""
    everyone: bool = False
    within: int | None = None
    what_if: tuple[str, ...] = ()
    added: bool = False


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change to the role as a box to tick, and what it alone would do."""

    key: str
    words: str
    fit: str
    whole: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of people, and what each change to the role would do."""

    page: Page[Any]
    now: Reach
    what_ifs: list[WhatIf]


def look_for(
    actor: Actor,
    role: Role,
    look: Look,
    *,
    without: Collection[int],
    on: date,
    page: int | str = 1,
) -> Found:
    """The best first, a page at a time, and what the role could do without. Keys of candidates
    ``without`` whom."""
    people = everybody(actor, on=on, papers=papers_of(role))
    miles = people.miles_to(role)
    opening = opening_of(role, people.words, on=on)
    among = _among(people, look, without, by=actor, miles=miles)
    now, each = effects(people.pool, opening, miles, among=among)
    rows = _rows(people, opening, miles, look, among)
    here: Page[Any] = Paginator(rows, CARDS_A_PAGE).get_page(page)
    shown = np.array(here.object_list, np.int64)
    # Points as they would be; what is in the way as it is.
    asks_less = replace(opening, skills=changed(opening, miles, look.what_if)[0].skills)
    ranked = [judge(one, asks_less) for one in people.pool.people(shown, miles)]
    more = added(people.pool, opening, miles, look.what_if)
    only_if = {int(people.pool.keys[row]) for row in shown if more[row]}
    here.object_list = _cards(actor, role, ranked, only_if)
    return Found(here, now, [_what_if(one, look) for one in each])


def _what_if(effect: Effect, look: Look) -> WhatIf:
    key, more = effect.change.key, effect.more
    return WhatIf(
        key, effect.change.words, f"{more.fit:+d}", f"{more.whole:+d}", key in look.what_if
    )


def rows_for(role: Role, people: Crowd, look: Look, *, by: Actor, on: date) -> Column:
    """The rows to show, best first."""
    miles = people.miles_to(role)
    opening = opening_of(role, people.words, on=on)
    without = [person for _role, person in heard([role])]
    among = _among(people, look, without, by=by, miles=miles)
    return _rows(people, opening, miles, look, among)


def _among(people: Crowd, look: Look, without: Collection[int], *, by: Actor, miles: Miles) -> Mask:
    """Without those who had their say, and as was looked for."""
    pool = people.pool
    among = np.ones(len(pool), np.bool_)
    among[pool.rows_of(without)] = False
    if look.words:
        wanted = np.zeros(len(pool), np.bool_)
        keys = _matching(free_people(by), look.words).order_by().values_list("pk", flat=True)
        wanted[pool.rows_of(keys)] = True
        among &= wanted
    if look.within is not None:
        near = [one is not None and one <= look.within for one in miles]
        among &= np.array([*near, False])[pool.place]
    return among


def _rows(people: Crowd, opening: Opening, miles: Miles, look: Look, among: Mask) -> Column:
    if look.added:
        among = among & added(people.pool, opening, miles, look.what_if)
    then, away = changed(opening, miles, look.what_if)
    rows = arrays.top(people.pool, then, away, everybody=look.everyone)
    return rows[among[rows]]


def judged(role: Role, people: CandidateQuerySet, *, on: date) -> dict[int, Ranked]:
    """These people against this role, by primary key."""
    prefetch_related_objects([role], _asked())
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
        .with_names()
        .order_by("pk")
    )


def willing(actor: Actor, role: Role, *, at_most: int) -> MatchQuerySet:
    """Whoever said yes to this role and is not presented, the longest waiting first."""
    said_yes = placements.visible_to(actor).filter(role=role, status=Status.WILLING)
    return said_yes.with_names().order_by("agreed_at", "pk")[:at_most]


def ask_letters(matches: Iterable[Match], mint: Any) -> list[tuple[Match, Envelope | Withheld]]:
    """Exactly what each candidate would get."""
    matches = list(matches)
    lifted = Blindness.objects.lifted_for({match.employer_id for match in matches})
    for match in matches:
        match.asks_name = match.employer_id in lifted
    return [(match, letters.compose_ask(match, mint=mint)) for match in matches]


def slate_letters(
    role: Role, matches: Sequence[Match], whys: dict[int, str], note: str, *, at: datetime
) -> list[Envelope | Withheld]:
    """Exactly what each reader at the employer would get."""
    prefetch_related_objects(matches, *faces())
    slate = Slate(role=role, employer_id=role.employer_id, note=note, presented_at=at)
    people = [(blind_face(match.candidate), whys[match.pk]) for match in matches]
    lifted = bool(Blindness.objects.lifted_for([role.employer_id]))
    named = lifted and any(match.name_agreed_at for match in matches)
    return [letters.compose_slate(slate, people, reader, named=named) for reader in _readers(role)]


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


def _cards(actor: Actor, role: Role, ranked: list[Ranked], only_if: Collection[int]) -> list[Card]:
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
            only_if=one.person.key in only_if,
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
