"""The way into the zone on paper: the list (核注清单) of a consignment, one per account book.

A list written after the count declares what was announced and came; one written before it
declares what was announced. What customs has it enter, and when, follows from its answers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from core import clock, numbering
from core.domain.errors import Refusal
from customs.domain import zone
from customs.jurisdictions.cn.codes import country_codes, currency_code
from customs.jurisdictions.cn.messages.bonded_writing import LIST, BondedMessage
from customs.jurisdictions.cn.messages.papers import Texts
from customs.models import ZonePaper
from customs.services import shared_passes, zone_papers
from imports.models import Consignment, ConsignmentLine, PurchaseOrderLine
from warehouse import services as warehouse
from warehouse.models import BookItem, ReceiptLine

_RETAIL, _HOME, _FREE, _RAW = "1210", "142", "3", "I"
_BY_SEA, _BY_AIR = "2", "5"
_RECORD_LIST = "3"
"""Kind of declaration that the list leads to: 进境货物备案清单 (``DecType``)."""

_BEING_LISTED = frozenset(zone.RANK) - {zone.REFUSED, zone.CANCELLED}


class NothingToList(Refusal):
    """Raised when no announced unit of a consignment came."""

    code = "nothing-to-list"
    reason = "No announced unit of consignment {consignment} came."
    remedy = "There is nothing to declare; claim what is short from the supplier."


@transaction.atomic
def write_entry_lists(consignment: Consignment, on: date | None = None) -> list[ZonePaper]:
    """The lists by which a consignment enters the account book, one per book; again: the same.

    A refused or cancelled list is not in the way of a new one.

    Raises:
        NothingToList: the count found none of what was announced.
        NoAccountBook: the pool has no book in force for these goods.
    """
    Consignment.objects.select_for_update().get(pk=consignment.pk)
    written = ZonePaper.objects.filter(consignment=consignment, state__in=_BEING_LISTED)
    if written.exists():
        return list(written.order_by("pk"))
    units = _units(consignment)
    lines = [row.order_line for row in _announced(consignment) if units[row.order_line_id]]
    if not lines:
        raise NothingToList(consignment=consignment.number)
    day = on or clock.today()
    items = warehouse.items_of(consignment, [line.product for line in lines], day)
    by_book: dict[str, list[PurchaseOrderLine]] = {}
    for line in lines:
        by_book.setdefault(items[line.product_id].book.number, []).append(line)
    return [_write(consignment, book, own, items, units) for book, own in sorted(by_book.items())]


def _announced(consignment: Consignment) -> Iterable[ConsignmentLine]:
    rows = ConsignmentLine.objects.filter(consignment=consignment)
    return rows.select_related("order_line__product", "order_line__order").order_by("pk")


def _units(consignment: Consignment) -> Counter[int]:
    """Units to be declared by order line: those counted, or those announced before the count."""
    found: Counter[int] = Counter()
    counted = ReceiptLine.objects.filter(receipt__consignment=consignment)
    for row in counted:
        found[row.order_line_id] += row.expected - row.short
    if found:
        return found
    for line in _announced(consignment):
        found[line.order_line_id] += line.units
    return found


def _write(
    consignment: Consignment,
    book: str,
    lines: Sequence[PurchaseOrderLine],
    items: dict[int, BookItem],
    units: Counter[int],
) -> ZonePaper:
    number = numbering.next_number("EL", clock.today().year)
    pool = consignment.pool
    message = BondedMessage(
        name=LIST,
        head={**_head(consignment), "PutrecNo": book, "EtpsInnerInvtNo": number},
        lines=tuple(
            _line(n, line, items[line.product_id], units[line.pk])
            for n, line in enumerate(lines, start=1)
        ),
        own={"OperCusRegCode": pool.keeper.customs_code, "SysId": "Z8"},
    )
    return zone_papers.keep(
        zone.LIST,
        zone.IN,
        pool,
        message,
        number=number,
        account_book=book,
        consignment=consignment,
    )


def _head(consignment: Consignment) -> dict[str, str]:
    pool = consignment.pool
    operator = pool.operator
    origin = country_codes().get(consignment.origin_port[:2])
    return {
        **zone_papers.parties(pool),
        "ImpexpPortcd": pool.customs_district,
        "DclPlcCuscd": pool.customs_district,
        "ImpexpMarkcd": "I",
        "MtpckEndprdMarkcd": _RAW,
        "SupvModecd": _RETAIL,
        "TrspModecd": _BY_AIR if consignment.mode == Consignment.Mode.AIR else _BY_SEA,
        "DclcusFlag": "1",
        "DclcusTypecd": "2",
        "GenDecFlag": "1",
        "DecType": _RECORD_LIST,
        "CorrEntryDclEtpsSccd": operator.uscc,
        "CorrEntryDclEtpsNo": operator.customs_code[:10],
        "CorrEntryDclEtpsNm": zone_papers.named(operator),
        "StshipTrsarvNatcd": origin.code if origin else "",
        "InvtType": "0",
        "DclTypecd": "1",
    }


def _line(number: int, line: PurchaseOrderLine, item: BookItem, units: int) -> Texts:
    product, currency = line.product, line.order.currency
    country = country_codes().get(product.origin)
    second = product.second_qty_per_unit
    return {
        "PutrecSeqno": str(item.item_no),
        "GdsSeqno": str(number),
        "GdsMtno": str(item.item_no),
        "Gdecd": product.hs_code,
        "GdsNm": product.name_zh or product.name,
        "GdsSpcfModelDesc": product.model_zh or product.name_zh or product.name,
        "DclUnitcd": product.declared_unit,
        "LawfUnitcd": product.statutory_unit,
        "SecdLawfUnitcd": product.second_unit if second else "",
        "Natcd": country.code if country else product.origin,
        "DclUprcAmt": zone_papers.amount(line.unit_price_minor, currency),
        "DclTotalAmt": zone_papers.amount(line.unit_price_minor * units, currency),
        "DclCurrcd": currency_code(currency),
        "LawfQty": f"{(product.statutory_qty_per_unit * units).normalize():f}",
        "SecdLawfQty": f"{(second * units).normalize():f}" if second else "",
        "DclQty": str(units),
        "GrossWt": zone_papers.kilograms(product.gross_weight_g * units),
        "NetWt": zone_papers.kilograms(product.net_weight_g * units),
        "LvyrlfModecd": _FREE,
        "EntryGdsSeqno": str(number),
        "DestinationNatcd": _HOME,
        "ClyMarkcd": "1" if product.danger_class.strip("0") else "0",
        "ModfMarkcd": "3",
    }


def follow(paper: ZonePaper, on: date) -> int:
    """Have the account book follow a list in: announced once approved, entered once counted.

    Its goods are counted also when the vehicle that carries an approved list has passed the gate;
    where several vehicles carry it, as far as they passed. Gives the units entered now; again
    nothing.
    """
    if paper.consignment is None or paper.state not in zone.STANDS:
        return 0
    warehouse.expect_entry(paper.consignment, units_of(paper), on, list_no=paper.number)
    gate = paper.gate_pass
    if paper.state == zone.COUNTED or (gate is not None and gate.state == zone.PASSED):
        return warehouse.enter_expected(paper.consignment, on, list_no=paper.number)
    by_line = shared_passes.passed_units(paper)
    if not by_line:
        return 0
    passed = _by_product(paper, by_line)
    return warehouse.enter_expected(paper.consignment, on, list_no=paper.number, passed=passed)


def units_of(paper: ZonePaper) -> dict[int, int]:
    """Units that a list declares, by product; the book's items are known by their numbers."""
    return _by_product(paper)


def _by_product(paper: ZonePaper, by_line: Mapping[int, int] | None = None) -> dict[int, int]:
    """Units of a list by product: all that it declares, or those of some of its lines."""
    declared: Counter[int] = Counter()
    for line in zone_papers.message_of(paper).lines:
        units = int(line["DclQty"]) if by_line is None else by_line.get(int(line["GdsSeqno"]), 0)
        declared[int(line["PutrecSeqno"])] += units
    rows = BookItem.objects.filter(book__number=paper.account_book, item_no__in=declared)
    return {product: declared[no] for no, product in rows.values_list("item_no", "product_id")}
