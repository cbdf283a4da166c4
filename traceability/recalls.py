"""Recalls: stock is blocked, pages switch, importers are told, and the effect is counted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import clock, facts, notices, tenancy
from core.domain.errors import Refusal
from core.models import Party, Pool
from core.models.notice import Notice
from imports.models import Product
from traceability.domain import codes
from traceability.models import Recall, RecallNotice, RecallUnit, ScanRecord
from traceability.services import code_hmac
from warehouse.domain.stock import Place
from warehouse.models import DispatchLine, DispatchOrder, Holding, Lot, UnitIdentity
from warehouse.services import Blocked, block_lots, block_units

TOLD = "traceability.recall.opened"

notices.register(
    TOLD,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("{product} is recalled ({number}): you hold {held} units and sold {sold}."),
        _noop("Stop selling it, tell your buyers, and confirm on the page of the recall."),
        is_mailed=True,
    ),
)


class NothingToRecall(Refusal):
    """Raised when no goods of the pool fall under a recall."""

    code = "nothing-to-recall"
    reason = "No goods of this pool fall under the recall."
    remedy = "Check the product's GTIN, the lot number and the codes."


class ForeignCodes(Refusal):
    """Raised when a list of codes holds some that are no codes of the product."""

    code = "recall-of-foreign-codes"
    reason = "{foreign} of {given} codes are none of this product."
    remedy = "Check the list against the labels; nothing was recalled."


@dataclass(frozen=True)
class Effect:
    """How far a recall has come."""

    sold_units: int
    blocked_units: int
    told: int
    acknowledged: int
    pages_read: int

    @property
    def acknowledged_percent(self) -> int:
        """Importers that confirmed, of those told; whole per cent, rounded down."""
        return 100 * self.acknowledged // self.told if self.told else 100


@dataclass(frozen=True)
class Told:
    """One importer's line of a recall."""

    importer: str
    importer_zh: str
    held_units: int
    sold_units: int
    acknowledged_at: datetime | None


def open_recall(
    pool: Pool,
    gtin: str,
    reason: str,
    *,
    number: str,
    lot_number: str = "",
    unit_codes: Sequence[str] = (),
) -> Recall:
    """Call goods of a pool back: the product, one lot of it, or the units of some codes.

    Blocks the stock, switches the pages and tells the importers in one transaction. The same
    number again returns the first recall and changes nothing.

    Raises:
        NothingToRecall, ForeignCodes, NotACode, BadCheck: nothing was recalled.
    """
    with tenancy.as_operator("a recall concerns every owner of the goods"), transaction.atomic():
        earlier = Recall.objects.filter(number=number, pool=pool).first()
        if earlier:
            return earlier
        goods = _goods(pool, gtin, lot_number, unit_codes)
        if goods.units is None:
            blocked = block_lots(goods.lots, reference=f"recall:{number}")
            held, sold = _held(goods.lots), _sold_lots(goods.lots)
        else:
            blocked = Blocked(0, 0, block_units(goods.units))
            held, sold = {}, _sold_units(goods.units)
        recall = _write(pool, goods, reason, number, blocked)
        _tell_all(recall, held, sold)
        _append(recall, goods, sum(sold.values()))
        return recall


@dataclass(frozen=True)
class _Goods:
    """What falls under a recall; ``units`` are ids of single units, or None for whole lots."""

    scope: str
    product: Product
    lots: list[Lot]
    units: list[int] | None


def _goods(pool: Pool, gtin: str, lot_number: str, unit_codes: Sequence[str]) -> _Goods:
    product = Product.objects.filter(gtin=gtin).first()
    lots = _lots(pool, product, lot_number)
    if product is None or not lots:
        raise NothingToRecall
    units = _units(lots, unit_codes) if unit_codes else None
    return _Goods(_scope(lot_number, unit_codes), product, lots, units)


def _write(pool: Pool, goods: _Goods, reason: str, number: str, blocked: Blocked) -> Recall:
    units = goods.units
    if units is None:
        rows = UnitIdentity.objects.filter(lot__in=goods.lots)
        units = list(rows.values_list("pk", flat=True))
    recall = Recall.objects.create(
        pool=pool,
        number=number,
        scope=goods.scope,
        product=goods.product,
        lot=goods.lots[0] if goods.scope == Recall.Scope.LOT else None,
        reason=reason,
        opened_at=clock.now(),
        blocked_units=blocked.units,
        stopped_codes=blocked.identities,
    )
    RecallUnit.objects.bulk_create(
        [RecallUnit(recall=recall, identity_id=unit) for unit in units], batch_size=1000
    )
    return recall


def _append(recall: Recall, goods: _Goods, sold: int) -> None:
    data = {
        "recall": recall.pk,
        "scope": recall.scope,
        "product": recall.product_id,
        "lots": [each.pk for each in goods.lots],
        "units": recall.blocked_units,
        "sold": sold,
    }
    facts.append("traceability.recall.opened", subject=f"recall:{recall.pk}", data=data)


