"""How taken orders, used papers, people's years and stock stand while orders are judged in turn.

Read once for many orders, then moved on in memory with each order that is to be taken, so that
every order meets what those before it leave, as if they had been taken one after another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core import clock, tenancy, vault
from core.models import Party
from customs.domain.assessment import Assessment
from customs.models import AnnualUse, ConsumerOrder, PaymentRecord, PersonQuantity, Waybill
from customs.services import quantities
from customs.services.commitments import over_year
from customs.services.grounds import Grounds, assessed
from customs.services.intake import OrderIntake
from customs.services.taking import OrderTakenOtherwise, payment_used, waybill_used
from warehouse import services as warehouse
from warehouse.domain.fefo import LotOnHand, NotEnoughStock, Pick, pick_first_expiring

Paper = tuple[int, str]
"""A party and the number that it gave."""

YearKey = tuple[bytes, int]
"""A buyer and a year."""

QuantityKey = tuple[bytes, int, str]
"""A buyer, a year, and a line of the positive list."""

Picks = dict[int, list[Pick]]
"""What serves the lines of an order, by line number, in the order in which they are served."""

Lots = dict[int, list[LotOnHand]]
"""Free units by product."""


@dataclass(slots=True)
class Used:
    """What a buyer has used of a year's limit, and what the orders at hand use more.

    ``row`` is where it is kept; None for one that is not kept yet. A limit that was changed within
    the year holds from its day on; the highest that counted is kept.
    """

    most: int = 0
    used: int = 0
    more: int | None = None
    row: int | None = None
    is_by_weight: bool = False

    @property
    def total(self) -> int:
        """What is used with the orders at hand."""
        return self.used + (self.more or 0)

    def use(self, amount: int, most: int) -> None:
        """Use more of it, on a day on which that much may be used."""
        self.more = (self.more or 0) + amount
        self.most = max(self.most, most)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An order that is to be taken, with everything that was decided of it."""

    intake: OrderIntake
    print_of_it: bytes
    grounds: Grounds
    assessment: Assessment
    picks: Picks


@dataclass
class Standing:
    """What the orders of one importer are judged against."""

    taken: dict[Paper, bytes]
    """Fingerprints by platform and number."""
    payments: set[Paper]
    waybills: set[Paper]
    years: dict[YearKey, Used]
    quantities: dict[QuantityKey, Used]
    lots: Lots
    usable_from: Mapping[str, date]
    """The day until which units must be usable, by platform."""
    short: set[int] = field(default_factory=set)
    """Products of which an order found too few."""

    def is_taken(self, intake: OrderIntake, print_of_it: bytes) -> bool:
        """Whether the order was taken before.

        Raises:
            OrderTakenOtherwise: its number was, and says something else.
        """
        found = self.taken.get(order_key(intake))
        if found is not None and found != print_of_it:
            raise OrderTakenOtherwise(order_no=intake.order_no)
        return found is not None

    def accept(self, intake: OrderIntake, print_of_it: bytes, grounds: Grounds) -> Accepted:
        """Decide that an order is to be taken; what comes after it meets what it leaves.

        Raises:
            Refusal: what speaks against it first, as ``take_order`` says it; nothing changed.
        """
        assessment = self.judge(intake, grounds)
        picks, lots = self._pick(intake)
        self._refuse_full_year(intake, grounds, assessment)
        self.lots.update(lots)
        self._use(intake, grounds, assessment)
        self.taken[order_key(intake)] = print_of_it
        self.payments.add(payment_key(intake))
        self.waybills.add(waybill_key(intake))
        return Accepted(intake, print_of_it, grounds, assessment, picks)

    def judge(self, intake: OrderIntake, grounds: Grounds) -> Assessment:
        """The assessment of papers that keep every rule.

        Raises:
            Refusal: whichever comes first.
        """
        for refusal in grounds.breaches():
            raise refusal
        if payment_key(intake) in self.payments:
            raise payment_used(intake.payment)
        if waybill_key(intake) in self.waybills:
            raise waybill_used(intake.parcel)
        buyer, year = buyer_key(intake), grounds.on.year
        asked = quantities.asked_of(intake.lines, grounds.quotas)
        rows = {quota.hs: self.quantities.get((buyer, year, quota.hs)) for quota in asked}
        used = {hs: row.total for hs, row in rows.items() if row}
        quantities.refuse_beyond(asked, used, year)
        spent = self.years.get((buyer, year))
        return assessed(intake, grounds, spent.total if spent else 0)

    def shortages(self, intake: OrderIntake) -> list[NotEnoughStock]:
        """Products of which fewer units are free than the order's lines ask for together."""
        asked: dict[int, int] = {}
        for line in intake.lines:
            asked[line.product.pk] = asked.get(line.product.pk, 0) + line.units
        day, found = self._last_day(intake), []
        for product_id, units in sorted(asked.items()):
            usable = [x for x in self.lots[product_id] if (x.expires_on or date.max) >= day]
            free = sum(lot.free_units for lot in usable)
            if free < units:
                found.append(NotEnoughStock(free=free, asked=units))
        return found

    def _last_day(self, intake: OrderIntake) -> date:
        return max(self.usable_from[intake.platform.code], intake.minimum_expiry or date.min)

    def _pick(self, intake: OrderIntake) -> tuple[Picks, Lots]:
        """What serves an order's lines, and what that leaves of their products."""
        day, picks, left = self._last_day(intake), {}, Lots()
        numbered = sorted(enumerate(intake.lines, start=1), key=lambda x: (x[1].product.pk, x[0]))
        for number, line in numbered:
            lots = left.get(line.product.pk, self.lots[line.product.pk])
            try:
                picks[number] = pick_first_expiring(lots, line.units, last_day_from=day)
            except NotEnoughStock:
                self.short.add(line.product.pk)
                raise
            left[line.product.pk] = _without(lots, picks[number])
        return picks, left

    def _refuse_full_year(
        self, intake: OrderIntake, grounds: Grounds, assessment: Assessment
    ) -> None:
        """The year as it is counted: by dutiable value."""
        year = grounds.on.year
        spent = self.years.get((buyer_key(intake), year))
        limit = grounds.territory.person_year_limit_minor(grounds.on)
        value, used = assessment.dutiable_minor, spent.total if spent else 0
        if limit is not None and used + value > limit:
            raise over_year(value, used, limit, year, intake.pool.currency)

    def _use(self, intake: OrderIntake, grounds: Grounds, assessment: Assessment) -> None:
        buyer, year = buyer_key(intake), grounds.on.year
        limit = grounds.territory.person_year_limit_minor(grounds.on)
        if limit is not None:
            self.years.setdefault((buyer, year), Used()).use(assessment.dutiable_minor, limit)
        for quota, amount in quantities.asked_of(intake.lines, grounds.quotas).items():
            kept = Used(is_by_weight=quota.is_by_weight)
            self.quantities.setdefault((buyer, year, quota.hs), kept).use(amount, quota.most)


