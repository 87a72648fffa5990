"""Which pieces is every page made of?

Each component is one typed function and one template in ``templates/ui/``. The tags are template builtins, so no page
loads them. They are pure: they read their arguments, never the request (``pagination`` reads the address, to keep its
filters). How to use each is in ``docs/COMPONENTS.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, ClearableFileInput, Select
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from alliance.ui import words
from alliance.ui.parts import Crumb, Meter, Need, Step, StepState, Tone

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Component = TypeVar("Component", bound=Callable[..., SafeString])
register = template.Library()

TONE_ICONS = {
    Tone.PLAIN: "circle",
    Tone.ACCENT: "arrow-right",
    Tone.GOOD: "check-circle-fill",
    Tone.WARN: "exclamation-triangle-fill",
    Tone.BAD: "exclamation-circle-fill",
}
FLASH_TONES = {
    constants.SUCCESS: Tone.GOOD,
    constants.WARNING: Tone.WARN,
    constants.ERROR: Tone.BAD,
}
STEP_ICONS = {
    StepState.DONE: "check-circle-fill",
    StepState.CURRENT: "circle-fill",
    StepState.AHEAD: "circle",
    StepState.STOPPED: "x-circle-fill",
}


def _draw(component: str, **context: Any) -> SafeString:
    """The component's template, without the line end of its file: it may stand in a sentence."""
    return SafeString(render_to_string(f"ui/{component}.html", context).strip())


def _once(component: Component) -> Component:
    """Drawn once for the same words in the same language: hundreds of small marks stand on a page of
    the desk, and few of them differ. What is marked as safe is not the same as what only reads so."""

    @lru_cache(maxsize=1000, typed=True)
    def drawn(_language: str | None, *args: Any, **kwargs: Any) -> SafeString:
        return component(*args, **kwargs)

    @wraps(component)
    def draw(*args: Any, **kwargs: Any) -> SafeString:
        return drawn(get_language(), *args, **kwargs)

    return cast(Component, draw)


