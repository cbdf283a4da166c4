"""The way out of the zone on paper: lists (核注清单) of released parcels, and what they move.

A list names the released declarations that leave together. When customs approves it, their units
go from expected out (预减) to actual out (实减). The list as it was sent is kept as a document, so
an answer needs no more than the list's number and may come again.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from core import clock, numbering, tenancy
from core.domain.errors import Refusal
from core.models import Pool
from customs.domain import zone
from customs.domain.states import LET_GO
from customs.jurisdictions.cn.codes import country_codes
from customs.jurisdictions.cn.messages.bonded_writing import LIST, BondedMessage
from customs.jurisdictions.cn.messages.papers import Texts
from customs.models import Declaration, DeclarationLine, ZonePaper
from customs.services import commitments, zone_papers
from warehouse import services as warehouse
from warehouse.domain.book import BookStep

_YUAN, _HOME, _RETAIL, _BY_RETAIL = "142", "142", "1210", "W"


class NotToBeListed(Refusal):
    """Raised when a declaration that is to leave on a list has not been released."""

    code = "not-to-be-listed"
    reason = "Declaration {number} has no release of customs, or is in another pool."
    remedy = "List released declarations of one pool only."


class ListTakenOtherwise(Refusal):
    """Raised when a list's number was used for other declarations."""

    code = "list-taken-otherwise"
    reason = "List {number} was written before with other declarations."
    remedy = "Give a further list a number of its own."


@transaction.atomic
def write_exit_list(
    pool: Pool,
    declarations: Sequence[Declaration],
    *,
    number: str = "",
    sender: str = "",
    card: str = "",
) -> ZonePaper:
    """The list of released declarations that leave together, as sent; kept once per number.

    Without a number it gets the next one.

    Raises:
        NotToBeListed: one of them is not released or of another pool.
        ListTakenOtherwise: the number was used for other declarations.
    """
    with tenancy.as_operator("write a list of released parcels"):
        rows = list(
            Declaration.objects.filter(pk__in=[row.pk for row in declarations])
            .select_related("order__pool")
            .prefetch_related("lines__product")
            .order_by("invt_no")
        )
        if not rows:
            raise NotToBeListed(number="–")
        for row in rows:
            if row.state not in LET_GO or not row.invt_no or row.order.pool_id != pool.pk:
                raise NotToBeListed(number=row.cop_no or str(row.pk))
        earlier = zone_papers.find(zone.LIST, number)
        if earlier is not None:
            return _refuse_if_different(earlier, number, [row.invt_no for row in rows])
        number = number or numbering.next_number("XL", clock.today().year)
        message = BondedMessage(
            name=LIST,
            head=_head(pool, rows, number),
            lines=tuple(_lines(rows)),
            related=tuple({"CbecBillNo": row.invt_no} for row in rows),
            own={"OperCusRegCode": pool.keeper.customs_code, "SysId": "Z8"},
        )
        paper = zone_papers.keep(
            zone.LIST,
            zone.OUT,
            pool,
            message,
            number=number,
            sender=sender,
            card=card,
            account_book=rows[0].account_book,
        )
        Declaration.objects.filter(pk__in=[row.pk for row in rows]).update(exit_list=paper)
        return paper


def _refuse_if_different(earlier: ZonePaper, number: str, invt_nos: list[str]) -> ZonePaper:
    if sorted(listed(earlier)) != sorted(invt_nos):
        raise ListTakenOtherwise(number=number)
    return earlier


def listed(paper: ZonePaper) -> list[str]:
    """The declarations that a list names, by customs' numbers."""
    return [bill["CbecBillNo"] for bill in zone_papers.message_of(paper).related]


def _head(pool: Pool, rows: Sequence[Declaration], number: str) -> dict[str, str]:
    return {
        "PutrecNo": rows[0].account_book,
        "EtpsInnerInvtNo": number,
        **zone_papers.parties(pool),
        "ImpexpPortcd": pool.customs_district,
        "DclPlcCuscd": pool.customs_district,
        "ImpexpMarkcd": "E",
        "MtpckEndprdMarkcd": "I",
        "SupvModecd": _RETAIL,
        "TrspModecd": _BY_RETAIL,
        "DclcusFlag": "2",
        "GenDecFlag": "2",
        "StshipTrsarvNatcd": _HOME,
        "InvtType": "8",
        "DclTypecd": "1",
    }


def _lines(rows: Iterable[Declaration]) -> Iterable[Texts]:
    """Lines of goods, summed where record, price, unit and origin are the same."""
    same: dict[tuple[object, ...], list[DeclarationLine]] = {}
    for row in rows:
        for line in row.lines.all():
            key = (line.record_no, line.hs_code, line.price_minor, line.origin, line.unit)
            same.setdefault(key, []).append(line)
    for number, lines in enumerate(same.values(), start=1):
        yield _line(number, lines)


def _line(number: int, lines: Sequence[DeclarationLine]) -> dict[str, str]:
    first, units = lines[0], sum(line.units for line in lines)
    country = country_codes().get(first.origin)
    seconds = [line.second_quantity for line in lines if line.second_quantity is not None]
    grams = sum(line.net_weight_g * line.units for line in lines)
    gross = sum(line.product.gross_weight_g * line.units for line in lines)
    return {
        "GdsSeqno": str(number),
        "GdsMtno": first.record_no,
        "Gdecd": first.hs_code,
        "GdsNm": first.name_zh,
        "GdsSpcfModelDesc": first.specification or first.name_zh,
        "DclUnitcd": first.unit,
        "LawfUnitcd": first.statutory_unit,
        "SecdLawfUnitcd": first.second_unit if seconds else "",
        "Natcd": country.code if country is not None else first.origin,
        "DclUprcAmt": _yuan(first.price_minor),
        "DclTotalAmt": _yuan(first.price_minor * units),
        "DclCurrcd": _YUAN,
        "LawfQty": _plain(line.statutory_quantity for line in lines),
        "SecdLawfQty": _plain(seconds) if seconds else "",
        "DclQty": str(units),
        "GrossWt": zone_papers.kilograms(gross),
        "NetWt": zone_papers.kilograms(grams),
        "LvyrlfModecd": "1",
        "EntryGdsSeqno": str(number),
        "DestinationNatcd": _HOME,
        "ClyMarkcd": "0",
        "ModfMarkcd": "3",
    }


def _plain(quantities: Iterable[Decimal]) -> str:
    """The sum without decimals that say nothing."""
    return f"{sum(quantities, Decimal(0)).normalize():f}"


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def follow(paper: ZonePaper, on: date) -> int:
    """Have the account book follow an approved list out; how many declarations it wrote off.

    Twice, late, or after another answer writes off nothing more.

    Raises:
        NothingExpected: the book has fewer units promised than the list takes out.
    """
    rows = list(
        Declaration.objects.select_for_update(of=("self",))
        .filter(invt_no__in=listed(paper), written_off_on__isnull=True)
        .order_by("pk")
    )
    lines: dict[int, list[DeclarationLine]] = {row.pk: [] for row in rows}
    of_them = DeclarationLine.objects.filter(declaration__in=list(lines)).select_related("product")
    for line in of_them.order_by("pk"):
        lines[line.declaration_id].append(line)
    bookings = commitments.bookings([(row, lines[row.pk]) for row in rows])
    warehouse.book_many(BookStep.ACTUAL_OUT, bookings, on=on)
    Declaration.objects.filter(pk__in=list(lines)).update(written_off_on=on)
    return len(rows)