def _scope(lot_number: str, unit_codes: Sequence[str]) -> str:
    if unit_codes:
        return Recall.Scope.UNITS
    return Recall.Scope.LOT if lot_number else Recall.Scope.PRODUCT


def _lots(pool: Pool, product: Product | None, number: str) -> list[Lot]:
    rows = Lot.objects.filter(product=product, book_item__book__pool=pool).order_by("pk")
    return list(rows.filter(number=number) if number else rows)


def _units(lots: Sequence[Lot], unit_codes: Sequence[str]) -> list[int]:
    """Ids of the units that bear some codes, all of them of the lots."""
    hashes = {code_hmac(codes.read_code(code)) for code in unit_codes}
    found: list[int] = []
    for some in _in_parts(sorted(hashes)):
        rows = UnitIdentity.objects.filter(code_hmac__in=some, lot__in=lots)
        found += rows.values_list("pk", flat=True)
    if len(found) != len(hashes):
        raise ForeignCodes(foreign=len(hashes) - len(found), given=len(hashes))
    return sorted(found)


def _in_parts(hashes: Sequence[bytes], size: int = 5_000) -> Iterator[Sequence[bytes]]:
    """Hashes in parts that one query can hold."""
    return (hashes[first : first + size] for first in range(0, len(hashes), size))


def _sold_lots(lots: Sequence[Lot]) -> Counter[int]:
    """Units of lots shipped to consumers, by importer. One query."""
    lines = DispatchLine.objects.filter(lot__in=lots, order__state=DispatchOrder.State.SHIPPED)
    rows = lines.values_list("order__importer_id").annotate(sent=Sum("units"))
    return Counter(dict(rows))


def _sold_units(units: Sequence[int]) -> Counter[int]:
    rows = UnitIdentity.objects.filter(
        pk__in=units, dispatch_line__order__state=DispatchOrder.State.SHIPPED
    )
    return Counter(rows.values_list("dispatch_line__order__importer_id", flat=True))


def _held(lots: Sequence[Lot]) -> dict[int, int]:
    """Units of lots now in quarantine, by owner. One query."""
    rows = Holding.objects.filter(lot__in=lots, place=Place.QUARANTINE, units__gt=0)
    return dict(rows.values_list("owner_id").annotate(kept=Sum("units")))


def _tell_all(recall: Recall, held: dict[int, int], sold: Counter[int]) -> None:
    importers = Party.objects.filter(
        pk__in=held.keys() | sold.keys(), kind=Party.Kind.IMPORTER
    ).order_by("pk")
    for party in importers:
        mine = {"held_units": held.get(party.pk, 0), "sold_units": sold.get(party.pk, 0)}
        RecallNotice.objects.create(recall=recall, importer_id=party.pk, **mine)
        notices.tell(
            party,
            TOLD,
            key=f"{TOLD}/{recall.pk}/{party.pk}",
            params={
                "product": notices.both(recall.product.name, recall.product.name_zh),
                "number": recall.number,
                "held": mine["held_units"],
                "sold": mine["sold_units"],
            },
            address=reverse("recall", args=[recall.pk]),
        )


@transaction.atomic
def acknowledge(notice: RecallNotice, *, by: str) -> bool:
    """An importer confirms that it knows; again changes nothing. Whether it was new."""
    fresh = RecallNotice.objects.filter(pk=notice.pk, acknowledged_at__isnull=True).update(
        acknowledged_at=clock.now(), acknowledged_by=by
    )
    if fresh:
        notices.settle_many([f"{TOLD}/{notice.recall_id}/{notice.importer_id}"])
        facts.append(
            "traceability.recall.acknowledged",
            subject=f"recall:{notice.recall_id}",
            data={"recall": notice.recall_id, "importer": notice.importer_id},
        )
    return bool(fresh)


def effect(recall: Recall) -> Effect:
    """How many are blocked, sold, told, confirmed, and how many sold units' pages were read since.

    Three queries.
    """
    rows = list(recall.notices.values_list("sold_units", "held_units", "acknowledged_at"))
    read = ScanRecord.objects.filter(identity__recalled_by__recall=recall, at__gte=recall.opened_at)
    seen = read.values("identity_id").distinct().count()
    return Effect(
        sold_units=sum(sold for sold, _, _ in rows),
        blocked_units=recall.blocked_units,
        told=len(rows),
        acknowledged=sum(at is not None for _, _, at in rows),
        pages_read=seen,
    )


def told(recall: Recall) -> list[Told]:
    """The importers of a recall in view, by name. One query."""
    rows = recall.notices.select_related("importer").order_by("importer__name")
    return [
        Told(
            row.importer.name,
            row.importer.name_zh,
            row.held_units,
            row.sold_units,
            row.acknowledged_at,
        )
        for row in rows
    ]
