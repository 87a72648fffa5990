"""How far apart are two places?"""

import pytest

from alliance.lib.distances import Point, miles_between

BOSTON, WORCESTER = Point(42.3601, -71.0589), Point(42.2626, -71.8023)


def test_boston_and_worcester_are_thirty_eight_miles_apart_both_ways():
    assert miles_between(BOSTON, WORCESTER) == pytest.approx(38.6, abs=0.3)
    assert miles_between(WORCESTER, BOSTON) == miles_between(BOSTON, WORCESTER)


def test_a_place_is_no_distance_from_itself():
    assert miles_between(BOSTON, BOSTON) == 0


def test_the_other_side_of_the_earth_is_half_way_round():
    assert miles_between(Point(0, 0), Point(0, 180)) == pytest.approx(12_437, abs=2)
