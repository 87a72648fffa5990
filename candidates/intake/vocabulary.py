"""What are rows understood against? Read once for a whole file, and what was read before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from alliance.skills.actions import key_of
from alliance.skills.models import Skill, ZipArea
from candidates.intake.cohorts import Meant, as_if_opened
from candidates.intake.competencies import known_skills
from providers.models import Cohort, Competency, Programme

SILENT: Final = object()
"""What a cell says that is empty, or that cannot be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What each different cell of a column says, and what is wrong with one that cannot be read."""

    said: dict[str, Any] = field(default_factory=lambda: {"": SILENT})
    wrong: dict[str, ValueError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rows are understood against, fetched once for the whole file.

    ``read`` remembers by column what was read before: most columns say the same few things.
    ``near`` remembers what names of skills that nobody knows may mean. ``meant`` are cohorts by names
    that are none of the provider's, and ``taught`` what each programme signs off, those too that are
    not there yet.
    """

    skills: dict[str, Skill]
    zips: dict[str, ZipArea]
    programmes: dict[str, Programme]
    cohorts: dict[str, list[Cohort]]
    cohort: Cohort
    today: date
    meant: Mapping[str, Cohort] = field(default_factory=dict)
    taught: Mapping[int, Sequence[Competency]] = field(default_factory=dict)
    read: dict[str, Reading] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cohort: Cohort, *, meant: Mapping[str, Meant], today: date) -> Vocabulary:
        skills = known_skills()
        provider = cohort.provider_id
        programmes = Programme.objects.filter(provider=provider)
        own = Cohort.objects.for_provider(provider).select_related("programme")
        cohorts: dict[str, list[Cohort]] = {}
        for one in own:
            for words in (one.name, str(one)):
                cohorts.setdefault(key_of(words), []).append(one)
        by_code = {skill.code: skill for skill in skills.values()}
        named, taught = as_if_opened(meant, provider, own, programmes, by_code)
        signs_off = Competency.objects.filter(programme__provider=provider)
        for each in signs_off.select_related("skill"):
            taught.setdefault(each.programme_id, []).append(each)
        return cls(
            skills=skills,
            zips={area.code: area for area in ZipArea.objects.all()},
            programmes={key_of(one.name): one for one in programmes},
            cohorts=cohorts,
            cohort=cohort,
            today=today,
            meant=named,
            taught=taught,
        )
