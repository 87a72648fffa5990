"""Who or what is meant? An e-mail address, a telephone number, an id or a name finds in one step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.accounts import policy as accounts
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, Organization
from alliance.records.models import Joined
from candidates import policy as candidates
from candidates.models import Candidate, Contact
from employers import policy as employers
from employers.enums import Status as RoleStatus
from employers.models import Role
from placements import policy as placements

AT_MOST = 20
A_NUMBER = re.compile(r"\+?[\d\s().-]{7,}")
AN_ID = re.compile(r"(?:candidate\s+)?([0-9a-f]{4,32})", re.IGNORECASE)
AN_ID_LONG = 32
RECORD_OF = {Kind.EMPLOYER: "employers_employer", Kind.PROVIDER: "providers_provider"}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, and where it stands."""

    what: str
    name: str
    detail: str
    url: str


def find(actor: Actor, words: str) -> list[Hit]:
    """Whatever the words name, most telling first: an address or a number asks for nothing else."""
    if not words:
        return []
    if "@" in words:
        return _by_email(actor, words)
    if A_NUMBER.fullmatch(words) and (people := _by_number(actor, words)):
        return people
    if (said := AN_ID.fullmatch(words.replace("-", ""))) and (things := _by_id(actor, said[1])):
        return things
    return _by_name(actor, words)


def _by_email(actor: Actor, words: str) -> list[Hit]:
    written = {words, words.lower()}
    people = _people(candidates.visible_to(actor).filter(contact__email__in=written))
    members = accounts.members_visible_to(actor).filter(user__email__in=written)
    return [*people, *_members(members)]


def _by_number(actor: Actor, words: str) -> list[Hit]:
    index: Any = Contact._meta.get_field("phone_index")
    digests = index.digests(words)
    if not digests:
        return []
    return list(_people(candidates.visible_to(actor).filter(contact__phone_index__in=digests)))


def _by_id(actor: Actor, said: str) -> list[Hit]:
    """By our own id, whole or as it begins; employers read its first four signs on a card."""
    span = (UUID(said.ljust(AN_ID_LONG, "0")), UUID(said.ljust(AN_ID_LONG, "f")))
    former = Joined.objects.filter(former_public_id__range=span).values("person")
    own = Q(public_id__range=span) | Q(pk__in=former)
    hits = list(_people(candidates.visible_to(actor).filter(own)))
    of_roles = employers.visible_to(actor).filter(public_id__range=span).order_by("pk")
    hits += [Hit("Role", str(role), "", _role(role)) for role in _few(of_roles)]
    things: dict[str, QuerySet[Any]] = {
        "Match": placements.visible_to(actor).select_related("candidate", "role"),
        "Slate": placements.slates_visible_to(actor).select_related("role"),
        "Job": placements.placements_visible_to(actor),
    }
    for what, found in things.items():
        hits += [
            Hit(what, str(thing), "", _record(thing))
            for thing in found.filter(public_id__range=span).order_by("pk")[:AT_MOST]
        ]
    return hits


def _by_name(actor: Actor, words: str) -> list[Hit]:
    named, of_members, of_houses, of_roles = Q(), Q(), Q(), Q()
    for word in words.split():
        named &= Q(contact__first_name__istartswith=word) | Q(contact__last_name__istartswith=word)
        of_members &= Q(user__name__icontains=word)
        of_houses &= Q(name__icontains=word)
        of_roles &= Q(title__icontains=word)
    houses = accounts.organizations_visible_to(actor).filter(of_houses).order_by("name")
    roles = employers.visible_to(actor).filter(of_roles).select_related("employer__organization")
    people = candidates.visible_to(actor).filter(named | Q(reference=words))
    return [
        *_people(people),
        *_members(accounts.members_visible_to(actor).filter(of_members)),
        *(Hit(house.get_kind_display(), house.name, "", _house(house)) for house in _few(houses)),
        *(Hit("Role", role.title, str(role.employer), _role(role)) for role in _few(roles)),
    ]


def _people(found: QuerySet[Candidate]) -> Iterator[Hit]:
    for person in found.select_related("contact", "provider__organization").order_by(
        "contact__last_name", "contact__first_name", "pk"
    )[:AT_MOST]:
        told = f"{person.provider}, {person.get_status_display().lower()}"
        yield Hit("Person", person.contact.name, told, _record(person))


def _members(found: QuerySet[Membership]) -> Iterator[Hit]:
    rows = found.order_by("user__name", "pk").values_list(
        "pk", "user__name", "organization__name", "ended_at"
    )
    for key, name, house, ended_at in rows[:AT_MOST]:
        told = f"{house}, has left" if ended_at else house
        yield Hit("Member", name, told, reverse("admin:accounts_membership_change", args=[key]))


def _few(found: QuerySet[Any]) -> Iterable[Any]:
    return found[:AT_MOST]


def _house(house: Organization) -> str:
    record = RECORD_OF.get(Kind(house.kind), "accounts_organization")
    return reverse(f"admin:{record}_change", args=[house.pk])


def _role(role: Role) -> str:
    """An open role is worked on; of any other the record is wanted."""
    if role.status == RoleStatus.OPEN:
        return reverse("admin:workbench", args=[role.public_id])
    return _record(role)


def _record(thing: Any) -> str:
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
