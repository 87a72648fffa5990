"""Does the interval agree with the published formula at every known point?"""

import pytest

from alliance.lib.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (5, 6, 0.4365, 0.9699),
        (17, 23, 0.5353, 0.8745),
        (48, 65, 0.6205, 0.8298),
        (74, 100, 0.6463, 0.8160),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
    ],
)
def test_the_interval_is_wilsons(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_nobody_observed_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="between zero"):
        wilson(3, 2)
