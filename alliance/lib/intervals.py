"""How sure can we be of a share seen in few people?"""

from math import sqrt
from typing import Final, NamedTuple

Z_95: Final = 1.959963984540054


class Interval(NamedTuple):
    """The lowest and the highest share that the observed one is compatible with."""

    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval | None:
    """The 95 % score interval of a share; none when nobody was observed.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22, 209–212. Unlike the textbook interval it
    stays between 0 and 1 and is honest for 0 of n and n of n.
    """
    if not 0 <= successes <= trials:
        raise ValueError("Successes lie between zero and the number of trials.")
    if trials == 0:
        return None
    share, z2 = successes / trials, Z_95**2
    scale = 1 + z2 / trials
    centre = (share + z2 / (2 * trials)) / scale
    margin = Z_95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / scale
    low = 0.0 if successes == 0 else centre - margin
    high = 1.0 if successes == trials else centre + margin
    return Interval(low, high)
