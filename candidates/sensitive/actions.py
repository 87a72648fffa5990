"""What happens? The cabinet is filled; only these functions write to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.lib.sealing import Unsealable
from alliance.vault import bulk, rotation
from alliance.vault.rotation import Tally
from candidates import likeness, policy
from candidates.models import Candidate, Contact
from candidates.sensitive.models import Barrier, Demographics, FormerWage


@transaction.atomic
def note_demographics(candidate: Candidate, *, by: Actor, at: datetime, **facts: Any) -> None:
    """What the person said about themselves; said again, it replaces."""
    policy.may_describe(by, candidate).require()
    _put(Demographics, candidate, facts)
    kept = Demographics.objects.get(candidate=candidate)
    kept.name_and_year = _name_and_year(candidate.contact, kept.birth_year)
    kept.save(update_fields=["name_and_year"])
    record(verb="note_demographics", subject=candidate, by=by, at=at)


@transaction.atomic
def note_barriers(candidate: Candidate, kinds: list[str], *, by: Actor, at: datetime) -> None:
    """Which difficulties the person named; said again, they replace."""
    policy.may_describe(by, candidate).require()
    Barrier.objects.filter(candidate=candidate).exclude(kind__in=kinds).delete()
    Barrier.objects.bulk_create(
        (
            Barrier(candidate=candidate, provider_id=candidate.provider_id, kind=kind)
            for kind in kinds
        ),
        ignore_conflicts=True,
    )
    record(verb="note_barriers", subject=candidate, by=by, at=at)


@transaction.atomic
def note_former_wage(
    candidate: Candidate, hourly: Decimal | None, *, by: Actor, at: datetime
) -> None:
    """Pay an hour before the programme; ``None`` for somebody who was not working."""
    policy.may_describe(by, candidate).require()
    _put(FormerWage, candidate, {"hourly": hourly, "was_working": hourly is not None})
    record(verb="note_former_wage", subject=candidate, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """What a file says of somebody in confidence; what it does not say stays as it is.

    ``former_wage`` is empty for silence, and holds ``None`` for somebody who was not working.
    """

    candidate: Candidate
    demographics: Mapping[str, Any]
    barriers: Sequence[str] | None
    former_wage: tuple[Decimal | None, ...]

    @property
    def kinds(self) -> list[str]:
        """What is said, and not what."""
        said = {
            "demographics": self.demographics,
            "barriers": self.barriers is not None,
            "former_wage": self.former_wage,
        }
        return [kind for kind, whether in said.items() if whether]


@transaction.atomic
def note_many(said: Sequence[Confidence]) -> None:
    """The same for many people of one provider, in a fixed number of statements.

    Callers have asked whether their actor may describe people of this provider, and write down who
    was told about, each with the ``kinds`` of what was said.
    """
    _note_demographics([one for one in said if one.demographics])
    _note_barriers([one for one in said if one.barriers is not None])
    bulk.write_facts(
        FormerWage,
        [
            {
                "candidate_id": one.candidate.pk,
                "provider_id": one.candidate.provider_id,
                "hourly": hourly,
                "was_working": hourly is not None,
            }
            for one in said
            for hourly in one.former_wage
        ],
        known_by=["candidate"],
        fields=["hourly", "was_working"],
    )


def held(people: Sequence[Candidate]) -> dict[int, dict[str, Any]]:
    """All that the cabinet holds of these people, as JSON has it: to be put back one day."""
    keys = [person.pk for person in people]
    if not keys:
        return {}
    found: dict[int, dict[str, Any]] = {
        key: {"demographics": None, "barriers": [], "former_wage": None} for key in keys
    }
    for facts in Demographics.objects.filter(candidate__in=keys):
        found[facts.candidate_id]["demographics"] = {
            "groups": facts.groups,
            "gender": facts.gender,
            "birth_year": facts.birth_year,
        }
    for barrier in Barrier.objects.filter(candidate__in=keys):
        found[barrier.candidate_id]["barriers"].append([barrier.kind, barrier.note])
    for wage in FormerWage.objects.filter(candidate__in=keys):
        hourly = None if wage.hourly is None else str(wage.hourly)
        found[wage.candidate_id]["former_wage"] = [hourly]
    return found


@transaction.atomic
def put_back(person: Candidate, before: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """The cabinet holds of this person what ``held`` said, and nothing else."""
    policy.may_describe(by, person).require()
    for model in (Demographics, FormerWage):
        model.objects.filter(candidate=person).delete()
    if facts := before["demographics"]:
        _put(
            Demographics,
            person,
            facts | {"name_and_year": _name_and_year(person.contact, facts["birth_year"])},
        )
    if before["former_wage"] is not None:
        (hourly,) = before["former_wage"]
        _put(FormerWage, person, {"hourly": hourly, "was_working": hourly is not None})
    kinds = [kind for kind, _note in before["barriers"]]
    Barrier.objects.filter(candidate=person).exclude(kind__in=kinds).delete()
    standing = set(Barrier.objects.filter(candidate=person).values_list("kind", flat=True))
    Barrier.objects.bulk_create(
        Barrier(candidate=person, provider_id=person.provider_id, kind=kind, note=note)
        for kind, note in before["barriers"]
        if kind not in standing
    )
    record(verb="put_back_confidence", subject=person, by=by, at=at)


def _note_demographics(said: Sequence[Confidence]) -> None:
    known = Demographics.objects.in_bulk([one.candidate.pk for one in said])
    rows = []
    for one in said:
        row = known.get(one.candidate.pk) or Demographics(
            candidate=one.candidate, provider_id=one.candidate.provider_id
        )
        for name, value in one.demographics.items():
            setattr(row, name, value)
        row.name_and_year = _name_and_year(one.candidate.contact, row.birth_year)
        rows.append(row)
    bulk.write(
        rows,
        known_by=["candidate"],
        fields=["groups", "gender", "birth_year", "name_and_year"],
    )


def _note_barriers(said: Sequence[Confidence]) -> None:
    wanted = {(one.candidate.pk, kind) for one in said for kind in one.barriers or ()}
    people = {one.candidate.pk: one.candidate for one in said}
    standing = Barrier.objects.filter(candidate__in=people)
    held_now = {(barrier.candidate_id, barrier.kind): barrier.pk for barrier in standing}
    gone = [pk for pair, pk in held_now.items() if pair not in wanted]
    if gone:
        Barrier.objects.filter(pk__in=gone).delete()
    bulk.write(
        [
            Barrier(candidate=people[key], provider_id=people[key].provider_id, kind=kind)
            for key, kind in sorted(wanted - held_now.keys())
        ]
    )


def index_again(tally: Tally) -> None:
    """Make every digest of name and year of birth by the newest key, a batch at a time."""
    done = 0
    while True:
        known = Demographics.objects.filter(pk__gt=done).exclude(name_and_year="")
        known = known.select_related("candidate__contact").select_for_update(of=("self",))
        with transaction.atomic(), rotation.without_versions(Demographics):
            rows = list(known.order_by("pk")[: rotation.BATCH])
            for row in rows:
                _index_again(row, tally)
        if not rows:
            return
        done = rows[-1].pk


def _index_again(row: Demographics, tally: Tally) -> None:
    try:
        fresh = _name_and_year(row.candidate.contact, row.birth_year)
    except Unsealable as trouble:
        tally.stays_shut(trouble)
        return
    if fresh != row.name_and_year:
        Demographics.objects.filter(pk=row.pk).update(name_and_year=fresh)
        tally.again += 1


def _name_and_year(contact: Contact, birth_year: int | None) -> str:
    return likeness.name_and_year(
        {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "birth_year": birth_year,
        }
    )


def _put(model: Any, candidate: Candidate, facts: dict[str, Any]) -> None:
    model.objects.update_or_create(
        candidate=candidate, defaults=facts | {"provider_id": candidate.provider_id}
    )
