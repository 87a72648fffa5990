"""Who knocked? Staff, at an employer: does it keep what it promised?"""

from __future__ import annotations

from datetime import datetime

from alliance.audit.desk import Beside, beside
from employers.models import Employer
from placements.facts import promises_of


@beside(Employer)
def promises_kept(employer: Employer, at: datetime) -> Beside:
    """The share of slates answered in time, and how many that is of."""
    kept = promises_of(employer.pk, at=at)
    lines = [kept.words]
    if kept.running:
        lines.append(f"{kept.running} more may still be answered in time.")
    return Beside(title="Promises kept", lines=tuple(lines))
