"""The tax on units that an account book's close finds missing: assessed here, stated there.

Source: GACC announcement 2024 No. 174: what is missing at a write-off close is taxed as goods that
went into free circulation, so the relief of retail import does not apply.
"""

from core import clock
from core.domain.errors import Refusal
from customs import queries, territories
from customs.domain.assessment import Assessment
from customs.services.intake import OrderedLine, tax_case
from warehouse.models import CloseLine
from warehouse.services import closing


def assess_shortage(line: CloseLine) -> Assessment:
    """The taxes in full on an item's missing units today, at the price of its last lot.

    Raises:
        Refusal: the rules cannot tax the goods, such as without a rate for their HS code.
    """
    product, on = line.item.product, clock.today()
    territory = territories.of(line.close.book.pool)
    case = tax_case(
        [OrderedLine(product, -line.difference, closing.unit_worth(line))],
        freight_minor=0,
        measures=queries.measures(territory.code, [product.hs_code], on),
    )
    return territory.assess_in_full(case, on)


def assessed_or_why_not(line: CloseLine) -> tuple[Assessment | None, Refusal | None]:
    """The assessment of an item's missing units, or the refusal that stands in its way."""
    try:
        return assess_shortage(line), None
    except Refusal as refusal:
        return None, refusal


def tax_shortage(line: CloseLine, *, stated_minor: int | None, because: str = "") -> CloseLine:
    """State the tax on missing units: as assessed now, or another amount with its reason.

    Raises:
        StatedWithoutReason: another amount without a reason, or none where nothing is assessed.
        StepNotAllowed: the close is filed, or not counted yet.
    """
    assessment, _ = assessed_or_why_not(line)
    assessed = (
        closing.Assessed(assessment.total_minor, assessment.as_json()) if assessment else None
    )
    minor = stated_minor if stated_minor is not None else (assessed.minor if assessed else 0)
    return closing.state_tax(line, assessed, stated_minor=minor, because=because)
