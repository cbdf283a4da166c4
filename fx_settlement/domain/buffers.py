"""How far a rate may move before it is bought: the measure of a deposit."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

MONTH = 21
"""Trading days in a month."""


def adverse_move_percent(
    rates: Sequence[Decimal], *, days: int = MONTH, quantile: Decimal = Decimal("0.99")
) -> Decimal:
    """The rise of a rate over ``days`` that is exceeded once in a hundred times, in per cent.

    ``rates`` are consecutive fixings of one currency (1 base = rate quote); windows overlap, so a
    long horizon rests on few independent ones. Between two observed moves it is interpolated.
    Two decimals.
    """
    with localcontext(prec=34):
        moves = sorted(
            (later / earlier - 1) * 100 for earlier, later in zip(rates, rates[days:], strict=False)
        )
        place = (len(moves) - 1) * quantile
        below = int(place)
        above = min(below + 1, len(moves) - 1)
        return round(moves[below] + (moves[above] - moves[below]) * (place - below), 2)