# Words and marks


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One drawing from ``templates/ui/icons/``, hidden from screen readers: words always stand beside it.

    Drawn once: a page of the desk shows three hundred.
    """
    return SafeString(render_to_string(f"ui/icons/{name}.svg").strip())


@register.simple_tag
def moment(value: datetime | date, *, at: datetime | None = None) -> SafeString:
    """A date as people say it ("last Tuesday at 2 p.m."), with the exact time on hover."""
    return _draw(
        "moment",
        words=words.moment_words(value, at=at or timezone.now()),
        exact=words.exact(value),
        machine=words.machine(value),
    )


@register.simple_tag
def clock(due: datetime | date, *, at: datetime | None = None) -> SafeString:
    """A deadline as people say it: "2 days left", "overdue since Tuesday"."""
    said, tone = words.clock_words(due, at=at or timezone.now())
    return _draw("clock", words=said, tone=tone, exact=words.exact(due), machine=words.machine(due))


@register.simple_tag
def money(
    low: Decimal | float, high: Decimal | float | None = None, *, unit: _StrOrPromise = "hour"
) -> str:
    """A wage or range: "$24–$28 an hour". ``unit`` is hour, day, week, month, year or empty."""
    return words.money_words(low, high, unit=unit)


@register.simple_tag
@_once
def status_badge(label: _StrOrPromise, *, tone: str = "plain", icon: str = "") -> SafeString:
    """A status in words, with the icon of its tone (or another one)."""
    return _draw("status_badge", label=label, tone=tone, icon=icon or TONE_ICONS[Tone(tone)])


@register.simple_tag
@_once
def skill_chip(
    label: _StrOrPromise,
    *,
    level: int = 0,
    of: int = 3,
    level_label: _StrOrPromise = "",
    need: str = "",
    met: bool | None = None,
) -> SafeString:
    """A skill: level as dots with the words behind them, must or nice, met or unmet where that is known."""
    return _draw(
        "skill_chip",
        label=label,
        dots=[step <= level for step in range(1, of + 1)] if level else [],
        level=level,
        of=of,
        level_label=level_label,
        need=need,
        met=met,
    )


@register.simple_tag
@_once
def reason(text: _StrOrPromise, *, met: bool | None, detail: _StrOrPromise = "") -> SafeString:
    """One reason for or against, as a line of ``<ul class="reasons">``; ``met=None`` is "not known"."""
    return _draw("reason", text=text, met=met, detail=detail)


# Blocks of a page


@register.simple_block_tag
def page_header(
    content: str, *, title: _StrOrPromise, lead: _StrOrPromise = "", eyebrow: _StrOrPromise = ""
) -> SafeString:
    """The one ``<h1>`` of a page, a sentence under it, and the page's actions as the block's content."""
    actions = SafeString(content.strip())
    return _draw("page_header", actions=actions, title=title, lead=lead, eyebrow=eyebrow)


@register.simple_block_tag
def card(
    content: str,
    *,
    title: _StrOrPromise = "",
    tone: str = "plain",
    level: int = 2,
    id: str = "",  # noqa: A002
    url: str = "",
) -> SafeString:
    """A surface with one subject; ``level`` is the level of its heading, ``url`` makes the heading a link."""
    return _draw(
        "card", content=content, title=title, tone=Tone(tone), heading=f"h{level}", id=id, url=url
    )


@register.simple_block_tag
def notice(content: str, *, tone: str = "accent", title: _StrOrPromise = "") -> SafeString:
    """A remark inside the page that should be read before going on."""
    return _draw("notice", content=content, tone=tone, icon=_notice_icon(Tone(tone)), title=title)


@register.simple_tag
def flash(message: Message) -> SafeString:
    """What the last step had to say (``django.contrib.messages``), in the tone of its level."""
    return notice(
        conditional_escape(message.message), tone=FLASH_TONES.get(message.level, Tone.ACCENT)
    )


def _notice_icon(tone: Tone) -> str:
    return "info-circle-fill" if tone in {Tone.PLAIN, Tone.ACCENT} else TONE_ICONS[tone]


@register.simple_block_tag
def empty(content: str, *, title: _StrOrPromise, icon: str = "inbox") -> SafeString:
    """A list with nothing in it: says so in a sentence, and the block says what to do next."""
    return _draw("empty", content=content, title=title, icon=icon)


@register.simple_block_tag
def menu(content: str, *, label: _StrOrPromise, icon: str = "") -> SafeString:
    """A button that opens a few links or forms (``<details>``: works without script)."""
    return _draw("menu", content=content, label=label, icon=icon)


@register.simple_block_tag
def letter_preview(
    content: str, *, subject: _StrOrPromise, to: _StrOrPromise, note: _StrOrPromise = ""
) -> SafeString:
    """The letter that will be sent, before it is sent: to whom, about what, and its words as the content."""
    return _draw("letter_preview", content=content, subject=subject, to=to, note=note)


@register.simple_block_tag
def figure(
    content: str, *, svg: str, title: _StrOrPromise, caption: _StrOrPromise = ""
) -> SafeString:
    """A chart drawn on the server, titled with its finding, with its own numbers as a table (the content) under it.

    ``svg`` must be marked safe by the code that drew it; anything else is escaped and shows as text.
    """
    return _draw("figure", table=content, svg=svg, title=title, caption=caption)


@register.simple_tag
def needs_you(
    items: Sequence[Need], *, at: datetime | None = None, title: _StrOrPromise = ""
) -> SafeString:
    """The first question of every home page, "what needs me?", or the good news that nothing does."""
    return _draw("needs_you", items=items, at=at or timezone.now(), title=title)


@register.simple_tag
def stat(
    number: _StrOrPromise | float,
    label: _StrOrPromise,
    *,
    of: _StrOrPromise | float = "",
    url: str = "",
    note: _StrOrPromise = "",
) -> SafeString:
    """A number, what it counts, and the rows behind it as a link. Put several into ``<div class="stats">``."""
    return _draw("stat", number=number, label=label, of=of, url=url, note=note)


@register.simple_tag
def progress(value: float, maximum: float, label: _StrOrPromise) -> SafeString:
    """How far something has come, in words and as a bar."""
    return _draw("progress", value=value, maximum=maximum, label=label)


@register.simple_tag
def meters(rows: Iterable[Meter], *, caption: _StrOrPromise) -> SafeString:
    """Shares one under the other: each in words, with a bar beside them."""
    return _draw("meters", rows=rows, caption=caption)


@register.simple_tag
def facts(rows: Iterable[tuple[_StrOrPromise, object]]) -> SafeString:
    """Labels and values of one thing, as a definition list."""
    return _draw("facts", rows=rows)


@register.simple_tag
def steps(items: Sequence[Step], *, label: _StrOrPromise, at: datetime | None = None) -> SafeString:
    """Where a thing is in its life."""
    drawn = [(step, STEP_ICONS[step.state]) for step in items]
    return _draw("steps", steps=drawn, label=label, at=at or timezone.now())


@register.simple_tag
def breadcrumbs(trail: Sequence[Crumb]) -> SafeString:
    """The way back up; the last crumb is this page."""
    return _draw("breadcrumbs", above=trail[:-1], here=trail[-1])


@register.simple_tag(takes_context=True)
def pagination(
    context: Mapping[str, Any], page: Page[Any], *, key: str = "page", target: str = ""
) -> SafeString:
    """Earlier and later pages of a list, its filters kept; ``target`` is the id htmx swaps, if any."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query[key] = str(number)
        return f"?{query.urlencode()}"

    return _draw(
        "pagination",
        page=page,
        total=page.paginator.count,
        earlier=address(page.previous_page_number()) if page.has_previous() else "",
        later=address(page.next_page_number()) if page.has_next() else "",
        target=target,
    )


