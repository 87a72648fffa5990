"""Which counts does a report hold, and how do they hang together?"""

from dataclasses import dataclass, field
from itertools import combinations

from alliance.outcomes.metrics.report import GrantReport


@dataclass(slots=True)
class Ledger:
    """All counts of a report with the sums that tie them together."""

    counts: dict[str, int] = field(default_factory=dict)
    relations: list[dict[str, int]] = field(default_factory=list)
    implied: set[str] = field(default_factory=set)
    dear: list[str] = field(default_factory=list)
    pools: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, count: int, *, pool: str = "") -> None:
        """A printed count; those added first are the last to be withheld for another's sake.

        It only grows over time unless it is ``passing``; what grows belongs to a pool of counts of
        the same thing on different days (its own, if none is named), whose differences are people.
        """
        self.passing(key, count)
        self.pools[key] = pool or key

    def passing(self, key: str, count: int) -> None:
        """A printed count of a state that people come into and leave."""
        self.counts[key] = count
        self.dear.append(key)

    def lasting(self, key: str) -> None:
        """A gap between two counts that only grows, too."""
        self.pools[key] = key

    def ties(self, whole: str, *parts: str) -> None:
        self.relations.append({whole: 1, **dict.fromkeys(parts, -1)})

    def nested(self, *keys: str) -> None:
        """Each of these is part of the one before: any two, shown together, print their gap."""
        for outer, inner in combinations(keys, 2):
            gap = f"{outer} without {inner}"
            self.counts[gap] = self.counts[outer] - self.counts[inner]
            self.implied.add(gap)
            self.ties(outer, inner, gap)


def ledger_of(report: GrantReport) -> Ledger:
    """Every count of this report, those dearest to a reader first."""
    book = Ledger()
    _reach(book, report)
    _retention(book, report)
    _former_wages(book, report)
    _steps(book, report)
    _leftovers(book, report)
    return book


def _reach(book: Ledger, report: GrantReport) -> None:
    book.add("enrolled", report.enrolled)
    book.add("placed", report.placed)
    book.add("completed", report.completed)
    book.add("resolved", report.completion.den)
    book.add("matured", report.matured.den, pool="completed")
    book.add("matured placed", report.matured.num)
    book.add("matured known", report.knowledge.num)
    book.nested("enrolled", "completed", "placed")
    book.nested("enrolled", "resolved")
    book.nested("completed", "matured", "matured known", "matured placed")
    book.nested("placed", "matured placed")
    book.lasting("matured without matured placed")


def _retention(book: Ledger, report: GrantReport) -> None:
    days = [day for day, _ in report.retention]
    for day, result in reversed(report.retention):
        book.add(f"known {day}", result.den)
        book.add(f"retained {day}", result.num)
    for day in days:
        book.nested("placed", f"known {day}", f"retained {day}")
        book.lasting(f"known {day} without retained {day}")
    book.nested(*(f"known {day}" for day in days))
    book.nested(*(f"retained {day}" for day in days))


def _former_wages(book: Ledger, report: GrantReport) -> None:
    book.add("with former wage", report.gain.n)
    book.add("without former wage", report.gain.n_without)
    book.ties("placed", "with former wage", "without former wage")


def _steps(book: Ledger, report: GrantReport) -> None:
    for step in report.funnel:
        book.add(f"{step.key}_people", step.people)
        book.add(f"{step.key}_pairs", step.pairs)
    book.nested("enrolled", *(f"{step.key}_people" for step in report.funnel))
    book.nested(*(f"{step.key}_pairs" for step in report.funnel))


def _leftovers(book: Ledger, report: GrantReport) -> None:
    """Those who are not in a rate: the first to be withheld."""
    book.add("withdrawn", report.withdrawn)
    book.passing("active", report.active)
    book.ties("enrolled", "completed", "withdrawn", "active")
    book.ties("resolved", "completed", "withdrawn")
    book.passing("immature", report.matured.pending)
    book.passing("matured unknown", report.matured.unknown)
    book.passing("still looking", report.to_date.pending)
    book.ties("completed", "matured", "immature")
    book.ties("matured", "matured known", "matured unknown")
    book.ties("completed without placed", "matured without matured placed", "still looking")
    for day, result in report.retention:
        book.add(f"excluded {day}", result.excluded)
        book.passing(f"unknown {day}", result.unknown)
        book.passing(f"pending {day}", result.pending)
        book.ties("placed", f"known {day}", f"excluded {day}", f"unknown {day}", f"pending {day}")
        _placed_earlier(book, day)
    for word in ("unknown", "excluded", "pending"):
        book.nested(*(f"{word} {day}" for day, _ in report.retention[::-1]))
    if report.left_out is not None:
        book.add("left out", report.left_out)


def _placed_earlier(book: Ledger, day: int) -> None:
    """Who is placed and not pending was placed that many days ago: a count of an earlier day."""
    earlier = f"placed {day} days earlier"
    book.counts[earlier] = book.counts["placed"] - book.counts[f"pending {day}"]
    book.implied.add(earlier)
    book.pools[earlier] = "placed"
    book.ties("placed", earlier, f"pending {day}")
