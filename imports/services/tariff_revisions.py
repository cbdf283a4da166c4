"""The operator enters its own prices over the published ones, from a day on."""

from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from django.db import transaction

from core import clock, facts
from core.domain.errors import Refusal
from imports.domain.tariffs import breaks_from_text
from imports.models import TariffRevision, TariffRow


class TariffBreaksWrong(Refusal):
    """Raised when the breaks of a tariff cannot be read."""

    code = "tariff-breaks-wrong"
    reason = "“{text}” is not a list of breaks: weight:price, rising, set off by bars."
    remedy = "Write them like 45:2.78|100:2.44|300:2.20, the lightest first."


class TariffHasNoPrice(Refusal):
    """Raised when a revision would leave a tariff without a price."""

    code = "tariff-has-no-price"
    reason = "Tariff {key} would have neither a price nor breaks."
    remedy = "Enter the price, or the breaks of a tariff that goes by weight."


@transaction.atomic
def revise_tariff(
    row: TariffRow,
    *,
    valid_from: date,
    source: str,
    trust: str,
    price: Decimal | None = None,
    minimum_amount: Decimal | None = None,
    breakpoints: str = "",
    valid_before: date | None = None,
) -> TariffRevision:
    """Enter a price of a tariff row from a day on; consignments that left earlier keep theirs.

    Raises:
        TariffBreaksWrong, TariffHasNoPrice: nothing was entered.
    """
    if price is None and not breakpoints:
        raise TariffHasNoPrice(key=row.key)
    if breakpoints:
        _refuse_wrong(breakpoints)
    made = TariffRevision.objects.create(
        row=row,
        valid_from=valid_from,
        valid_before=valid_before,
        price=price,
        minimum_amount=minimum_amount,
        breakpoints=breakpoints,
        source=source,
        trust=trust,
        entered_at=clock.now(),
    )
    data = {"revision": made.pk, "key": row.key, "from": valid_from.isoformat()}
    facts.append("imports.tariff.revised", subject=f"tariff:{row.key}", data=data)
    return made


def _refuse_wrong(text: str) -> None:
    try:
        breaks = breaks_from_text(text)
    except (ValueError, InvalidOperation):
        raise TariffBreaksWrong(text=text) from None
    is_rising = all(lower[0] < higher[0] for lower, higher in pairwise(breaks))
    if not is_rising or any(price <= 0 or start < 0 for start, price in breaks):
        raise TariffBreaksWrong(text=text)
