"""Who knocked? Somebody half-way through writing a role: every button keeps what they typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from alliance.access.doors import BadgedRequest
from alliance.skills.actions import key_of
from alliance.skills.models import Occupation, OccupationSkill, Skill
from employers import actions, policy
from employers.enums import Need
from employers.forms import (
    ROWS_AT_FIRST,
    ROWS_AT_MOST,
    RoleForm,
    SiteForm,
    SkillRowFormSet,
    typed_asks,
    typed_role,
)
from employers.models import Role

SAVES = frozenset({"save", "preview", "submit", "publish"})
MORE = 3
FINDS = 8
Row = dict[str, Any]


@dataclass(kw_only=True)
class Sheet:
    """The editor as it is drawn next, or complete and ready to be saved."""

    form: RoleForm
    rows: Any
    site: SiteForm
    vocabulary: list[str]
    finds: list[Skill] = field(default_factory=list)
    looked_for: str = ""
    then: str = ""
    complete: bool = False
    status: int = 200


def sheet(request: BadgedRequest, role: Role, *, at: datetime) -> Sheet:
    """What was typed, checked when it is to be saved and otherwise only rearranged."""
    typed = request.POST
    then = _intent(typed)
    if request.method != "POST":
        rows = typed_asks(role) if role.pk else []
        return _drawn(request, typed_role(role) if role.pk else {}, _padded(rows))
    if then not in SAVES:
        return _rearranged(request, role, then, at=at)
    form = _form(request, typed)
    asked = SkillRowFormSet(typed, prefix="skills")
    complete = form.is_valid() & asked.is_valid()
    return Sheet(
        form=form,
        rows=asked,
        site=_site_form(request),
        vocabulary=_vocabulary(),
        then=then,
        complete=complete,
        status=200 if complete else 422,
    )


def _intent(typed: QueryDict) -> str:
    """Which button it was. Enter saves, except while somebody looks for a skill."""
    if "add" in typed:
        return "add"
    then = typed.get("then", "")
    if then == "enter":
        return "find" if typed.get("look_for") else "save"
    return then


def _rearranged(request: BadgedRequest, role: Role, then: str, *, at: datetime) -> Sheet:
    """Nothing is checked and nothing saved but a site that was asked for."""
    typed = request.POST
    facts: dict[str, Any] = {name: typed.get(name) for name in RoleForm.base_fields}
    rows = _rows(typed)
    site, status = _site_form(request), 200
    looked_for = typed.get("look_for", "").strip()
    match then:
        case "add":
            chosen = Skill.objects.filter(code=typed["add"])
            rows, looked_for = _with(rows, [(skill, 2) for skill in chosen]), ""
        case "propose":
            rows = _with(rows, _usual(typed.get("occupation", "")))
        case "more":
            rows = _padded(rows, MORE)
        case "site":
            site = _site_form(request, typed)
            status = 200 if site.is_valid() else 422
            if site.is_valid():
                made = actions.add_site(role.employer, by=request.actor, at=at, **site.cleaned_data)
                facts["site"], site = made.pk, _site_form(request)
    finds = _finds(looked_for, rows) if looked_for else []
    return _drawn(
        request, facts, rows, site=site, finds=finds, looked_for=looked_for, status=status
    )


def _drawn(request: BadgedRequest, facts: dict[str, Any], rows: list[Row], **more: Any) -> Sheet:
    return Sheet(
        form=_form(request, initial=facts or None),
        rows=SkillRowFormSet(initial=rows, prefix="skills"),
        vocabulary=_vocabulary(),
        **{"site": _site_form(request), **more},
    )


def _form(request: BadgedRequest, *args: Any, **kwargs: Any) -> RoleForm:
    return RoleForm(
        *args,
        sites=policy.sites_visible_to(request.actor),
        occupations=list(Occupation.objects.all()),
        **kwargs,
    )


def _site_form(request: BadgedRequest, *args: Any) -> SiteForm:
    return SiteForm(*args, sites=policy.sites_visible_to(request.actor), prefix="new_site")


def _rows(typed: QueryDict) -> list[Row]:
    """The rows as they stand in the browser, whatever is in them."""
    total = typed.get("skills-TOTAL_FORMS", "")
    count = min(int(total), ROWS_AT_MOST) if total.isdecimal() else 0
    names = ("skill", "need", "level")
    return [
        {name: typed.get(f"skills-{number}-{name}", "") for name in names}
        for number in range(count)
    ]


def _with(rows: list[Row], skills: Iterable[tuple[Skill, int]]) -> list[Row]:
    """The rows with these skills added once, before the empty ones."""
    filled = [row for row in rows if row["skill"].strip()]
    present = {key_of(row["skill"]) for row in filled}
    filled += [
        {"skill": skill.name, "need": Need.MUST, "level": level}
        for skill, level in skills
        if key_of(skill.name) not in present
    ]
    return _padded(filled[:ROWS_AT_MOST], 1)


def _padded(rows: list[Row], empty: int = 1) -> list[Row]:
    """The rows with room for more."""
    room = max(empty, ROWS_AT_FIRST - len(rows))
    return [*rows, *({} for _ in range(min(room, ROWS_AT_MOST - len(rows))))]


def _usual(occupation: str) -> list[tuple[Skill, int]]:
    asks = OccupationSkill.objects.filter(occupation__code=occupation).select_related("skill")
    return [(ask.skill, ask.level) for ask in asks.order_by("-level", "skill__name")]


def _finds(words: str, rows: list[Row]) -> list[Skill]:
    """Skills by name or by any other name they go by, but for those already chosen."""
    present = {key_of(row.get("skill", "")) for row in rows}
    called = Q(name__icontains=words) | Q(aliases__text__icontains=words)
    if key := key_of(words):
        called |= Q(aliases__key__contains=key)
    found = Skill.objects.filter(called).distinct().order_by("name")
    return [skill for skill in found[: FINDS * 2] if key_of(skill.name) not in present][:FINDS]


def _vocabulary() -> list[str]:
    return list(Skill.objects.order_by("name").values_list("name", flat=True))
