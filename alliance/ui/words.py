"""How do people say a date, a deadline and a wage?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from alliance.ui.parts import Tone

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SOON = timedelta(hours=48)
FAR = timedelta(days=14)
NEAR_DAYS = 6
MINUTES_AND_NO_HOURS = timedelta(hours=1)
HOURS_AND_NO_DAYS = timedelta(hours=24)
NEAR = {0: gettext_lazy("today"), 1: gettext_lazy("tomorrow"), -1: gettext_lazy("yesterday")}


def local(value: datetime) -> datetime:
    """The moment on the business's own clock."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def end_of(value: datetime | date) -> datetime:
    """A deadline that is only a day lasts until that day is over."""
    if isinstance(value, datetime):
        return local(value)
    return timezone.make_aware(datetime.combine(value, time.max))


def exact(value: datetime | date) -> str:
    """The whole date, and the time with its zone where there is one, for the tooltip."""
    return _exact(value, get_language())


@lru_cache(maxsize=1000)
def _exact(value: datetime | date, _language: str | None) -> str:
    if not isinstance(value, datetime):
        return date_format(value, "l, N j, Y")
    moment = local(value)
    return f"{date_format(moment, 'l, N j, Y')}, {time_format(moment.time(), 'TIME_FORMAT')} {moment:%Z}".strip()


def machine(value: datetime | date) -> str:
    """The date as ``<time datetime>`` wants it."""
    return (
        local(value).isoformat(timespec="minutes")
        if isinstance(value, datetime)
        else value.isoformat()
    )


def day_words(day: date, today: date) -> str:
    """A day as people say it: today, last Tuesday, Friday, March 12, March 12, 2024."""
    distance = (day - today).days
    if distance in NEAR:
        return str(NEAR[distance])
    if abs(distance) <= NEAR_DAYS:
        weekday = date_format(day, "l")
        return weekday if distance > 0 else _("last %(weekday)s") % {"weekday": weekday}
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def moment_words(value: datetime | date, *, at: datetime) -> str:
    """A moment as people say it; the hour is named only while the day is near."""
    today = local(at).date()
    if not isinstance(value, datetime):
        return day_words(value, today)
    moment = local(value)
    words = day_words(moment.date(), today)
    if abs((moment.date() - today).days) > NEAR_DAYS:
        return words
    return _("%(day)s at %(time)s") % {
        "day": words,
        "time": time_format(moment.time(), "TIME_FORMAT"),
    }


def clock_words(due: datetime | date, *, at: datetime) -> tuple[str, Tone]:
    """How long is left, or since when it is overdue, and how much that should worry."""
    end, now = end_of(due), local(at)
    left = end - now
    if left < timedelta(0):
        return _("overdue since %(day)s") % {"day": _past_day(end.date(), now.date())}, Tone.BAD
    tone = Tone.WARN if left <= SOON else Tone.PLAIN
    if left < MINUTES_AND_NO_HOURS:
        minutes = max(1, int(left.total_seconds() // 60))
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}, tone
    if left < HOURS_AND_NO_DAYS:
        hours = int(left.total_seconds() // 3600)
        return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}, tone
    if left <= FAR:
        days = (end.date() - now.date()).days
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}, tone
    return _("by %(day)s") % {"day": day_words(end.date(), now.date())}, tone


def _past_day(day: date, today: date) -> str:
    """After "since", a weekday needs no "last"."""
    return date_format(day, "l") if 1 < (today - day).days <= NEAR_DAYS else day_words(day, today)


def dollars(amount: Decimal | float) -> str:
    """Dollars, with cents only where there are any."""
    value = Decimal(str(amount))
    places = 0 if value == value.to_integral_value() else 2
    return f"${number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)}"


def money_words(
    low: Decimal | float, high: Decimal | float | None = None, *, unit: _StrOrPromise = "hour"
) -> str:
    """A wage or a range as people say it: $24–$28 an hour."""
    amount = dollars(low) if high is None or high == low else f"{dollars(low)}–{dollars(high)}"
    per = {
        "hour": _("%(amount)s an hour"),
        "day": _("%(amount)s a day"),
        "week": _("%(amount)s a week"),
        "month": _("%(amount)s a month"),
        "year": _("%(amount)s a year"),
        "": "%(amount)s",
    }
    return per[str(unit)] % {"amount": amount}
