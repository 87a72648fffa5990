"""Which figures may be shown without telling anything about a few people?

The rule is the one of the US Centers for Medicare & Medicaid Services' cell size suppression
policy: no count from 1 to 10 is shown, nor anything from which one could be derived; a zero may be
shown. Hiding the small cell is *primary* suppression; hiding others so that subtraction does not
bring it back is *complementary* suppression (Cox, L. H. (1980), Suppression methodology and
statistical disclosure control, Journal of the American Statistical Association 75, 377–385).

Everything withheld looks the same, whether small or covering for a small one: two different marks
would themselves tell a careful reader which is which, and sometimes how many.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final, Literal, TypeVar

from alliance.lib.intervals import wilson

THRESHOLD: Final = 11
ALIKE: Final = 3
COARSE: Final = 5


class Hidden(Enum):
    """A figure that exists and is not shown."""

    HIDDEN = "withheld"


HIDDEN: Final = Hidden.HIDDEN

Cell = int | Hidden
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Band:
    """A share known only to lie below or above a whole percentage."""

    sign: Literal["<", ">"]
    percent: int

    def __str__(self) -> str:
        return f"{self.sign}{self.percent}%"


Share = float | Band | Hidden | None


@dataclass(frozen=True)
class PublishedList:
    """A one-way breakdown and its total, fit to be shown."""

    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True)
class PublishedTable:
    """A two-way breakdown and its margins, fit to be shown."""

    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True)
class PublishedRate:
    """A share of people with the counts behind it, fit to be shown."""

    numerator: Cell
    denominator: Cell
    rate: Share


def words(cell: Cell) -> str:
    """The figure as a page, a CSV or a letter prints it."""
    return "withheld" if isinstance(cell, Hidden) else f"{cell:,}"


def why_withheld(threshold: int = THRESHOLD) -> str:
    """The sentence that stands under every table with a withheld figure."""
    return (
        f"Withheld: fewer than {threshold} people, "
        f"or a figure from which such a number could be worked out."
    )


def is_small(count: int, threshold: int = THRESHOLD) -> bool:
    """Whether a count tells something about a few people. Nobody is not a few people."""
    return 0 < count < threshold


def suppress_list(counts: Sequence[int], threshold: int = THRESHOLD) -> PublishedList:
    """Hide small counts, then the next smallest ones until the total gives nothing away.

    What is left of the total when the shown counts are subtracted is itself a published figure,
    so it must come from two cells or more and reach the threshold. The total goes last.
    """
    total = len(counts)
    values = {**dict(enumerate(counts)), total: sum(counts)}
    sums = {**dict.fromkeys(range(total), 1), total: -1}
    by_size = sorted(range(total), key=lambda i: counts[i])
    hidden = protect(values, [sums], threshold=threshold, sacrifice=[*by_size, total])
    *cells, shown_total = (_cell(key, values, hidden) for key in range(total + 1))
    return PublishedList(tuple(cells), shown_total)


def suppress_table(rows: Sequence[Sequence[int]], threshold: int = THRESHOLD) -> PublishedTable:
    """Hide small counts, then others until no row, column or mix of them gives one away.

    The margins are cells too. They are kept as long as hiding counts inside is enough.
    """
    bottom, right = len(rows), len(rows[0])
    full = [[*row, sum(row)] for row in rows]
    full.append([sum(column) for column in zip(*full, strict=True)])
    values = {(i, j): count for i, row in enumerate(full) for j, count in enumerate(row)}
    lines = [
        *([(i, j) for j in range(right + 1)] for i in range(bottom + 1)),
        *([(i, j) for i in range(bottom + 1)] for j in range(right + 1)),
    ]
    sums = [{**dict.fromkeys(line, 1), line[-1]: -1} for line in lines]

    def margins_last(key: tuple[int, int]) -> tuple[int, int]:
        return (key[0] == bottom) + (key[1] == right), values[key]

    hidden = protect(values, sums, threshold=threshold, sacrifice=sorted(values, key=margins_last))
    shown = [[_cell((i, j), values, hidden) for j in range(right + 1)] for i in range(bottom + 1)]
    return PublishedTable(
        cells=tuple(tuple(row[:-1]) for row in shown[:-1]),
        row_totals=tuple(row[-1] for row in shown[:-1]),
        column_totals=tuple(shown[-1][:-1]),
        total=shown[-1][-1],
    )


def suppress_nested(counts: Sequence[int], threshold: int = THRESHOLD) -> tuple[Cell, ...]:
    """Show the steps of a funnel whose differences tell nothing about a few people.

    Each step is part of the one before (enrolled ⊇ completed ⊇ placed), so two steps shown together
    publish how many were lost between them. A step is shown when it is not small itself and lost
    nobody, or the threshold, since the last step shown. The widest steps are kept.
    """
    if any(later > earlier for earlier, later in pairwise(counts)):
        raise ValueError("Every step of a funnel is part of the one before.")
    shown: list[Cell] = []
    last: int | None = None
    for count in counts:
        telling = is_small(count, threshold) or (
            last is not None and is_small(last - count, threshold)
        )
        shown.append(HIDDEN if telling else count)
        last = last if telling else count
    return tuple(shown)


def suppress_rate(numerator: int, denominator: int, threshold: int = THRESHOLD) -> PublishedRate:
    """Show a share, a band that contains it, or nothing.

    19 of 20 reveals one person as surely as 1 of 20, so both sides of the share count. A band's
    edge depends on the shown denominator and the threshold alone: it says “fewer than 11” in per
    cent and nothing more.
    """
    if denominator == 0:
        return PublishedRate(0, 0, None)
    if denominator < threshold:
        return PublishedRate(HIDDEN, HIDDEN, HIDDEN)
    few_in = is_small(numerator, threshold)
    few_out = is_small(denominator - numerator, threshold)
    match few_in, few_out:
        case False, False:
            return PublishedRate(numerator, denominator, numerator / denominator)
        case True, False:
            return PublishedRate(HIDDEN, denominator, _below(threshold, denominator))
        case False, True:
            return PublishedRate(HIDDEN, denominator, _above(denominator - threshold, denominator))
        case _:
            return PublishedRate(HIDDEN, denominator, HIDDEN)


def whole_percent_is_safe(
    numerator: int, denominator: int, ceiling: int, threshold: int = THRESHOLD
) -> bool:
    """Whether the rate and its interval in whole per cent leave both counts open.

    For a share whose counts are withheld because their distance from something else published (at
    most ``ceiling`` people) is telling. At least three denominators, among those a reader could
    still believe in, must look exactly the same.
    """
    if any(is_small(n, threshold) for n in (numerator, denominator, denominator - numerator)):
        return False
    face = whole_percents(numerator, denominator)
    alike = (d for d in _believable(denominator, ceiling, threshold) if _fits(d, face, threshold))
    return sum(1 for _ in alike) >= ALIKE


def whole_percents(numerator: int, denominator: int) -> tuple[int, int, int] | None:
    """A share in whole per cent and its 95 % interval, widened to steps of five; none of nobody.

    An interval to the nearest per cent would give the denominator away by its width.
    """
    interval = wilson(numerator, denominator)
    if interval is None:
        return None
    return (
        round(100 * numerator / denominator),
        COARSE * floor(100 * interval.low / COARSE),
        COARSE * ceil(100 * interval.high / COARSE),
    )


def enough(n: int, threshold: int = THRESHOLD) -> bool:
    """Whether a median or a mean of n people may be shown. A minimum or maximum never may."""
    return n >= threshold


def protect(
    counts: Mapping[Key, int],
    relations: Iterable[Mapping[Key, int]],
    *,
    sacrifice: Sequence[Key],
    implied: Collection[Key] = (),
    secret: Collection[Key] = (),
    threshold: int = THRESHOLD,
) -> frozenset[Key]:
    """The counts that must be withheld so that no small or ``secret`` one can be worked out.

    ``relations`` are the sums a reader knows to hold, as coefficients that add up to zero.
    ``implied`` counts are never printed, but follow from printed ones. ``secret`` ones are withheld
    whatever their size: a reader who knows an earlier figure would learn of a few. ``sacrifice`` lists the
    counts that may be withheld to cover for others, the first to go first; zeros go last.

    Two things are ruled out: that a small count follows exactly from the shown ones (Gaussian
    elimination over fractions), and that withheld counts add up to a known small number. A cover
    that later ones made needless is shown again. Bounds that follow only because counts are never
    negative (linear programming) are not searched for.
    """
    known_sums = [{key: c for key, c in relation.items() if c} for relation in relations]
    for relation in known_sums:
        if sum(c * counts[key] for key, c in relation.items()):
            raise ValueError(f"These figures do not add up: {sorted(map(str, relation))}.")
    queue = sorted(sacrifice, key=lambda key: counts[key] == 0)
    small = {key for key, count in counts.items() if is_small(count, threshold)} | set(secret)
    hidden = small | set(implied)
    covers = set()
    while telling := _telling(counts, known_sums, hidden, small, threshold):
        covers.add(cover := _cover(queue, known_sums, hidden, telling))
        hidden.add(cover)
    for cover in [key for key in reversed(queue) if key in covers]:
        if not _telling(counts, known_sums, hidden - {cover}, small, threshold):
            hidden.remove(cover)
    return frozenset(hidden)


def derivable(hidden: Collection[Key], relations: Iterable[Mapping[Key, int]]) -> frozenset[Key]:
    """The hidden counts that follow exactly from the shown ones by the known sums.

    Only which counts are hidden matters, not their values: a hidden count is determined when
    elimination leaves a row in which it stands alone.
    """
    reduced: dict[Key, dict[Key, Fraction]] = {}
    for relation in relations:
        row = {key: Fraction(c) for key, c in relation.items() if key in hidden}
        for pivot in [key for key in row if key in reduced]:
            _subtract(row, reduced[pivot], row[pivot])
        if not row:
            continue
        pivot = next(iter(row))
        scale = row[pivot]
        row = {key: c / scale for key, c in row.items()}
        for other in reduced.values():
            if pivot in other:
                _subtract(other, row, other[pivot])
        reduced[pivot] = row
    return frozenset(pivot for pivot, row in reduced.items() if len(row) == 1)


def _believable(denominator: int, ceiling: int, threshold: int) -> range:
    """The denominators a reader may still think possible, knowing why this one is withheld."""
    if is_small(ceiling - denominator, threshold):
        return range(max(threshold, ceiling - threshold + 1), ceiling)
    return range(threshold, ceiling + 1)


def _fits(denominator: int, face: tuple[int, int, int] | None, threshold: int) -> bool:
    """Whether some share of this many people would be printed the same and could be printed."""
    if face is None:
        return False
    guess = face[0] * denominator // 100
    reach = denominator // 100 + 2
    return any(
        whole_percents(n, denominator) == face
        for n in range(max(0, guess - reach), min(denominator, guess + reach) + 1)
        if not is_small(n, threshold) and not is_small(denominator - n, threshold)
    )


def _telling(
    counts: Mapping[Key, int],
    relations: Sequence[Mapping[Key, int]],
    hidden: set[Key],
    small: set[Key],
    threshold: int,
) -> set[Key]:
    """The withheld counts that give a small one away; what can be worked out is as good as shown."""
    pinned = derivable(hidden, relations)
    telling = pinned & small
    for relation in relations:
        unknown = [key for key in relation if key in hidden and key not in pinned]
        one_sign = len({relation[key] for key in unknown}) == 1
        if one_sign and is_small(sum(counts[key] for key in unknown), threshold):
            telling |= set(unknown)
    return set(telling | pinned) if telling else set()


def _cover(
    queue: Sequence[Key],
    relations: Sequence[Mapping[Key, int]],
    hidden: set[Key],
    telling: set[Key],
) -> Key:
    """The first count that may go, out of the sums that give something away.

    Where all of these are withheld already, two sums together give it away: then out of the next.
    """
    near: set[Key] = set(telling)
    while wider := {key for sum_ in relations if near & sum_.keys() for key in sum_} - near:
        near |= wider
        for key in queue:
            if key in near and key not in hidden:
                return key
    raise ValueError("Nothing is left to withhold, and a small figure still follows.")


def _subtract(row: dict[Key, Fraction], other: Mapping[Key, Fraction], times: Fraction) -> None:
    for key, c in other.items():
        left = row.get(key, Fraction(0)) - times * c
        if left:
            row[key] = left
        else:
            row.pop(key, None)


def _cell(key: Key, values: Mapping[Key, int], hidden: Collection[Key]) -> Cell:
    return HIDDEN if key in hidden else values[key]


def _below(part: int, whole: int) -> Band:
    return Band("<", -(-100 * part // whole))


def _above(part: int, whole: int) -> Band:
    return Band(">", 100 * part // whole)