def _without(lots: Iterable[LotOnHand], picks: Iterable[Pick]) -> list[LotOnHand]:
    taken = {pick.lot_id: pick.units for pick in picks}
    return [
        replace(lot, free_units=lot.free_units - taken[lot.lot_id]) if lot.lot_id in taken else lot
        for lot in lots
    ]


def order_key(intake: OrderIntake) -> Paper:
    """What no two orders share: the platform and its number."""
    return (intake.platform.pk, intake.order_no)


def payment_key(intake: OrderIntake) -> Paper:
    """What no two orders share of their payments."""
    return (intake.payment.company.pk, intake.payment.transaction_no)


def waybill_key(intake: OrderIntake) -> Paper:
    """What no two orders share of their waybills."""
    return (intake.parcel.carrier.pk, intake.parcel.waybill_no)


def buyer_key(intake: OrderIntake) -> bytes:
    """Who buys, by the keyed digest of the identity number; without one, each order's own buyer."""
    if intake.buyer.id_number:
        return vault.digest("id_number", intake.buyer.id_number)
    return repr(order_key(intake)).encode()


def standing_of(
    importer: Party, intakes: Sequence[OrderIntake], grounds: Sequence[Grounds]
) -> Standing:
    """How things stand for orders that are judged now. Eight queries, whatever the number.

    Buyers whom the vault knows are locked first, so that no two processes judge one person at
    once. Orders are looked up last: what an order of another process has changed is only ever
    seen together with that order, which is then found and not refused. Only for an importer in
    view.
    """
    people = vault.find_many("id_number", [intake.buyer.id_number for intake in intakes])
    buyers = {person.pk: digest for digest, person in people.items()}
    years = {each.on.year for each in grounds}
    products = {line.product.pk for intake in intakes for line in intake.lines}
    platforms = [intake.platform.code for intake in intakes]
    return Standing(
        years=_years(buyers, years),
        quantities=_quantities(buyers, years) if any(each.quotas for each in grounds) else {},
        usable_from=warehouse.last_days_from(importer, platforms, on=clock.today()),
        lots=warehouse.on_hand(importer, products),
        payments=_payments(intakes),
        waybills=_waybills(intakes),
        taken=_taken(intakes),
    )


def _years(buyers: Mapping[int, bytes], years: Iterable[int]) -> dict[YearKey, Used]:
    rows = AnnualUse.objects.filter(person_id__in=buyers, year__in=years)
    return {
        (buyers[row.person_id], row.year): Used(row.limit_minor, row.used_minor, row=row.pk)
        for row in rows
    }


def _quantities(buyers: Mapping[int, bytes], years: Iterable[int]) -> dict[QuantityKey, Used]:
    rows = PersonQuantity.objects.filter(person_id__in=buyers, year__in=years)
    return {
        (buyers[row.person_id], row.year, row.hs): Used(
            row.most, row.used, row=row.pk, is_by_weight=row.is_by_weight
        )
        for row in rows
    }


def _payments(intakes: Sequence[OrderIntake]) -> set[Paper]:
    keys = [payment_key(intake) for intake in intakes]
    rows = PaymentRecord.objects.filter(
        company__in={company for company, _ in keys}, transaction_no__in=[no for _, no in keys]
    )
    return set(rows.values_list("company_id", "transaction_no"))


def _waybills(intakes: Sequence[OrderIntake]) -> set[Paper]:
    keys = [waybill_key(intake) for intake in intakes]
    rows = Waybill.objects.filter(
        carrier__in={carrier for carrier, _ in keys}, waybill_no__in=[no for _, no in keys]
    )
    return set(rows.values_list("carrier_id", "waybill_no"))


def _taken(intakes: Sequence[OrderIntake]) -> dict[Paper, bytes]:
    return {
        (row.platform_id, row.order_no): bytes(row.intake_hmac) for row in orders_taken(intakes)
    }


def orders_taken(intakes: Sequence[OrderIntake]) -> Iterable[ConsumerOrder]:
    """Orders of the same numbers that were taken, of whatever importer. One query."""
    keys = {order_key(intake) for intake in intakes}
    with tenancy.as_operator("look for orders taken before"):
        rows = ConsumerOrder.objects.filter(
            platform__in={platform for platform, _ in keys}, order_no__in=[no for _, no in keys]
        )
        return [row for row in rows if (row.platform_id, row.order_no) in keys]
