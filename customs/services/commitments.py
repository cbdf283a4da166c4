"""What a live declaration takes up: stock, the person's year, account book, guarantee, taxes.

Each can be given back, and is, when customs refuses or the order is cancelled.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from core import clock, ledger
from core.domain.chart import AccountCode, TransferCode
from core.domain.trade import from_minor
from core.models import Account, Appointment, Party, Person, Pool, Transfer
from customs.domain.assessment import OverPersonYearLimit
from customs.models import AnnualUse, ConsumerOrder, Declaration, DeclarationLine
from imports.models import Product
from warehouse import services as warehouse
from warehouse.models import Reservation
from warehouse.services import Booking

HELD_FOR = timedelta(days=60)
"""A paid order keeps its units this long; customs answers within days."""


def reserve_stock(
    declaration: Declaration, lines: Iterable[DeclarationLine], *, minimum_expiry: date | None
) -> None:
    """Promise the units of every line to the order; products in order, so that orders may cross.

    The shop platform is the channel: units that would not live as long as its importer promises
    there are not taken, nor such as the order itself excludes.

    Raises:
        NotEnoughStock: nothing stays reserved once the caller's transaction rolls back.
    """
    lines = list(lines)
    _lock_products(declaration, lines)
    until = usable_until(declaration.importer, declaration.order.platform, minimum_expiry)
    for line in sorted(lines, key=lambda line: (line.product_id, line.line_no)):
        warehouse.reserve(
            declaration.importer,
            line.product,
            line.units,
            request_key(declaration, line.line_no),
            until,
            expires_at=held_until(),
        )


def held_until() -> datetime:
    """The moment until which an order that is taken now keeps its units."""
    return clock.later(HELD_FOR)


def usable_until(importer: Party, platform: Party, minimum_expiry: date | None) -> date:
    """The day until which an order's units must be usable. One query.

    That of the order, or what the importer promises on the platform if it is later.
    """
    promised = warehouse.last_day_from(importer, platform.code, on=clock.today())
    return max(promised, minimum_expiry or date.min)


def reservations(declaration: Declaration, lines: Iterable[DeclarationLine]) -> list[Reservation]:
    """The reservations of the declaration's latest take. One query."""
    wanted = [request_key(declaration, line.line_no) for line in lines]
    rows = Reservation.objects.filter(importer_id=declaration.importer_id, request_key__in=wanted)
    return list(rows.order_by("pk"))


def _lock_products(declaration: Declaration, lines: Sequence[DeclarationLine]) -> None:
    """Orders of several products lock all of them first, so that none waits for another's next."""
    products = {line.product_id for line in lines}
    if len(products) > 1:
        warehouse.lock_stock(declaration.importer, products)


def free_stock(declaration: Declaration, lines: Iterable[DeclarationLine]) -> None:
    """Give the promised units back to the importer's free stock."""
    lines = list(lines)
    _lock_products(declaration, lines)
    for reservation in reservations(declaration, lines):
        warehouse.release_reservation(reservation)


def request_key(declaration: Declaration, line_no: int) -> str:
    """The key under which a line's units are reserved."""
    return f"customs.order:{declaration.order_id}/{declaration.takes}/{line_no}"


def used_this_year(person: Person | None, year: int) -> int:
    """What a person has used of a year, in minor units; nobody known has used nothing."""
    row = AnnualUse.objects.filter(person=person, year=year).first() if person else None
    return row.used_minor if row else 0


def use_year(order: ConsumerOrder, value_minor: int, limit_minor: int | None) -> None:
    """Count a value towards the buyer's year; of two orders at once the database lets in one.

    Where the territory has no limit nothing is counted. The limit is that of the day that counts:
    one that was changed within the year holds from its day on, and what was bought before stays.

    Raises:
        OverPersonYearLimit: the year has no room for it.
    """
    if limit_minor is None:
        return
    year = order_year(order)
    rows = AnnualUse.objects.filter(person_id=order.buyer_id, year=year)
    room = rows.filter(used_minor__lte=limit_minor - value_minor)
    more = {
        "used_minor": F("used_minor") + value_minor,
        "limit_minor": Greatest(F("limit_minor"), limit_minor),
    }
    if room.update(**more):
        return
    AnnualUse.objects.get_or_create(
        person_id=order.buyer_id, year=year, defaults={"limit_minor": limit_minor}
    )
    if not room.update(**more):
        used = rows.get().used_minor
        raise over_year(value_minor, used, limit_minor, year, order.pool.currency)


def over_year(
    value_minor: int, used_minor: int, limit_minor: int, year: int, currency: str
) -> OverPersonYearLimit:
    """The refusal of a value that a person's year has no room for."""
    return OverPersonYearLimit(
        value=from_minor(value_minor, currency),
        used=from_minor(used_minor, currency),
        limit=from_minor(limit_minor, currency),
        year=year,
    )


def free_year(order: ConsumerOrder, value_minor: int) -> None:
    """Take a value off the buyer's year again."""
    AnnualUse.objects.filter(person_id=order.buyer_id, year=order_year(order)).update(
        used_minor=F("used_minor") - value_minor
    )


