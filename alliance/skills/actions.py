"""What happens? The vocabulary is loaded from its files; loading it again brings it up to date."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from alliance.lib import keys
from alliance.skills.models import Occupation, OccupationSkill, Skill, SkillAlias, ZipArea

VOCABULARY = Path(__file__).parent / "vocabulary"
key_of = keys.key_of


@transaction.atomic
def load_vocabulary() -> None:
    """Skills with aliases and neighbours, occupations with what they ask, ZIP areas."""
    _load_zips()
    skills = _load_skills()
    _load_occupations(skills)


def _load_zips() -> None:
    with (VOCABULARY / "zips.csv").open(encoding="utf-8", newline="") as rows:
        ZipArea.objects.bulk_create(
            (
                ZipArea(
                    code=row["zip"],
                    place=row["place"],
                    state=row["state"],
                    latitude=float(row["lat"]),
                    longitude=float(row["lon"]),
                )
                for row in csv.DictReader(rows)
            ),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["place", "state", "latitude", "longitude"],
        )


def _load_skills() -> dict[str, Skill]:
    entries = _entries("skills.toml", "skill")
    Skill.objects.bulk_create(
        (
            Skill(code=one["code"], name=one["name"], family=one["family"], about=one["about"])
            for one in entries
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "family", "about"],
    )
    skills = {skill.code: skill for skill in Skill.objects.all()}
    SkillAlias.objects.all().delete()
    SkillAlias.objects.bulk_create(
        SkillAlias(skill=skills[one["code"]], text=text, key=key)
        for one in entries
        for key, text in {key_of(text): text for text in (*one["aliases"], one["name"])}.items()
    )
    neighbours = Skill.adjacent.through.objects
    neighbours.all().delete()
    neighbours.bulk_create(
        Skill.adjacent.through(from_skill=skills[one["code"]], to_skill=skills[other])
        for one in entries
        for other in one["adjacent"]
    )
    return skills


def _load_occupations(skills: dict[str, Skill]) -> None:
    entries = _entries("occupations.toml", "occupation")
    fields = ["name", "soc", "onet", "title", "family", "typical_education"]
    Occupation.objects.bulk_create(
        (
            Occupation(code=one["code"], **{field: one[field] for field in fields})
            for one in entries
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )
    occupations = {one.code: one for one in Occupation.objects.all()}
    OccupationSkill.objects.all().delete()
    OccupationSkill.objects.bulk_create(
        OccupationSkill(
            occupation=occupations[one["code"]], skill=skills[ask["code"]], level=ask["level"]
        )
        for one in entries
        for ask in one["skills"]
    )


def _entries(name: str, kind: str) -> list[dict[str, Any]]:
    with (VOCABULARY / name).open("rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file)[kind]
    return entries
