"""Can anybody work out a small figure from what is shown?"""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.suppression import (
    HIDDEN,
    Band,
    Cell,
    PublishedTable,
    derivable,
    enough,
    protect,
    suppress_list,
    suppress_nested,
    suppress_rate,
    suppress_table,
    whole_percent_is_safe,
    whole_percents,
    why_withheld,
    words,
)

counts = st.one_of(st.integers(0, 14), st.integers(0, 60))
thresholds = st.integers(2, 15)


def recomputable(
    hidden: Collection[object], relations: Sequence[Mapping[object, int]]
) -> set[object]:
    """An attacker's linear algebra: what is pinned down by the sums, by matrix rank."""
    unknown = list(hidden)
    matrix = np.array([[relation.get(key, 0) for key in unknown] for relation in relations])
    rank = np.linalg.matrix_rank(matrix)
    identity = np.eye(len(unknown))
    return {
        key
        for i, key in enumerate(unknown)
        if np.linalg.matrix_rank(np.vstack([matrix, identity[i]])) == rank
    }


def test_the_smallest_cell_takes_the_next_smallest_with_it() -> None:
    shown = suppress_list([20, 15, 7])

    assert shown.cells == (20, HIDDEN, HIDDEN)
    assert shown.total == 42


def test_two_small_cells_with_a_small_sum_need_a_third() -> None:
    assert suppress_list([40, 12, 3, 2]).cells == (40, HIDDEN, HIDDEN, HIDDEN)


def test_the_total_is_withheld_when_nothing_else_can_cover() -> None:
    shown = suppress_list([0, 7, 0])

    assert shown.cells == (0, HIDDEN, 0)
    assert shown.total is HIDDEN


def test_nobody_may_be_shown_and_does_not_cover_for_others() -> None:
    shown = suppress_list([0, 30, 20, 4])

    assert shown.cells == (0, 30, HIDDEN, HIDDEN)


def test_a_list_without_small_cells_is_shown_whole() -> None:
    assert suppress_list([20, 15, 11]).cells == (20, 15, 11)


def test_a_grant_may_set_the_threshold_to_ten() -> None:
    assert suppress_list([20, 15, 10], threshold=10).cells == (20, 15, 10)


@given(st.lists(counts, min_size=1, max_size=8), thresholds)
def test_no_list_gives_a_withheld_cell_away(cells: list[int], threshold: int) -> None:
    shown = suppress_list(cells, threshold)

    everything = [*shown.cells, shown.total]
    assert all(cell is HIDDEN or cell == 0 or cell >= threshold for cell in everything)
    hidden = [i for i, cell in enumerate(shown.cells) if cell is HIDDEN]
    if shown.total is not HIDDEN and hidden:
        remainder = shown.total - sum(cell for cell in shown.cells if cell is not HIDDEN)
        assert len(hidden) >= 2
        assert remainder >= threshold


def table_sums(bottom: int, right: int) -> list[dict[object, int]]:
    rows = [[(i, j) for j in range(right + 1)] for i in range(bottom + 1)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [{**dict.fromkeys(line, 1), line[-1]: -1} for line in [*rows, *columns]]


def flat(shown: PublishedTable) -> dict[object, Cell]:
    rows = [[*r, t] for r, t in zip(shown.cells, shown.row_totals, strict=True)]
    rows.append([*shown.column_totals, shown.total])
    return {(i, j): cell for i, row in enumerate(rows) for j, cell in enumerate(row)}


def test_a_small_cell_in_a_table_is_covered_in_its_row_and_its_column() -> None:
    shown = suppress_table([[5, 30, 40], [20, 25, 60], [50, 70, 80]])

    assert shown.cells == ((HIDDEN, HIDDEN, 40), (HIDDEN, HIDDEN, 60), (50, 70, 80))
    assert shown.row_totals == (75, 105, 200)
    assert shown.total == 380


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=4
        )
    ),
    thresholds,
)
def test_no_table_gives_a_withheld_cell_away(rows: list[list[int]], threshold: int) -> None:
    shown = flat(suppress_table(rows, threshold))

    assert all(cell is HIDDEN or cell == 0 or cell >= threshold for cell in shown.values())
    hidden = {key for key, cell in shown.items() if cell is HIDDEN}
    assert not recomputable(hidden, table_sums(len(rows), len(rows[0])))


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1).map(frozenset))
def test_elimination_agrees_with_matrix_rank(hidden: frozenset[object]) -> None:
    relations = table_sums(3, 3)

    assert derivable(hidden, relations) == recomputable(hidden, relations)


