"""Ratios, exact probabilities and shortfalls, by published examples and by properties."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from alliance.outcomes.metrics.impact import above_the_median, compare, fisher, z_score

SIDES = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("best", "other", "told"),
    [
        ((8, 10), (5, 10), (0.625, 0.34985, 1.406, 3)),
        ((80, 100), (50, 100), (0.625, 1e-5, 4.4475, 30)),
        ((20, 40), (11, 30), (0.7333, 0.33367, None, 4)),
        ((48, 80), (12, 40), (0.50, 0.00341, 3.0984, 12)),
    ],
)
def test_the_agreed_examples(best, other, told):
    ratio, p, z, shortfall = told
    found = compare({"often": best, "seldom": other}, fewest=1)

    often, seldom = found.groups
    assert (often.best, seldom.best) == (True, False)
    assert float(seldom.ratio) == pytest.approx(ratio, abs=5e-5)
    assert seldom.p == pytest.approx(p, abs=6e-6)
    assert seldom.shortfall == shortfall
    assert (often.ratio, often.p, often.shortfall) == (1, None, 0)
    if z is not None:
        assert z_score(best, other) == pytest.approx(z, abs=5e-4)


def test_the_ratio_alone_is_not_enough():
    few = compare({"a": (8, 10), "b": (5, 10)}, fewest=1).groups[1]
    many = compare({"a": (80, 100), "b": (50, 100)}, fewest=1).groups[1]

    assert (few.below_four_fifths, few.significant) == (True, False)
    assert (many.below_four_fifths, many.significant) == (True, True)


@given(SIDES, SIDES)
def test_the_exact_probability_is_that_of_the_textbook(a, b):
    table = [[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]

    assert fisher(a, b) == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)
    assert fisher(a, b) == pytest.approx(fisher(b, a), abs=1e-9)


def test_a_handful_is_neither_shown_nor_the_measure_of_others():
    found = compare({"one of one": (1, 1), "many": (30, 60), "more": (20, 60), "none": (0, 0)})

    assert [row.group for row in found.groups] == ["many", "more"]
    assert found.groups[0].best
    assert found.small == ("one of one",)


def test_where_nobody_is_selected_there_is_no_ratio():
    found = compare({"a": (0, 20), "b": (0, 30)})

    assert [row.ratio for row in found.groups] == [None, None]
    assert not any(row.below_four_fifths or row.significant for row in found.groups)


def test_who_is_unknown_is_counted_and_not_compared():
    found = compare({"a": (10, 20)}, unknown=7, not_said=3)

    assert (found.unknown, found.not_said) == (7, 3)
    assert [row.rate for row in found.groups] == [Fraction(1, 2)]


def test_nobody_at_all_is_an_empty_comparison():
    assert compare({}).groups == ()


def test_the_scoring_rate_is_the_share_above_the_middle_of_everybody():
    found = above_the_median({"a": [90, 80, 70, 60], "b": [50, 65, 40, 30]})

    assert found == {"a": (3, 4), "b": (1, 4)}
    assert above_the_median({"a": [50, 50], "b": [50]}) == {"a": (0, 2), "b": (0, 1)}
    assert above_the_median({}) == {}
