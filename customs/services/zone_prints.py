"""Prints of the zone's papers: lists, gate passes, entry declarations, invoices, packing lists.

Each shows what was sent. The same paper in the same state gives the same bytes.
"""

import math
from collections.abc import Iterable
from decimal import Decimal

from core import documents, tenancy
from core.domain.trade import from_minor
from core.models import Document, Party, Port
from core.pdf import Document as Sheets
from core.pdf import Pdf, merge
from customs import entry_printing, printing, trade_papers
from customs.domain import zone
from customs.domain.forms import Sheet
from customs.jurisdictions.cn.codes import name_of
from customs.jurisdictions.cn.entry_forms import DECLARATION, RECORD_LIST, Journey, entry_sheet
from customs.jurisdictions.cn.messages.bonded_writing import BondedMessage
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.zone_layouts import (
    LIST_FORM,
    PASS_FORM,
    Listed,
    list_sheet,
    pass_sheet,
)
from customs.models import ZonePaper
from customs.services import zone_papers
from customs.trade_papers import Shipment, Traded
from imports.models import Consignment, ConsignmentLine, NoticeContainer, ShippingNotice

_RECORD = "3"
"""Kind of declaration that is a list of records (进境货物备案清单), ``DecType``."""


def print_and_keep(paper_id: int) -> Document:
    """The print of a paper as it is now, kept for those who may see the paper."""
    with tenancy.as_operator("print a paper of the zone"):
        rows = ZonePaper.objects.select_related("pool__operator", "pool__keeper", "document")
        paper = rows.select_related("consignment__order__supplier").get(pk=paper_id)
        pdf = print_paper(paper)
    return documents.store(
        key=zone_papers.print_key(paper),
        content=pdf.content,
        filename=f"{paper.number}.pdf",
        media_type="application/pdf",
        owner=paper.pool.keeper,
        subject=f"pool:{paper.pool_id}",
    )


def print_paper(paper: ZonePaper) -> Pdf:
    """A list or gate pass as one PDF; a list in comes with its declaration, invoice and packing."""
    return merge(documents_of(paper), title=paper.number)


def documents_of(paper: ZonePaper) -> list[Sheets]:
    """Everything that is printed for a paper."""
    if paper.kind == zone.PASS:
        return [printing.document(PASS_FORM, _pass_sheet(paper))]
    found = [_list_document(paper)]
    if paper.consignment is not None:
        found.append(_entry_document(paper, paper.consignment))
        found += trade_papers.papers_of([shipment_of(paper.consignment)])
    return found


def _list_document(paper: ZonePaper) -> Sheets:
    message = zone_papers.message_of(paper)
    sheet = list_sheet(
        message.head,
        message.lines,
        bills=len(message.related),
        customs_no=paper.customs_no,
        entry_no=paper.entry_no,
        is_simulated=paper.pool.is_simulated,
    )
    return printing.document(LIST_FORM, sheet)


def _pass_sheet(paper: ZonePaper) -> Sheet:
    message = zone_papers.message_of(paper)
    numbers = [bill["RtlBillNo"] for bill in message.related]
    rows = ZonePaper.objects.filter(kind=zone.LIST, pool=paper.pool_id, customs_no__in=numbers)
    carried = [
        Listed(row.customs_no, row.number, _carried(message, zone_papers.message_of(row)))
        for row in rows.select_related("document").order_by("customs_no")
    ]
    return pass_sheet(
        message.head,
        carried,
        customs_no=paper.customs_no,
        is_passed=paper.state == zone.PASSED,
        is_simulated=paper.pool.is_simulated,
    )


def _carried(gate_pass: BondedMessage, listed: BondedMessage) -> tuple[Texts, ...]:
    """The goods of a list that a pass carries: all, or its own part at the list's prices."""
    if not gate_pass.lines:
        return listed.lines
    by_number = {line["GdsSeqno"]: line for line in listed.lines}
    return tuple(_part_of(by_number[line["RltGdsSeqno"]], line) for line in gate_pass.lines)


def _part_of(listed: Texts, part: Texts) -> Texts:
    value = Decimal(listed["DclUprcAmt"]) * Decimal(part["DclQty"])
    return {**listed, **part, "DclTotalAmt": f"{value:.2f}"}


