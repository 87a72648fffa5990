"""Who enrolled, who completed, who was placed, and what share is that?"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from alliance.lib.calendars import NEW_YORK, business_days, local_date
from alliance.outcomes.metrics.definition import Definition
from alliance.outcomes.metrics.facts import Enrolment, PlacementRow
from alliance.outcomes.metrics.result import Result


def enrolled(
    definition: Definition, enrolments: Iterable[Enrolment], as_of: date
) -> dict[str, Enrolment]:
    """Each person once, who began in the window and was there on census day.

    A second enrolment does not reset the clock: the completed one counts, or else the latest.
    """
    people: dict[str, Enrolment] = {}
    for enrolment in sorted(enrolments, key=lambda e: e.started):
        if not _counts(definition, enrolment, as_of):
            continue
        earlier = people.get(enrolment.person)
        if earlier is None or not _by(earlier.completed, as_of):
            people[enrolment.person] = enrolment
    return people


def completed(
    definition: Definition, enrolments: Iterable[Enrolment], as_of: date
) -> dict[str, date]:
    """Each enrolled person who completed, with the day of the first completion."""
    people = enrolled(definition, enrolments, as_of)
    return {
        person: e.completed
        for person, e in people.items()
        if e.completed is not None and e.completed <= as_of
    }


def completion_rate(definition: Definition, enrolments: Iterable[Enrolment], as_of: date) -> Result:
    """Completed among those whose training is over for them; the active are pending."""
    people = enrolled(definition, enrolments, as_of).values()
    done = sum(1 for e in people if _by(e.completed, as_of))
    gone = sum(1 for e in people if not _by(e.completed, as_of) and _by(e.withdrawn, as_of))
    return Result(num=done, den=done + gone, pending=len(people) - done - gone)


def placed(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Iterable[PlacementRow],
    as_of: date,
) -> dict[str, PlacementRow]:
    """Each completer's first job that meets the grant's rules and has started."""
    completions = completed(definition, enrolments, as_of)
    entered = {person: e.started for person, e in enrolled(definition, enrolments, as_of).items()}
    window = timedelta(days=definition.placement_window_days)
    first: dict[str, PlacementRow] = {}
    for row in rows:
        if row.started is None or row.person not in completions or not qualifies(definition, row):
            continue
        latest = min(completions[row.person] + window, as_of)
        if not entered[row.person] <= row.started <= latest:
            continue
        best = first.get(row.person)
        if best is None or (row.started, row.placement) < (best.started, best.placement):
            first[row.person] = row
    return first


def qualifies(definition: Definition, row: PlacementRow) -> bool:
    """Whether a started job meets the grant's conditions, its timing apart."""
    return (
        row.started is not None
        and not row.subsidised
        and row.hours_per_week >= definition.min_hours
        and row.hourly_wage >= definition.min_hourly_wage
        and row.evidence >= definition.min_evidence
        and (row.training_related is True or not definition.training_related_only)
        and (row.boston_resident is True or not definition.boston_residents_only)
    )


def placement_rate_matured(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Sequence[PlacementRow],
    as_of: date,
) -> Result:
    """Placed among completers whose whole window has passed; a fast placement waits its turn."""
    matured = _matured(definition, enrolments, as_of)
    successes = placed(definition, enrolments, rows, as_of).keys() & matured
    return Result(
        num=len(successes),
        den=len(matured),
        pending=len(completed(definition, enrolments, as_of)) - len(matured),
        unknown=len(matured - successes - _known(definition, enrolments, rows, as_of)),
        unknown_counted=True,
    )


def placement_rate_to_date(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Sequence[PlacementRow],
    as_of: date,
) -> Result:
    """Placed so far among all completers; those unplaced and still in their window are pending."""
    completers = completed(definition, enrolments, as_of).keys()
    successes = placed(definition, enrolments, rows, as_of).keys()
    matured = _matured(definition, enrolments, as_of)
    return Result(
        num=len(successes),
        den=len(completers),
        pending=len(completers - successes - matured),
        unknown=len(matured - successes - _known(definition, enrolments, rows, as_of)),
        unknown_counted=True,
    )


def knowledge_rate(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Sequence[PlacementRow],
    as_of: date,
) -> Result:
    """Matured completers whose outcome we know, whatever it is.

    Known: they started a job, or we heard at the end of their window that they had none.
    """
    matured = _matured(definition, enrolments, as_of)
    return Result(
        num=len(matured & _known(definition, enrolments, rows, as_of)),
        den=len(matured),
        pending=len(completed(definition, enrolments, as_of)) - len(matured),
    )


def distinct_people(*groups: Iterable[str]) -> int:
    """How many people several grants reached together: each claims them, the sum counts them once."""
    return len({person for group in groups for person in group})


def _counts(definition: Definition, enrolment: Enrolment, as_of: date) -> bool:
    latest = min(definition.enrolled_until, as_of)
    if not definition.enrolled_from <= enrolment.started <= latest:
        return False
    if not _by(enrolment.withdrawn, as_of) or enrolment.withdrawn is None:
        return True
    return enrolment.withdrawn >= _census_day(enrolment.started, definition.census_days)


def _census_day(started: date, training_days: int) -> date:
    noon = datetime.combine(started, time(12), tzinfo=NEW_YORK)
    return local_date(business_days(noon, training_days))


def _matured(definition: Definition, enrolments: Sequence[Enrolment], as_of: date) -> set[str]:
    window = timedelta(days=definition.placement_window_days)
    completions = completed(definition, enrolments, as_of)
    return {person for person, day in completions.items() if day + window <= as_of}


def _known(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Iterable[PlacementRow],
    as_of: date,
) -> set[str]:
    people = enrolled(definition, enrolments, as_of)
    window = timedelta(days=definition.placement_window_days)
    working = {
        row.person
        for row in rows
        if row.person in people
        and row.started is not None
        and people[row.person].started <= row.started <= as_of
    }
    heard = {
        person
        for person, e in people.items()
        if e.completed is not None
        and e.last_known is not None
        and e.last_known >= e.completed + window
    }
    return working | heard


def _by(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of
