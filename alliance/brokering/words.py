"""What words do people, roles and programmes share? Skills, occupations, and what is taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from alliance.skills.models import Occupation, Skill
from providers.models import Competency

SKILL, USUAL, TAUGHT = range(3)
NOTHING = Value("", TextField())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Skills by primary key, who is next to whom, what each occupation usually asks, and what each
    programme teaches."""

    codes: Mapping[int, str]
    names: Mapping[str, str]
    near: Mapping[str, tuple[str, ...]]
    occupations: Mapping[int, str]
    usual: Mapping[str, frozenset[str]]
    teaches: Mapping[int, frozenset[str]]


def vocabulary() -> Vocabulary:
    """The shared words, in one query."""
    skills = _rows(Skill.objects.all(), SKILL, "pk", "adjacent", "code", "name")
    usual = _rows(Occupation.objects.all(), USUAL, "pk", "skills", "code")
    taught = _rows(Competency.objects.all(), TAUGHT, "programme_id", "skill_id")
    found: dict[int, list[tuple[int, int | None, str, str]]] = defaultdict(list)
    for kind, *row in skills.union(usual, taught, all=True):
        found[kind].append(tuple(row))
    codes = {key: code for key, _, code, _ in found[SKILL]}
    occupations = {key: code for key, _, code, _ in found[USUAL]}
    beside = _sets((codes[key], other) for key, other, _, _ in found[SKILL])
    return Vocabulary(
        codes=codes,
        names={code: name for _, _, code, name in found[SKILL]},
        near={code: tuple(codes[one] for one in sorted(others)) for code, others in beside.items()},
        occupations=occupations,
        usual=_named(((code, skill) for _, skill, code, _ in found[USUAL]), codes),
        teaches=_named(((key, skill) for key, skill, _, _ in found[TAUGHT]), codes),
    )


def _rows(things: QuerySet[Any], kind: int, key: str, of: str, *words: str) -> QuerySet[Any]:
    """Of one shape: what kind, its key, the key of what belongs to it, a code and a name."""
    said: tuple[str | Value, ...] = (*words, NOTHING, NOTHING)
    rows: QuerySet[Any] = things.order_by().values_list(
        Value(kind, IntegerField()),
        Cast(key, BigIntegerField()),
        Cast(of, BigIntegerField()),
        Cast(said[0], TextField()),
        Cast(said[1], TextField()),
    )
    return rows


def _sets(pairs: Iterable[tuple[Any, int | None]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for key, other in pairs:
        if other is not None:
            found[key].add(other)
    return found


def _named(
    pairs: Iterable[tuple[Any, int | None]], codes: Mapping[int, str]
) -> dict[Any, frozenset[str]]:
    return {key: frozenset(codes[one] for one in of) for key, of in _sets(pairs).items()}
