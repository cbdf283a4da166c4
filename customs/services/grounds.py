"""What orders are judged on that taking them does not change: papers, rules, measures, quotas."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from core.domain.errors import Refusal
from core.domain.trade import from_minor
from core.models import Pool
from customs import queries, territories
from customs.domain.assessment import Assessment, TaxCollectedDiffers
from customs.domain.jurisdiction import Jurisdiction
from customs.domain.measures import Measure
from customs.domain.papers import Papers
from customs.services import quantities
from customs.services.intake import OnRecord, OrderIntake, papers_of, tax_case
from imports import queries as imports
from imports.domain.positive_list import ListedLine
from warehouse.models import BookItem

TOLERANCE_MINOR = 1
"""Platform and assessment may differ by a cent, as customs' own notices do."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """An order's papers as the rules read them on its day, with the measures and quotas then."""

    on: date
    territory: Jurisdiction
    papers: Papers
    measures: tuple[Measure, ...]
    quotas: quantities.Quotas

    def breaches(self) -> Iterator[Refusal]:
        """Every rule in force that the papers break."""
        return self.territory.breaches(self.papers, self.on)


def grounds_of(intakes: Sequence[OrderIntake]) -> list[Grounds]:
    """The grounds of each order. Two queries for each pool and two for each territory."""
    records = {pool: on_record(pool, found) for pool, found in _by_pool(intakes).items()}
    rules = {
        code: _Rules(territories.of(found[0].pool), found)
        for code, found in _by_territory(intakes).items()
    }
    return [
        rules[territories.of(intake.pool).code].grounds(intake, records[intake.pool])
        for intake in intakes
    ]


def _by_pool(intakes: Iterable[OrderIntake]) -> dict[Pool, list[OrderIntake]]:
    found: dict[Pool, list[OrderIntake]] = defaultdict(list)
    for intake in intakes:
        found[intake.pool].append(intake)
    return found


def on_record(pool: Pool, intakes: Iterable[OrderIntake]) -> OnRecord:
    """What the zone has on record of the products of orders. Two queries."""
    ids = {line.product.pk for intake in intakes for line in intake.lines}
    return OnRecord(record_nos(pool, ids), queries.confirmed_codes(ids, pool.zone_code))


def record_nos(pool: Pool, product_ids: Iterable[int]) -> dict[int, str]:
    """Item numbers of products in the pool's account books: the oldest book that has units left."""
    items = BookItem.objects.filter(book__pool=pool, product_id__in=list(product_ids))
    by_age = sorted(
        items.select_related("book"),
        key=lambda item: (item.counters.surplus_units <= 0, item.book.cycle_from, item.pk),
    )
    return {item.product_id: str(item.item_no) for item in reversed(by_age)}


def day_of(intake: OrderIntake) -> date:
    """The day of an order by the pool's calendar."""
    return timezone.localtime(intake.ordered_at).date()


class _Rules:
    """A territory's measures and quotas for some orders; each day and set of codes is read once."""

    def __init__(self, territory: Jurisdiction, intakes: Sequence[OrderIntake]) -> None:
        self.territory = territory
        days = [day_of(intake) for intake in intakes]
        codes = {code for intake in intakes for code in _codes(intake)}
        self.held = queries.measures_between(territory.code, codes, min(days), max(days))
        self.lines: list[ListedLine] = []
        if any(territory.person_year_limit_minor(day) is not None for day in set(days)):
            self.lines = imports.person_year_lines()
        self.known: dict[
            tuple[date, frozenset[str]], tuple[tuple[Measure, ...], quantities.Quotas]
        ] = {}

    def grounds(self, intake: OrderIntake, record: OnRecord) -> Grounds:
        """What one of the orders is judged on."""
        on, codes = day_of(intake), frozenset(_codes(intake))
        if (on, codes) not in self.known:
            self.known[on, codes] = (self._measures(codes, on), self._quotas(codes, on))
        measures, quotas = self.known[on, codes]
        return Grounds(on, self.territory, papers_of(intake, record), measures, quotas)

    def _measures(self, codes: Iterable[str], on: date) -> tuple[Measure, ...]:
        begun = queries.prefixes(codes)
        return tuple(each for each in self.held if each.hs_prefix in begun and each.is_in_force(on))

    def _quotas(self, codes: Iterable[str], on: date) -> quantities.Quotas:
        """What a person's year allows of the goods, where the territory counts it."""
        if self.territory.person_year_limit_minor(on) is None:
            return {}
        return quantities.quotas_of(codes, self.lines, on)


def _by_territory(intakes: Iterable[OrderIntake]) -> dict[str, list[OrderIntake]]:
    found: dict[str, list[OrderIntake]] = defaultdict(list)
    for intake in intakes:
        found[territories.of(intake.pool).code].append(intake)
    return found


def _codes(intake: OrderIntake) -> list[str]:
    return [line.product.hs_code for line in intake.lines]


def assessed(intake: OrderIntake, grounds: Grounds, used_this_year_minor: int) -> Assessment:
    """The assessment of an order whose buyer has used that much of the year.

    Raises:
        OverOrderLimit, OverPersonYearLimit: as the assessment says.
        TaxCollectedDiffers: the platform collected something else.
    """
    case = tax_case(
        intake.lines,
        freight_minor=intake.freight_minor,
        used_this_year_minor=used_this_year_minor,
        measures=grounds.measures,
    )
    assessment = grounds.territory.assess(case, grounds.on)
    if abs(intake.tax_minor - assessment.total_minor) > TOLERANCE_MINOR:
        raise TaxCollectedDiffers(
            order_no=intake.order_no,
            collected=from_minor(intake.tax_minor, intake.pool.currency),
            assessed=from_minor(assessment.total_minor, intake.pool.currency),
        )
    return assessment
