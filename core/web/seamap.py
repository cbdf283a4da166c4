"""A small map of a voyage: land, the way of the ship, and its two ports. No tiles, no script.

Colours are classes that the style sheet fills in: ``map``, ``land``, ``path``.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LonLat = tuple[int, int]
"""Longitude and latitude in hundredths of a degree, east and north positive."""

XY = tuple[float, float]

WIDTH = 900
HEIGHT = 540
_LAND = Path(__file__).resolve().parents[1] / "data" / "land.json"
_AROUND = 3600
_ROOM = 1.35
_LEAST_SPAN = 160
_LEAST_STEP = 5.5
_EDGE = 20.0


@dataclass(frozen=True, slots=True)
class Port:
    """A port with its name as the reader reads it, at a longitude and latitude."""

    name: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class _View:
    """The part of the world that is shown, in tenths of a degree, and its scale."""

    lon: float
    lat: float
    x_scale: float
    y_scale: float

    def place(self, lon: float, lat: float) -> XY:
        """Where a point of the world stands on the map."""
        return (
            WIDTH / 2 + (lon - self.lon) * self.x_scale,
            HEIGHT / 2 - (lat - self.lat) * self.y_scale,
        )


@lru_cache(maxsize=512)
def sea_map(title: str, start: Port, end: Port, path: tuple[LonLat, ...]) -> SafeString:
    """The map of a voyage as SVG under 8 kB; the same voyage is drawn once and remembered.

    ``path`` is the way between the ports; a way across the date line stays in one piece.
    """
    way = list(_unbroken([start.at, *path, end.at]))
    view = _view_of(way)
    points = list(_thinned((view.place(lon, lat) for lon, lat in way), 8.0))
    key = "map-" + sha256(repr((title, start, end, path)).encode()).hexdigest()[:10]
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-labelledby="{}">'
        '<title id="{}">{}</title><path class="land" d="{}"/><path class="path" d="{}"/>{}</svg>',
        *(WIDTH, HEIGHT, key, key, title),
        _land_in(view),
        _line(points, closed=False),
        format_html_join(
            "", "{}", ((_port(start.name, points[0]),), (_port(end.name, points[-1]),))
        ),
    )


def _unbroken(points: Iterable[LonLat]) -> Iterator[XY]:
    """Points in tenths of a degree, longitudes going on beyond 180° rather than jumping."""
    before = 0.0
    for number, (lon, lat) in enumerate(points):
        east = lon / 10
        if number:
            east -= round((east - before) / _AROUND) * _AROUND
        before = east
        yield east, lat / 10


def _view_of(way: Sequence[XY]) -> _View:
    lons, lats = [lon for lon, _ in way], [lat for _, lat in way]
    middle = (max(lats) + min(lats)) / 2
    narrow = cos(radians(middle / 10))
    across = max((max(lons) - min(lons)) * narrow, _LEAST_SPAN) * _ROOM
    down = max(max(lats) - min(lats), _LEAST_SPAN) * _ROOM
    scale = min(WIDTH / across, HEIGHT / down)
    return _View((max(lons) + min(lons)) / 2, middle, scale * narrow, scale)


@cache
def _rings() -> list[list[XY]]:
    rings = json.loads(_LAND.read_text(encoding="ascii"))
    return [list(zip(ring[::2], ring[1::2], strict=True)) for ring in rings]


def _land_in(view: _View) -> str:
    """All land in view as one outline, small islands and finest bends left out."""
    pieces = []
    for around in (-_AROUND, 0, _AROUND):
        for ring in _rings():
            placed = [view.place(lon + around, lat) for lon, lat in ring]
            points = list(_thinned(_clipped(placed), _LEAST_STEP))
            if len(points) > 3:
                pieces.append(_line(points, closed=True))
    return "".join(pieces)


def _clipped(points: list[XY]) -> list[XY]:
    """A ring cut off a little outside the four edges of the map, one edge after the other."""
    for axis, limit, sign in (
        (0, -_EDGE, 1),
        (0, WIDTH + _EDGE, -1),
        (1, -_EDGE, 1),
        (1, HEIGHT + _EDGE, -1),
    ):
        points = list(_cut(points, axis, limit, sign))
    return points


def _cut(points: list[XY], axis: int, limit: float, sign: int) -> Iterator[XY]:
    for before, point in zip(points[-1:] + points[:-1], points, strict=True):
        was, now = (before[axis] - limit) * sign, (point[axis] - limit) * sign
        if (was < 0) != (now < 0):
            share = was / (was - now)
            yield (
                before[0] + (point[0] - before[0]) * share,
                before[1] + (point[1] - before[1]) * share,
            )
        if now >= 0:
            yield point


def _thinned(points: Iterable[XY], apart: float) -> Iterator[XY]:
    """Points at least ``apart`` from the one before; the last is always kept."""
    kept = last = None
    for last in points:
        if kept is None or abs(last[0] - kept[0]) + abs(last[1] - kept[1]) >= apart:
            kept = last
            yield last
    if last is not None and last is not kept:
        yield last


def _line(points: Sequence[XY], *, closed: bool) -> str:
    """SVG path data in whole units, each point relative to the one before."""
    whole = [(round(x), round(y)) for x, y in points]
    steps = (
        f"{x - from_x}{y - from_y:+d}".replace("+", " ")
        for (from_x, from_y), (x, y) in pairwise(whole)
    )
    return f"M{whole[0][0]} {whole[0][1]}l" + " ".join(steps) + ("z" if closed else "")


def _port(name: str, point: XY) -> SafeString:
    """A port's mark, its name on the side where the map has room."""
    x, y = round(point[0]), round(point[1])
    at_right = x > WIDTH * 0.6
    return format_html(
        '<circle cx="{}" cy="{}" r="9"/><text x="{}" y="{}" text-anchor="{}">{}</text>',
        *(x, y),
        x - 16 if at_right else x + 16,
        y + 8,
        "end" if at_right else "start",
        name,
    )