def test_sums_that_do_not_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        protect({"all": 5, "some": 3}, [{"all": 1, "some": -1}], sacrifice=["some"])


def test_an_unprinted_difference_is_protected_too() -> None:
    hidden = protect(
        {"completed": 30, "placed": 26, "waiting": 4},
        [{"completed": 1, "placed": -1, "waiting": -1}],
        implied=["waiting"],
        sacrifice=["placed", "completed"],
    )

    assert hidden == {"waiting", "placed"}


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ([60, 40, 20], (60, 40, 20)),
        ([60, 55, 40], (60, HIDDEN, 40)),
        ([30, 25, 20], (30, HIDDEN, HIDDEN)),
        ([30, 30, 12], (30, 30, 12)),
        ([30, 7, 0], (30, HIDDEN, 0)),
        ([8, 5, 0], (HIDDEN, HIDDEN, 0)),
    ],
)
def test_a_funnel_hides_the_step_that_lost_only_a_few(
    steps: list[int], shown: tuple[Cell, ...]
) -> None:
    assert suppress_nested(steps) == shown


def test_a_funnel_that_widens_is_refused() -> None:
    with pytest.raises(ValueError, match="part of the one before"):
        suppress_nested([20, 21])


@given(st.lists(counts, min_size=1, max_size=7), thresholds)
def test_no_two_shown_steps_of_a_funnel_differ_by_a_few(steps: list[int], threshold: int) -> None:
    shown = [c for c in suppress_nested(sorted(steps, reverse=True), threshold) if c is not HIDDEN]

    assert all(c == 0 or c >= threshold for c in shown)
    assert all(a == b or a - b >= threshold for a, b in combinations(shown, 2))


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown", "rate"),
    [
        (30, 60, 30, 0.5),
        (3, 60, HIDDEN, Band("<", 19)),
        (57, 60, HIDDEN, Band(">", 81)),
        (19, 20, HIDDEN, Band(">", 45)),
        (9, 18, HIDDEN, HIDDEN),
        (0, 40, 0, 0.0),
        (40, 40, 40, 1.0),
    ],
)
def test_a_rate_is_shown_as_a_band_when_either_side_is_small(
    numerator: int, denominator: int, shown: Cell, rate: object
) -> None:
    published = suppress_rate(numerator, denominator)

    assert published.numerator == shown
    assert published.denominator == denominator
    assert published.rate == rate


def test_a_rate_of_few_people_shows_nothing_at_all() -> None:
    published = suppress_rate(5, 6)

    assert (published.numerator, published.denominator, published.rate) == (HIDDEN,) * 3


def test_a_rate_of_nobody_is_no_rate() -> None:
    assert suppress_rate(0, 0).rate is None


@given(st.integers(0, 400), st.integers(0, 400), thresholds)
def test_a_band_holds_the_rate_and_is_the_same_for_every_small_count(
    a: int, b: int, threshold: int
) -> None:
    numerator, denominator = min(a, b), max(a, b)

    published = suppress_rate(numerator, denominator, threshold)

    if isinstance(published.rate, Band) and published.rate.sign == "<":
        assert 100 * numerator < published.rate.percent * denominator
        twins = {suppress_rate(n, denominator, threshold).rate for n in range(1, threshold)}
        assert twins <= {published.rate, HIDDEN}
    elif isinstance(published.rate, Band):
        assert 100 * numerator > published.rate.percent * denominator


@given(st.integers(0, 150), st.integers(0, 150), st.integers(0, 40), thresholds)
def test_whole_percentages_leave_three_denominators_open(
    a: int, b: int, beyond: int, threshold: int
) -> None:
    numerator, denominator = min(a, b), max(a, b)
    ceiling = denominator + beyond

    safe = whole_percent_is_safe(numerator, denominator, ceiling, threshold)

    if safe:
        face = whole_percents(numerator, denominator)
        alike = [
            d
            for d in range(1, ceiling + 1)
            if any(whole_percents(n, d) == face for n in range(d + 1))
        ]
        assert denominator in alike
        assert len(alike) >= 3


def test_whole_percentages_of_a_small_group_are_not_safe() -> None:
    assert not whole_percent_is_safe(11, 22, ceiling=23)


def test_a_median_needs_the_threshold() -> None:
    assert enough(11)
    assert not enough(10)


def test_a_withheld_figure_says_so_in_words() -> None:
    assert words(HIDDEN) == "withheld"
    assert words(1234) == "1,234"
    assert "fewer than 11 people" in why_withheld()
