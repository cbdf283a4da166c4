"""Charts drawn on the server as SVG: no script, no inline style, readable without seeing colour.

Every function is pure: numbers and words in, markup out, all words escaped. A chart has the role
of an image with a title and a description, each bar names its figure, and colours are classes
(``chart-c1`` …) that the style sheet fills in for light and dark.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Show = Callable[[int], str]
"""Writes a figure for the reader."""

COLOURS = 9
_WIDTH = 640
_LEFT = 56
_TOP = 10
_PLOT_HEIGHT = 180
_FOOT = 24
_TICKS = 4
_BAR_HEIGHT = 26
_BAR_PITCH = 58
_SPAN_PITCH = 48
_DOT = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, one for each place on the axis; None where there is none.

    ``low`` and ``high`` give the band of each figure, where it is an estimate.
    """

    name: str
    values: Sequence[int | None]
    low: Sequence[int] = field(default=())
    high: Sequence[int] = field(default=())


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar made of named parts; a part below zero is drawn to the left of it."""

    name: str
    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        """The parts added up."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with how far it reaches below and above, such as a mean and its spread."""

    name: str
    low: int
    middle: int
    high: int


def ticks(highest: int) -> list[int]:
    """Round values from 0 to at least ``highest``: steps of 1, 2 or 5 times a power of ten."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(step for step in steps if step * _TICKS >= highest)
    return [step * number for number in range(max(1, -(-highest // step)) + 1)]


def part_names(bars: Iterable[Bar]) -> list[str]:
    """The names of all parts, in the order in which they first come."""
    return list(dict.fromkeys(name for bar in bars for name in bar.parts))


def colour_class(number: int) -> str:
    """The class of the part or series at ``number``, counted from 0; colours repeat after nine."""
    return f"chart-c{number % COLOURS + 1}"


def grouped_bars(
    title: str, description: str, places: Sequence[str], series: Sequence[Series], *, show: Show
) -> SafeString:
    """Upright bars side by side at each place, such as plan and pool by month."""
    values = [value for row in series for value in (*row.values, *row.high) if value is not None]
    marks = ticks(max(values, default=0))
    pitch = (_WIDTH - _LEFT) / max(len(places), 1)
    shapes = [_gridlines(marks, show), _place_names(places, pitch)]
    shapes += [
        _bars_of(row, number, len(series), places, pitch, marks[-1], show)
        for number, row in enumerate(series)
    ]
    return _image(title, description, _TOP + _PLOT_HEIGHT + _FOOT, shapes, "chart chart-wide")


def stacked_bars(title: str, description: str, bars: Sequence[Bar], *, show: Show) -> SafeString:
    """Lying bars, each the sum of its parts, such as the cost alone above the cost pooled."""
    names = part_names(bars)
    right = max((_positive(bar) for bar in bars), default=0)
    left = max((_positive(bar) - bar.total for bar in bars), default=0)
    scale = _WIDTH / max(right + left, 1)
    shapes = [
        _lying_bar(bar, number * _BAR_PITCH, left * scale, scale, names, show)
        for number, bar in enumerate(bars)
    ]
    return _image(title, description, max(len(bars), 1) * _BAR_PITCH, shapes, "chart")


def lying_spans(title: str, description: str, rows: Sequence[Span], *, show: Show) -> SafeString:
    """Lying lines from low to high with a dot at each figure, all on one scale around zero."""
    left = max((-row.low for row in rows), default=0)
    right = max((row.high for row in rows), default=0)
    reach = max(left, 0) + max(right, 0)
    scale = (_WIDTH - 2 * _DOT) / max(reach, 1)
    zero = _DOT + max(left, 0) * scale
    height = max(len(rows), 1) * _SPAN_PITCH
    shapes = [
        _span(row, number * _SPAN_PITCH, zero, scale, show) for number, row in enumerate(rows)
    ]
    axis = format_html(
        '<line class="chart-grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>', _short(zero), height
    )
    return _image(title, description, height, [axis, *shapes], "chart")


def _span(row: Span, top: float, zero: float, scale: float, show: Show) -> SafeString:
    low, middle, high = (_short(zero + value * scale) for value in (row.low, row.middle, row.high))
    y = _short(top + 32)
    return format_html(
        '<text class="chart-strong" x="0" y="{}">{}</text>'
        '<text class="chart-strong" x="{}" y="{}" text-anchor="end">{} … {}</text>'
        '<line class="chart-span" x1="{}" x2="{}" y1="{}" y2="{}"><title>{}: {} … {}</title></line>'
        '<circle class="chart-c1" cx="{}" cy="{}" r="{}"><title>{}: {}</title></circle>',
        *(_short(top + 13), row.name),
        *(_WIDTH, _short(top + 13), show(row.low), show(row.high)),
        *(low, high, y, y, row.name, show(row.low), show(row.high)),
        *(middle, y, _DOT, row.name, show(row.middle)),
    )


def legend(names: Sequence[str]) -> SafeString:
    """The colours and what they stand for, in the order in which they are drawn."""
    items = format_html_join(
        "",
        '<li><svg class="swatch" width="10" height="10" aria-hidden="true">'
        '<rect class="{}" width="10" height="10" rx="2"/></svg> {}</li>',
        ((colour_class(number), name) for number, name in enumerate(names)),
    )
    return format_html('<ul class="legend">{}</ul>', items)


def _image(
    title: str, description: str, height: float, shapes: Sequence[SafeString], css: str
) -> SafeString:
    body = format_html_join("", "{}", ((shape,) for shape in shapes))
    key = "chart-" + sha256(f"{title}\0{description}\0{body}".encode()).hexdigest()[:10]
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        css,
        _WIDTH,
        _short(height),
        *(key, key),
        *(key, title),
        *(key, description),
        body,
    )


def _gridlines(marks: Sequence[int], show: Show) -> SafeString:
    rows = ((_y(mark, marks[-1]), show(mark)) for mark in marks)
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        ((_LEFT, _WIDTH, _short(y), _short(y), _LEFT - 6, _short(y + 4), text) for y, text in rows),
    )


def _place_names(places: Sequence[str], pitch: float) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (_short(_LEFT + (number + 0.5) * pitch), _TOP + _PLOT_HEIGHT + 17, name)
            for number, name in enumerate(places)
        ),
    )


def _bars_of(
    row: Series,
    number: int,
    rows: int,
    places: Sequence[str],
    pitch: float,
    highest: int,
    show: Show,
) -> SafeString:
    wide = pitch * 0.76 / rows
    shapes = []
    for place, value in enumerate(row.values):
        if value is None:
            continue
        x = _LEFT + pitch * (place + 0.12) + wide * number
        words = f"{places[place]} · {row.name}: {show(value)}"
        y = _y(value, highest)
        shapes.append(_rectangle(x, y, wide - 1, _TOP + _PLOT_HEIGHT - y, number, words))
        if row.low and row.high:
            shapes.append(_band(x + (wide - 1) / 2, row.low[place], row.high[place], highest))
    return format_html_join("", "{}", ((shape,) for shape in shapes))


def _band(x: float, low: int, high: int, highest: int) -> SafeString:
    return format_html(
        '<line class="chart-band" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
        _short(x),
        _short(_y(high, highest)),
        _short(_y(low, highest)),
    )


def _lying_bar(
    bar: Bar, top: float, zero: float, scale: float, names: Sequence[str], show: Show
) -> SafeString:
    shapes = []
    right = left = zero
    for name, value in bar.parts.items():
        wide = abs(value) * scale
        if value < 0:
            left -= wide
        x = left if value < 0 else right
        words = f"{bar.name} · {name}: {show(value)}"
        shapes.append(_rectangle(x, top + 20, wide, _BAR_HEIGHT, names.index(name), words))
        if value > 0:
            right += wide
    return format_html(
        '<text class="chart-strong" x="0" y="{0}">{1}</text>'
        '<text class="chart-strong" x="{2}" y="{0}" text-anchor="end">{3}</text>{4}',
        _short(top + 13),
        bar.name,
        _WIDTH,
        show(bar.total),
        format_html_join("", "{}", ((shape,) for shape in shapes)),
    )


def _rectangle(x: float, y: float, wide: float, high: float, number: int, words: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        colour_class(number),
        *map(_short, (x, y, wide, high)),
        words,
    )


def _positive(bar: Bar) -> int:
    return sum(value for value in bar.parts.values() if value > 0)


def _y(value: int, highest: int) -> float:
    return _TOP + _PLOT_HEIGHT * (1 - value / max(highest, 1))


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