def order_year(order: ConsumerOrder) -> int:
    """The year that an order counts in, by the pool's calendar."""
    return timezone.localtime(order.ordered_at).year


def units_by_product(lines: Iterable[DeclarationLine]) -> list[tuple[Product, int]]:
    """Units of each product, for the account book knows products and not lines."""
    units: Counter[int] = Counter()
    products = {}
    for line in lines:
        units[line.product_id] += line.units
        products[line.product_id] = line.product
    return [(products[pk], count) for pk, count in sorted(units.items())]


def bookings(
    declared: Iterable[tuple[Declaration, Iterable[DeclarationLine]]],
) -> list[Booking]:
    """The steps in the account book of declarations with their lines, by declaration number."""
    return [
        Booking(product.pk, units, declaration.cop_no)
        for declaration, lines in declared
        for product, units in units_by_product(lines)
    ]


def guarantee_accounts(pool: Pool, importer: Party, on: date) -> tuple[Account, Account]:
    """The guarantor's account and the other side of it; the operator guarantees if nobody else."""
    appointed = (
        Appointment.objects.in_force(on)
        .filter(importer_id=importer.pk, kind=Appointment.Kind.GUARANTOR)
        .select_related("party")
        .order_by("-valid_from", "-pk")
        .first()
    )
    return _sides(appointed.party if appointed else pool.operator, pool.currency)


def _sides(guarantor: Party, currency: str) -> tuple[Account, Account]:
    return (
        ledger.account(AccountCode.GUARANTEE, currency, owner=guarantor),
        ledger.account(AccountCode.EXTERNAL, currency, subject="customs"),
    )


def grant_guarantee(
    guarantor: Party, amount_minor: int, *, key: str, currency: str = "CNY"
) -> Transfer:
    """Write down the guarantee for consumer taxes that customs accepted from a guarantor."""
    guarantee, outside = _sides(guarantor, currency)
    return ledger.transfer(
        key=f"customs.guarantee/{key}",
        debit=outside,
        credit=guarantee,
        amount_minor=amount_minor,
        code=TransferCode.GUARANTEE_RESERVED,
        memo="Guarantee granted",
    )


def guarantee_specs(
    pool: Pool, declarations: Sequence[Declaration], on: date
) -> list[ledger.TransferSpec]:
    """Holds on the guarantees for the taxes of declarations; none where nothing is due."""
    sides = {}
    for declaration in declarations:
        if declaration.importer_id not in sides:
            sides[declaration.importer_id] = guarantee_accounts(pool, declaration.importer, on)
    return [
        ledger.TransferSpec(
            key=f"{declaration.cop_no}/guarantee",
            debit=sides[declaration.importer_id][0],
            credit=sides[declaration.importer_id][1],
            amount_minor=declaration.tax_minor,
            code=TransferCode.GUARANTEE_RESERVED,
        )
        for declaration in declarations
        if declaration.tax_minor
    ]


def hold_tax_in_trust(order: ConsumerOrder) -> None:
    """Put the taxes that the platform collected into trust; they are nobody's income."""
    _move_tax(order, key="tax", code=TransferCode.CONSUMER_TAX, is_refund=False)


def hold_taxes_in_trust(orders: Sequence[ConsumerOrder]) -> None:
    """The same for many orders of one importer. A fixed number of queries for each currency."""
    taxed: dict[str, list[ConsumerOrder]] = defaultdict(list)
    for order in orders:
        if order.tax_minor:
            taxed[order.pool.currency].append(order)
    for currency, found in sorted(taxed.items()):
        platforms = {order.platform_id for order in found}
        clearing = ledger.accounts_of(AccountCode.PLATFORM_CLEARING, currency, platforms)
        trust = ledger.account(AccountCode.TAX_TRUST, currency, owner=found[0].importer)
        ledger.transfer_many(
            [
                ledger.TransferSpec(
                    key=_tax_key(order, "tax"),
                    debit=clearing[order.platform_id],
                    credit=trust,
                    amount_minor=order.tax_minor,
                    code=TransferCode.CONSUMER_TAX,
                )
                for order in found
            ]
        )


def _tax_key(order: ConsumerOrder, what: str) -> str:
    return f"customs.order:{order.pk}/{what}"


def refund_tax(order: ConsumerOrder) -> None:
    """Give the taxes of a cancelled order back to the platform, for the consumer."""
    _move_tax(order, key="tax-refund", code=TransferCode.REFUND, is_refund=True)


def _move_tax(order: ConsumerOrder, *, key: str, code: TransferCode, is_refund: bool) -> None:
    if not order.tax_minor:
        return
    currency = order.pool.currency
    clearing = ledger.account(AccountCode.PLATFORM_CLEARING, currency, owner=order.platform)
    trust = ledger.account(AccountCode.TAX_TRUST, currency, owner=order.importer)
    ledger.transfer(
        key=_tax_key(order, key),
        debit=trust if is_refund else clearing,
        credit=clearing if is_refund else trust,
        amount_minor=order.tax_minor,
        code=code,
    )
