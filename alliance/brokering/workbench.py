"""What does a broker see of one role? Who is put forward, who could be, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q

from alliance.access.actor import Actor, Level
from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.brokering.facts import codes_of, free_people, known, not_yet_heard, rank_for
from alliance.brokering.ranking import WEIGHTS, Ranked, Reason
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


def cards(
    actor: Actor,
    role: Role,
    *,
    on: date,
    words: str = "",
    everybody: bool = False,
    within: int | None = None,
    page: int | str = 1,
) -> Page[Any]:
    """The best first, a page at a time; ``everybody`` shows those too who do not fit."""
    people = not_yet_heard(free_people(actor), role)
    if words:
        people = _matching(people, words)
    ranked = [
        one
        for one in rank_for(role, known(people, codes=codes_of(role)), on=on)
        if (everybody or one.fits) and (within is None or _near(one, within))
    ]
    found: Page[Any] = Paginator(ranked, CARDS_A_PAGE).get_page(page)
    found.object_list = _cards(actor, role, list(found.object_list))
    return found


def judged(role: Role, people: CandidateQuerySet, *, on: date) -> dict[int, Ranked]:
    """These people against this role, by primary key."""
    ranked = rank_for(role, known(people, codes=codes_of(role)), on=on)
    return {one.person.key: one for one in ranked}


def explanation(ranked: Ranked) -> dict[str, Any]:
    """What is kept with the match, so that the choice can be explained years later."""
    return {
        "weights": WEIGHTS.version,
        "score": ranked.score,
        "fits": ranked.fits,
        "reasons": [{"met": reason.met, "text": reason.text} for reason in ranked.reasons],
    }


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


def _near(one: Ranked, within: int) -> bool:
    return one.person.distance_miles is not None and one.person.distance_miles <= within


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
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