# Forms


@register.simple_tag
def field(
    bound: BoundField,
    *,
    prefix: _StrOrPromise = "",
    suffix: _StrOrPromise = "",
    size: str = "",
) -> SafeString:
    """One form field: label, help, widget and error, wired together for every reader.

    The widget gets Bootstrap's class for its kind; ``aria-describedby`` and ``aria-invalid`` come from Django and
    point at the help and the error drawn here. ``prefix`` and ``suffix`` stand in the box ("$", "an hour"); ``size``
    is "short" for numbers, dates and ZIP codes.
    """
    if bound.is_hidden:
        return SafeString(bound)
    widget = bound.field.widget
    css = _widget_class(bound)
    own = widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{own} {css}".strip()} if css or own else {}
    return _draw(
        "field",
        field=bound,
        widget=bound.as_widget(attrs=attrs),
        layout=_layout(bound),
        prefix=prefix,
        suffix=suffix,
        size=size,
    )


def _widget_class(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.use_fieldset:
        return ""
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    css = "form-select" if isinstance(widget, Select) else "form-control"
    return f"{css} is-invalid" if bound.errors else css


def _layout(bound: BoundField) -> str:
    if bound.use_fieldset:
        return "group"
    if isinstance(bound.field.widget, CheckboxInput):
        return "check"
    return "file" if isinstance(bound.field.widget, ClearableFileInput) else "line"


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """Every field of a form that needs no arrangement of its own, hidden ones included."""
    return SafeString("".join(field(bound) for bound in form))


@register.simple_tag
def form_errors(*forms: BaseForm | BaseFormSet[Any]) -> SafeString:
    """What is wrong with what was typed, at the top, each line a link to its field. Nothing when nothing is."""
    problems = [problem for form in forms for problem in _problems(form)]
    return _draw("form_errors", problems=problems) if problems else SafeString("")


def _problems(form: BaseForm | BaseFormSet[Any]) -> list[tuple[str, str, str]]:
    if isinstance(form, BaseFormSet):
        whole = [("", "", str(error)) for error in form.non_form_errors()]
        return whole + [problem for each in form.forms for problem in _problems(each)]
    found = [("", "", str(error)) for error in form.non_field_errors()]
    for bound in form:
        anchor = bound.id_for_label or f"{bound.auto_id}_0"
        found += [(anchor, str(bound.label), str(error)) for error in bound.errors]
    return found
