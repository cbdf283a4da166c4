"""The picture of a graph of goods: a lane for each thing, a column for each event, in time.

Drawn on the server as SVG: no script, no inline style; colours are classes of the style sheet.
"""

from collections.abc import Callable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from traceability.graph import Edge, Graph

MOST_LANES, MOST_COLUMNS = 40, 60
_LEFT, _TOP = 250, 30
_LANE, _COLUMN = 28, 26

Name = Callable[[str], str]


def is_whole(found: Graph) -> bool:
    """Whether the picture shows all events and things of a graph."""
    return len(found.edges) <= MOST_COLUMNS and len(_lanes(found)) <= MOST_LANES


def picture(found: Graph, title: str, thing: Name, kinds: Mapping[str, object]) -> SafeString:
    """The first events of a graph, from left to right, and the things that each touches."""
    lanes = {key: row for row, key in enumerate(_lanes(found)[:MOST_LANES])}
    width = _LEFT + _COLUMN * min(len(found.edges), MOST_COLUMNS) + 20
    height = _TOP + _LANE * len(lanes) + 6
    rows = format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="{}" x="0" y="{}">{}</text>',
        (
            (
                *(_LEFT - 8, width, _y(row), _y(row)),
                *("chart-strong" if key == found.root else "", _y(row) + 4, thing(key)),
            )
            for key, row in lanes.items()
        ),
    )
    columns = format_html_join(
        "",
        "{}",
        (
            (_column(number, edge, lanes, kinds),)
            for number, edge in enumerate(found.edges[:MOST_COLUMNS])
        ),
    )
    return format_html(
        '<svg class="chart ways" role="img" viewBox="0 0 {} {}" width="{}" height="{}">'
        "<title>{}</title>{}{}</svg>",
        *(width, height, width, height, title, rows, columns),
    )


def _lanes(found: Graph) -> list[str]:
    """The things that events touch, as the events come to them; the root first."""
    touched = dict.fromkeys((found.root,))
    for edge in found.edges:
        touched.update(dict.fromkeys(edge.subjects))
    return list(touched)


def _y(row: int) -> int:
    return _TOP + _LANE * row + _LANE // 2


def _column(
    number: int, edge: Edge, lanes: Mapping[str, int], kinds: Mapping[str, object]
) -> SafeString:
    x = _LEFT + _COLUMN * number + _COLUMN // 2
    rows = sorted(lanes[key] for key in edge.subjects if key in lanes)
    if not rows:
        return SafeString("")
    dots = format_html_join(
        "", '<circle class="chart-c1" cx="{}" cy="{}" r="5"/>', ((x, _y(row)) for row in rows)
    )
    return format_html(
        '<g><title>{} · {}</title><line class="way" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="16" text-anchor="middle">{}</text>{}</g>',
        *(kinds.get(edge.kind, edge.kind), edge.at[:10]),
        *(x, x, _y(rows[0]), _y(rows[-1]), x, number + 1, dots),
    )
