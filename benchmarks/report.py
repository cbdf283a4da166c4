"""The table that a run prints."""

from collections.abc import Iterable, Sequence

from benchmarks.catalogue import BENCHMARKS
from benchmarks.figures import Figure, Row, growth

HEADING = (
    f"{'size':>10}  {'ours':>24}  {'plain':>22}  {'limit':>22}  "
    f"{'x plain':>8} {'of limit':>8}  {'MB ours/plain':>14}"
)


def lines(rows: Sequence[Row]) -> Iterable[str]:
    """Rows of one benchmark on one database, and how they grow."""
    benchmark = BENCHMARKS[rows[0].name]
    yield f"{benchmark.name} ({rows[0].database or 'no database'}), {benchmark.items}"
    yield f"  plain: {benchmark.plain}"
    yield f"  limit: {benchmark.limit}"
    yield HEADING
    for row in rows:
        yield _line(row)
    yield from _growths(rows)
    yield from _notes(rows)


def _line(row: Row) -> str:
    memory = f"{row.ours.peak_mb:.0f}/{row.plain.peak_mb:.0f}"
    return (
        f"{row.size:>10,}  {_said(row.ours):>24}  {_said(row.plain):>22}  {_said(row.limit):>22}  "
        f"{row.times_plain:>8.1f} {row.of_limit:>8.2f}  {memory:>14}"
    )


def _said(figure: Figure) -> str:
    return f"{figure.seconds:.3f} s {1 / figure.each:>11,.0f}/s"


def _growths(rows: Sequence[Row]) -> Iterable[str]:
    time = growth([(row.size, row.ours.seconds / row.ours.items * row.size) for row in rows])
    memory = growth([(row.size, row.ours.peak_mb) for row in rows])
    said = [f"{name} {value:.2f}" for name, value in (("time", time), ("memory", memory)) if value]
    if said:
        yield "  grows with the data to the power of: " + ", ".join(said)


def _notes(rows: Sequence[Row]) -> Iterable[str]:
    for row in rows:
        for way, figure in (("ours", row.ours), ("plain", row.plain), ("limit", row.limit)):
            if figure.notes:
                said = ", ".join(f"{key} {value:,.2f}" for key, value in figure.notes.items())
                yield f"  {row.size:,} {way}: {said}"
