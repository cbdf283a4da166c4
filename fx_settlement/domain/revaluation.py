"""What a moving rate costs or saves on a payable, before and when it is paid."""

from decimal import Decimal

from fx_settlement.domain.conversion import converted_minor


def difference_minor(
    foreign_minor: int, *, base: str, quote: str, booked: Decimal, now: Decimal
) -> int:
    """What a payable costs more now than when it was booked; a loss is positive, a gain negative.

    Both sides are rounded as they would be booked. Unrealised at a closing rate, and reversed the
    next day; realised at the rate that was paid. Source: IAS 21, paragraphs 21 to 28.
    """
    before = converted_minor(foreign_minor, base=base, quote=quote, rate=booked)
    return converted_minor(foreign_minor, base=base, quote=quote, rate=now) - before
