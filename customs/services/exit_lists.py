"""The way out of the zone on paper: lists (核注清单) of released parcels, and what they move.

A list names the released declarations that leave together. When customs approves it, their units
go from expected out (预减) to actual out (实减). The list as it was sent is kept as a document, so
an answer needs no more than the list's number, may come again, and may come in any order: refused
before or after it was approved moves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from core import clock, documents, tenancy
from core.domain.errors import Refusal
from core.models import Document, Party, Pool
from customs.domain.states import LET_GO
from customs.jurisdictions.cn.codes import country_codes
from customs.jurisdictions.cn.messages.bonded_writing import (
    LIST,
    BondedMessage,
    Posting,
    from_parts,
    write_bonded,
)
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.messages.reading import Read, read
from customs.models import Declaration, DeclarationLine
from customs.services import commitments
from warehouse import services as warehouse
from warehouse.domain.book import BookStep

APPROVED = frozenset({"1", "5"})
"""Results that count the list: approved and counted, approved and still to be counted.

Source: receipts of the bonded system (INV201 ``manageResult``).
"""

COUNTED = "2"
"""The mark of a list that was counted against the book (INV211 ``vrfdedMarkcd``)."""

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


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of an answer to a list."""

    number: str
    is_known: bool
    written_off: int
    """Declarations whose units this answer took out of the book."""


@transaction.atomic
def write_exit_list(
    pool: Pool, declarations: Sequence[Declaration], *, number: str, sender: str, card: str = ""
) -> Document:
    """The list of released declarations that leave together, as sent; kept once per number.

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
        for row in rows:
            if row.state not in LET_GO or not row.invt_no or row.order.pool_id != pool.pk:
                raise NotToBeListed(number=row.cop_no or str(row.pk))
        earlier = documents.find(_key(number))
        if earlier is not None:
            return _refuse_if_different(earlier, number, [row.invt_no for row in rows])
        message = BondedMessage(
            name=LIST,
            head=_head(pool, rows, number),
            lines=tuple(_lines(rows)),
            related=tuple({"CbecBillNo": row.invt_no} for row in rows),
            own={"OperCusRegCode": pool.keeper.customs_code, "SysId": "Z8"},
        )
        posting = Posting(number=number, sender=sender, card=card, at=clock.now())
        return documents.store(
            key=_key(number),
            content=write_bonded(message, posting),
            filename=f"{number}.xml",
            media_type="application/xml",
            owner=pool.keeper,
            subject=f"pool:{pool.pk}",
            is_sealed=True,
        )


def _key(number: str) -> str:
    return f"customs.exit-list:{number}"


def list_document(number: str) -> Document | None:
    """The list of a number as it was sent, if one was."""
    return documents.find(_key(number))


def _refuse_if_different(earlier: Document, number: str, invt_nos: list[str]) -> Document:
    if sorted(_listed(earlier)) != sorted(invt_nos):
        raise ListTakenOtherwise(number=number)
    return earlier


def _listed(document: Document) -> list[str]:
    """The declarations that a list names, by customs' numbers."""
    message = from_parts(LIST, read(documents.content(document)).parts)
    return [bill["CbecBillNo"] for bill in message.related]


def _head(pool: Pool, rows: Sequence[Declaration], number: str) -> dict[str, str]:
    book = rows[0].account_book if rows else ""
    keeper, operator = pool.keeper, pool.operator
    day = clock.today().strftime("%Y%m%d")
    return {
        "PutrecNo": book,
        "EtpsInnerInvtNo": number,
        **_party("Bizop", "BizopEtpsSccd", "EtpsNm", keeper),
        "RcvgdEtpsno": keeper.customs_code[:10],
        "RvsngdEtpsSccd": keeper.uscc,
        "RcvgdEtpsNm": keeper.name_zh or keeper.name,
        **_party("Dcl", "DclEtpsSccd", "EtpsNm", operator),
        "ImpexpPortcd": pool.customs_district,
        "DclPlcCuscd": pool.customs_district,
        "ImpexpMarkcd": "E",
        "MtpckEndprdMarkcd": "I",
        "SupvModecd": _RETAIL,
        "TrspModecd": _BY_RETAIL,
        "DclcusFlag": "2",
        "GenDecFlag": "2",
        "InputCode": operator.customs_code[:10],
        "InputName": operator.name_zh or operator.name,
        "InputCreditCode": operator.uscc,
        "InputTime": day,
        "InvtDclTime": day,
        "StshipTrsarvNatcd": _HOME,
        "InvtType": "8",
        "DclTypecd": "1",
    }


def _party(prefix: str, credit: str, name: str, party: Party) -> dict[str, str]:
    return {
        credit: party.uscc,
        f"{prefix}Etpsno": party.customs_code[:10],
        f"{prefix}{name}": party.name_zh or party.name,
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
        "GrossWt": f"{gross // 1000}.{gross % 1000:03}",
        "NetWt": f"{grams // 1000}.{grams % 1000:03}",
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


@transaction.atomic
def hear_list(found: Read, on: date | None = None) -> list[Listed]:
    """Follow a receipt of a list (INV201, INV211): approved units leave the account book.

    Twice, late, or after another answer changes nothing more.

    Raises:
        NothingExpected: the book has fewer units promised than the list takes out.
    """
    with tenancy.as_operator("follow answers to lists"):
        return [
            _follow(number, on or clock.today(), is_approved=_is_approved(found.code, status))
            for number, status in _answers(found.code, found.parts)
        ]


def _answers(code: str, parts: Mapping[str, Sequence[Texts]]) -> Iterable[tuple[str, str]]:
    """Our number of each list that is answered, with the result."""
    basics = parts.get("BondInvtBsc", ())
    if code == "INV201":
        results = parts.get("HdeApprResult", ())
        for result, basic in zip(results, basics, strict=False):
            yield basic.get("etpsInnerInvtNo", ""), result.get("manageResult", "")
    if code == "INV211":
        for basic in basics:
            yield basic.get("etpsInnerInvtNo", ""), basic.get("vrfdedMarkcd", "")


def _is_approved(code: str, status: str) -> bool:
    return status in APPROVED if code == "INV201" else status == COUNTED


def _follow(number: str, on: date, *, is_approved: bool) -> Listed:
    document = documents.find(_key(number)) if number else None
    if document is None:
        return Listed(number, is_known=False, written_off=0)
    if not is_approved:
        return Listed(number, is_known=True, written_off=0)
    rows = list(
        Declaration.objects.select_for_update(of=("self",))
        .filter(invt_no__in=_listed(document), written_off_on__isnull=True)
        .order_by("pk")
    )
    lines: dict[int, list[DeclarationLine]] = {row.pk: [] for row in rows}
    of_them = DeclarationLine.objects.filter(declaration__in=list(lines)).select_related("product")
    for line in of_them.order_by("pk"):
        lines[line.declaration_id].append(line)
    bookings = commitments.bookings([(row, lines[row.pk]) for row in rows])
    warehouse.book_many(BookStep.ACTUAL_OUT, bookings, on=on)
    Declaration.objects.filter(pk__in=list(lines)).update(written_off_on=on)
    return Listed(number, is_known=True, written_off=len(rows))
