"""Which cohort is meant? What somebody said that a name means which is no cohort of the provider's.

Either one of its cohorts goes by that name in the file, or one of that name is to be opened. It is
opened when the file is taken; until then it is drawn as if it were there, under a number below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from alliance.skills.actions import key_of
from alliance.skills.models import Skill
from providers.models import Cohort, Competency, Programme

A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name means: a cohort by its key, or one to be opened, in a programme by its key or in
    one that is described with it. ``opened`` and ``described`` are what the file brought itself."""

    said: str
    cohort: int | None = None
    name: str = ""
    starts_on: date = date.min
    ends_on: date = date.min
    programme: int | None = None
    programme_name: str = ""
    hours: int = 0
    teaches: list[tuple[str, int]] = field(default_factory=list)
    opened: bool = False
    described: int | None = None

    @property
    def weeks(self) -> int:
        """How long a programme is that is taught from the first day to the last."""
        return max(1, -(-((self.ends_on - self.starts_on).days + 1) // A_WEEK))

    def to_json(self) -> dict[str, Any]:
        days = {"starts_on": str(self.starts_on), "ends_on": str(self.ends_on)}
        return asdict(self) | days

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Meant:
        days = {name: date.fromisoformat(said[name]) for name in ("starts_on", "ends_on")}
        taught = [(code, level) for code, level in said["teaches"]]
        return cls(**{**said, **days, "teaches": taught})


def called(programme: str, cohort: str) -> str:
    """How two rows are found to name one cohort: case, spaces and punctuation do not count."""
    return "|".join(key_of(said) or said.casefold() for said in (programme, cohort))


def in_words(programme: str, cohort: str) -> str:
    """The name as the file has it."""
    return ", ".join(said for said in (programme, cohort) if said)


def as_if_opened(
    meant: Mapping[str, Meant],
    provider: int,
    cohorts: Iterable[Cohort],
    programmes: Iterable[Programme],
    skills: Mapping[str, Skill],
) -> tuple[dict[str, Cohort], dict[int, list[Competency]]]:
    """The cohort that each name means, and what is taught where the programme is not there yet.

    A name whose cohort or programme is gone means nothing again.
    """
    by_key = {one.pk: one for one in cohorts}
    known = {one.pk: one for one in programmes}
    found: dict[str, Cohort] = {}
    taught: dict[int, list[Competency]] = {}
    for number, (key, one) in enumerate(meant.items(), start=1):
        if one.cohort is not None:
            found |= {key: by_key[one.cohort]} if one.cohort in by_key else {}
            continue
        programme = Programme(pk=-number, provider_id=provider, name=one.programme_name)
        if one.programme is not None:
            if one.programme not in known:
                continue
            programme = known[one.programme]
        else:
            taught[-number] = [
                Competency(programme=programme, skill=skills[code], level=level)
                for code, level in one.teaches
                if code in skills
            ]
        found[key] = Cohort(
            pk=-number,
            provider_id=provider,
            programme=programme,
            name=one.name,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
        )
    return found, taught
