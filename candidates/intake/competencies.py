"""What can somebody do, and how well? Names of skills as files write them, in the words of the shared list."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from alliance.skills.actions import key_of
from alliance.skills.enums import SkillLevel
from alliance.skills.models import Skill, SkillAlias

LEVELS: Final[Mapping[str, int]] = {
    **{str(level): level for level in SkillLevel.values},
    **{key_of(level.label): level.value for level in SkillLevel},
    **dict.fromkeys(("aware", "beginner", "basic", "novice"), SkillLevel.AWARE.value),
    **dict.fromkeys(
        ("guided", "withguidance", "supervised", "intermediate", "developing"),
        SkillLevel.GUIDED.value,
    ),
    **dict.fromkeys(
        ("alone", "independent", "independently", "competent", "proficient", "advanced"),
        SkillLevel.ALONE.value,
    ),
    **dict.fromkeys(("teaches", "canteach", "expert", "mastery"), SkillLevel.TEACHES.value),
}
HAS: Final = frozenset(
    (
        *("yes", "y", "true", "x", "si", "pass", "passed", "complete", "completed", "achieved"),
        *("met", "demonstrated", "signedoff", "✓", "✔", "☑"),
    )
)
HAS_NOT: Final = frozenset(
    (
        *("no", "n", "false", "0", "none", "na", "notyet", "notmet", "inprogress", "incomplete"),
        *("fail", "failed", "-", "–", "✗", "✘", "☐"),
    )
)
BETWEEN: Final = re.compile(r"[;\n|•]")
AMONG: Final = re.compile(r"[,/&]|\s+and\s+", re.IGNORECASE)
"""What stands between names too, unless it belongs to one."""
WITH_LEVEL: Final = re.compile(r"(.+?)(?:\s*([:=(]|\s[–-])\s*([^:=()]+)\)?|\s+()(\d))")
NEAREST: Final = 3
LIKE_ENOUGH: Final = 0.8
TELLING: Final = 4
LOOKED_FOR: Final = 50
"""Names that the nearest are looked for, of one file: a column that is no list of skills has
thousands, and each takes a moment."""


def known_skills() -> dict[str, Skill]:
    """The shared list, by ``key_of`` all that its skills are called."""
    skills = Skill.objects.in_bulk()
    named = {key_of(one.name): one for one in skills.values()}
    aliases = SkillAlias.objects.order_by().values_list("key", "skill")
    return named | {key: skills[skill] for key, skill in aliases}


def level_in(cell: str) -> int | None:
    """A level, yes (0: the usual one), or no (nothing). Raises ``ValueError`` for anything else."""
    word = key_of(cell) or cell.strip()
    if word in LEVELS:
        return LEVELS[word]
    if word in HAS:
        return 0
    if word in HAS_NOT:
        return None
    raise ValueError(f"“{cell}” is not a level from 1 to 4, nor yes or no.")


def skills_in(
    cell: str, known: Mapping[str, Skill], near: dict[str, list[str]]
) -> list[tuple[str, int | None]]:
    """Codes of skills with the level that was said, if any was.

    ``known`` are by ``key_of`` what they are called. Raises ``ValueError`` with a sentence for each name
    that nobody knows and what it may be, which ``near`` remembers.
    """
    found: list[tuple[str, int | None]] = []
    wrong: list[str] = []
    for name, said in _named(cell, known):
        skill = known.get(key_of(name))
        if skill is None:
            wrong.append(_unknown(name, nearest(name, known, near)))
            continue
        try:
            level = level_in(said) if said else 0
        except ValueError:
            wrong.append(f"“{name}: {said}”: the level after the colon is 1, 2, 3 or 4.")
            continue
        if level is not None:
            found.append((skill.code, level or None))
    if wrong:
        raise ValueError(*dict.fromkeys(wrong))
    return found


def unknown_in(cell: str, known: Mapping[str, Skill]) -> list[str]:
    """The names in a cell that nobody knows."""
    return [name for name, _said in _named(cell, known) if key_of(name) not in known]


def _named(cell: str, known: Mapping[str, Skill]) -> Iterator[tuple[str, str]]:
    """Each name with what is said of its level, if anything is."""
    for word in BETWEEN.split(cell):
        if word.strip():
            yield from _parted(word.strip(), known)


def _parted(word: str, known: Mapping[str, Skill]) -> Iterator[tuple[str, str]]:
    """“PCR: 2, pipetting and GMP” are three; “Lock out, tag out: 3” is the one that is known."""
    name, said = _apart(word, known)
    parts = [part.strip() for part in AMONG.split(word) if part.strip()]
    if len(parts) == 1 or (key_of(name) in known and not AMONG.search(said)):
        yield name, said
    elif any(key_of(_apart(part, known)[0]) in known for part in parts):
        for part in parts:
            yield _apart(part, known)
    else:
        yield name, said


def _apart(word: str, known: Mapping[str, Skill]) -> tuple[str, str]:
    """The name and the level. What only looks like a level belongs to the name, unless a colon says
    that it is one."""
    apart = WITH_LEVEL.fullmatch(word)
    if key_of(word) in known or not apart:
        return word, ""
    name, mark, said = apart[1].strip(), (apart[2] or "").strip(), (apart[3] or apart[5]).strip()
    if mark in {":", "="} or key_of(said) in {*LEVELS, *HAS, *HAS_NOT}:
        return name, said
    return word, ""


def nearest(name: str, known: Mapping[str, Skill], near: dict[str, list[str]]) -> list[str]:
    """Names of the skills that may be meant: spelled nearly so, or within the name, or around it."""
    key = key_of(name)
    if key not in near:
        if len(near) >= LOOKED_FOR or not key:
            return []
        alike = difflib.get_close_matches(key, known, NEAREST, LIKE_ENOUGH)
        within = [
            one
            for one in known
            if min(len(one), len(key)) >= TELLING and (one in key or key in one)
        ]
        within.sort(key=lambda one: (abs(len(one) - len(key)), one))
        names = dict.fromkeys(known[one].name for one in (*alike, *within))
        near[key] = list(names)[:NEAREST]
    return near[key]


def _unknown(name: str, alike: list[str]) -> str:
    sentence = f"“{name}” is not in the shared vocabulary."
    if alike:
        named = " or ".join(f"“{one}”" for one in alike)
        return f"{sentence} Perhaps {named}? Write that, or ask the Alliance to add yours."
    return f"{sentence} Use the nearest skill of the list, or ask the Alliance to add it."
