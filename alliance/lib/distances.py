"""How far apart are two places?"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_MILES = 3958.8


class Point(NamedTuple):
    """A place in degrees."""

    latitude: float
    longitude: float


def miles_between(one: Point, other: Point) -> float:
    """Miles as the crow flies, by the haversine formula (Sinnott, Sky & Telescope 68, 1984)."""
    phi, phi_other = radians(one.latitude), radians(other.latitude)
    by_latitude = sin((phi_other - phi) / 2) ** 2
    by_longitude = sin(radians(other.longitude - one.longitude) / 2) ** 2
    chord = by_latitude + cos(phi) * cos(phi_other) * by_longitude
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, chord)))
