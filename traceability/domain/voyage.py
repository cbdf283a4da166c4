"""The way of a ship between two ports, along the lanes that ships use."""

from dataclasses import dataclass
from decimal import Decimal

import searoute

Point = tuple[int, int]
"""Longitude and latitude in hundredths of a degree."""


@dataclass(frozen=True)
class Voyage:
    """A sea route: its length in whole nautical miles, and the line on a map."""

    distance_nm: int
    path: tuple[Point, ...]


def sail(*, origin: tuple[Decimal, Decimal], destination: tuple[Decimal, Decimal]) -> Voyage:
    """The shortest sea route between two places given as longitude and latitude in degrees.

    Source: the shipping network that comes with searoute (EUROSTAT SeaRoute lanes).
    """
    ends = [[float(degrees) for degrees in place] for place in (origin, destination)]
    route = searoute.searoute(*ends, units="naut")
    points = route["geometry"]["coordinates"]
    return Voyage(
        distance_nm=round(route["properties"]["length"]),
        path=tuple((round(lon * 100), round(lat * 100)) for lon, lat in points),
    )