def _entry_document(paper: ZonePaper, consignment: Consignment) -> Sheets:
    message = zone_papers.message_of(paper)
    sheet = entry_sheet(
        message.head,
        message.lines,
        _journey(consignment),
        form=RECORD_LIST if message.head.get("DecType") == _RECORD else DECLARATION,
        list_no=paper.customs_no,
        entry_no=paper.entry_no,
        is_simulated=paper.pool.is_simulated,
    )
    return entry_printing.entry_document(sheet)


def _journey(consignment: Consignment) -> Journey:
    order = consignment.order
    notice = _notice(consignment)
    return Journey(
        consignor=order.supplier.name,
        vessel=notice.reference if notice else "",
        departure_port=_port(consignment.origin_port),
        arrival_port=_port(consignment.destination_port),
        trade_country=order.supplier.country,
        contract_no=order.number,
        incoterm=order.incoterm,
        pieces=sum(_cartons(line) for line in _lines(consignment)),
        gross_weight_g=consignment.gross_weight_g,
        containers=_containers(notice),
        entered_on=consignment.arrived_on,
        **_charges(consignment),
    )


def _charges(consignment: Consignment) -> dict[str, str]:
    """Freight and insurance as the form writes them: currency, amount, and 3 for a total."""
    found: dict[str, str] = {}
    for charge in consignment.charges.filter(kind__in=("freight", "insurance")).order_by("pk"):
        amount = from_minor(charge.amount_minor, charge.currency)
        found.setdefault(charge.kind, f"{charge.currency}/{amount}/3")
    return found


def _notice(consignment: Consignment) -> ShippingNotice | None:
    return ShippingNotice.objects.filter(consignment=consignment).first()


def _containers(notice: ShippingNotice | None) -> tuple[str, ...]:
    rows = NoticeContainer.objects.filter(notice=notice) if notice else []
    return tuple(sorted(row.number for row in rows))


def _port(unlocode: str) -> str:
    port = Port.objects.filter(unlocode=unlocode).first()
    return f"{port.name} ({unlocode})" if port else unlocode


def _lines(consignment: Consignment) -> Iterable[ConsignmentLine]:
    rows = ConsignmentLine.objects.filter(consignment=consignment)
    return rows.select_related("order_line__product", "order_line__order").order_by("pk")


def _cartons(line: ConsignmentLine) -> int:
    return math.ceil(line.units / max(line.order_line.pack_units, 1))


def shipment_of(consignment: Consignment) -> Shipment:
    """A consignment as its invoice and packing list name it, figures written out."""
    order, pool, notice = consignment.order, consignment.pool, _notice(consignment)
    lines = list(_lines(consignment))
    total = sum(line.order_line.unit_price_minor * line.units for line in lines)
    net = sum(line.order_line.product.net_weight_g * line.units for line in lines)
    return Shipment(
        number=consignment.number,
        order_no=order.number,
        issued_on=consignment.departed_on,
        seller=order.supplier.name,
        seller_address=_address(order.supplier),
        buyer=pool.operator.name,
        buyer_address=_address(pool.operator),
        consignee=zone_papers.named(pool.keeper),
        terms=f"{order.incoterm} {consignment.origin_port}",
        mode=str(consignment.get_mode_display()),
        from_port=_port(consignment.origin_port),
        to_port=_port(consignment.destination_port),
        vessel=notice.reference if notice else "",
        currency=order.currency,
        total=f"{from_minor(total, order.currency):,}",
        net_kg=_kilograms(net),
        gross_kg=_kilograms(consignment.gross_weight_g),
        volume_m3=f"{consignment.volume_cm3 / 1_000_000:,.3f}",
        containers=_containers(notice),
        lines=tuple(_traded(n, line) for n, line in enumerate(lines, start=1)),
    )


def _traded(number: int, line: ConsignmentLine) -> Traded:
    bought, product = line.order_line, line.order_line.product
    currency = bought.order.currency
    return Traded(
        number=number,
        name=product.name,
        name_zh=product.name_zh,
        gtin=product.gtin,
        hs_code=product.hs_code,
        origin=product.origin,
        units=line.units,
        unit=name_of("units", product.declared_unit).partition("(")[0],
        price=f"{from_minor(bought.unit_price_minor, currency):,}",
        amount=f"{from_minor(bought.unit_price_minor * line.units, currency):,}",
        net_kg=_kilograms(product.net_weight_g * line.units),
        gross_kg=_kilograms(product.gross_weight_g * line.units),
        cartons=_cartons(line),
    )


def _address(party: Party) -> str:
    return ", ".join(text for text in (party.street, party.town, party.country) if text)


def _kilograms(grams: int) -> str:
    return f"{grams / 1000:,.3f}"
