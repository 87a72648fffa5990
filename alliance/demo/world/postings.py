"""How does a role come to be open? Written, approved or published, and sometimes closed again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from alliance.demo.world.stage import Part, Stage
from employers import actions as employers
from employers.actions import Ask
from employers.enums import CloseReason, Need, PayUnit
from employers.models import Employer, Role, Site

TAKES_TO_START = 45


def post(stage: Stage, part: Part, on: date) -> Role:
    """Open the role on that day: an employer's first one by approval, the next ones at once."""
    role = write(stage, part, on)
    by = stage.member(part.employer.slug)
    if role.employer.trusted_since is None:
        employers.submit(role, by=by, at=stage.at(on, 12))
        part.role = employers.approve(role, by=stage.broker(), at=stage.at(on, 15))
    else:
        part.role = employers.publish(role, by=by, at=stage.at(on, 12))
    return part.role


def submit(stage: Stage, part: Part, on: date) -> Role:
    """Hand it to the desk, where it waits."""
    role = write(stage, part, on)
    part.role = employers.submit(role, by=stage.member(part.employer.slug), at=stage.at(on, 12))
    return part.role


def submit_and_get_back(stage: Stage, part: Part, on: date, *, note: str) -> Role:
    """The desk asks for a change, so it is a draft again."""
    role = submit(stage, part, on)
    part.role = employers.send_back(role, note=note, by=stage.broker(), at=stage.at(on, 16))
    return part.role


def write(stage: Stage, part: Part, on: date) -> Role:
    """A draft, as its entry says."""
    entry = part.entry
    as_they_are = ("title", "shift", "openings", "education", "education_demand")
    facts = {name: entry[name] for name in (*as_they_are, "education_reason", "description")}
    facts |= {
        "occupation": stage.occupations[entry["occupation"]],
        "site": Site.objects.get(employer_id=part.employer.pk, name=entry["site"]),
        "hours_per_week": Decimal(str(entry["hours"])),
        "pay_min": Decimal(str(entry["pay_min"])),
        "pay_max": Decimal(str(entry["pay_max"])),
        "pay_unit": PayUnit.HOUR,
        "starts_on": stage.workday(0, since=on + timedelta(days=TAKES_TO_START)),
    }
    asks = [
        Ask(stage.skills[one["skill"]], Need(one["need"]), one["level"]) for one in entry["skills"]
    ]
    part.role = employers.draft(
        Employer.objects.get(pk=part.employer.pk),
        facts,
        asks,
        by=stage.member(part.employer.slug),
        at=stage.at(on, 10),
    )
    return part.role


def close(stage: Stage, part: Part, on: date) -> None:
    """It goes away unfilled; whoever waited is told."""
    reason = CloseReason(part.entry["close_reason"])
    by = stage.member(part.employer.slug)
    employers.close(part.row, reason=reason, by=by, at=stage.at(on, 16))
