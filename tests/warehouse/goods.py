"""Orders and consignments for the warehouse's tests, as the stages before it leave them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count

from core import documents
from core.models import Party, Pool
from imports.domain.consolidation import Surplus
from imports.models import (
    Consignment,
    ConsignmentLine,
    OrderShare,
    Product,
    PurchaseOrder,
    PurchaseOrderLine,
    Round,
    SupplierOffer,
)
from warehouse.domain.disposal import EvidenceKind
from warehouse.models import (
    BookClose,
    Claim,
    CloseLine,
    DisposalCase,
    DisposalEvidence,
    Lot,
    Photo,
    Receipt,
    ReceiptLine,
)
from warehouse.services import ReceivedLine, accept_entry, disposing, keep_photo, receive

PRICE_MINOR = 1250
_serial = count(1)


def product(gtin: str, name: str, **more: object) -> Product:
    """A product by its GTIN, with weights and customs data that any product has."""
    fields = {
        "sku": gtin[-6:],
        "name_zh": "全脂奶粉",
        "hs_code": "0402210000",
        "origin": "NZ",
        "shelf_life_days": 730,
        "net_weight_g": 1000,
        "gross_weight_g": 1150,
        "volume_cm3": 2400,
        "declared_unit": "125",
        "statutory_unit": "035",
        "statutory_qty_per_unit": Decimal(1),
        **more,
    }
    return Product.objects.create(gtin=gtin.zfill(14), name=name, **fields)


def received(consignment: Consignment, lines: list[ReceivedLine], *, on: date) -> Receipt:
    """A consignment that was counted, and that customs accepted into the account book."""
    receipt = receive(consignment, lines, on=on)
    accept_entry(consignment, on)
    return receipt


def ordered(
    pool: Pool, supplier: Party, shares: Mapping[Product, Mapping[Party, int]]
) -> list[PurchaseOrderLine]:
    """One order's lines, each with the shares of its owners; the operator's is the buffer."""
    number = next(_serial)
    window, _ = Round.objects.get_or_create(
        pool=pool,
        first_month=date(pool.year, 1, 1),
        defaults={"last_month": date(pool.year, 12, 1), "code": f"{pool.code}-year"},
    )
    order = PurchaseOrder.objects.create(
        round=window,
        supplier_id=supplier.pk,
        number=f"PO-T-{number:06d}",
        currency="USD",
        incoterm="FOB",
        origin_port="NZAKL",
        ordered_on=date(pool.year, 1, 2),
        total_minor=PRICE_MINOR * sum(sum(owners.values()) for owners in shares.values()),
        state=PurchaseOrder.State.PLACED,
    )
    return [_line(order, item, owners, pool) for item, owners in shares.items()]


def _line(
    order: PurchaseOrder, item: Product, owners: Mapping[Party, int], pool: Pool
) -> PurchaseOrderLine:
    units = sum(owners.values())
    surplus = sum(share for owner, share in owners.items() if owner.pk == pool.operator_id)
    offer, _ = SupplierOffer.objects.get_or_create(
        supplier_id=order.supplier_id,
        product=item,
        valid_from=date(pool.year, 1, 1),
        defaults={"currency": "USD", "incoterm": "FOB", "origin_port": "NZAKL"},
    )
    line = PurchaseOrderLine.objects.create(
        order=order,
        product=item,
        offer=offer,
        units=units,
        asked_units=units - surplus,
        surplus_units=surplus,
        surplus_cause=Surplus.PACK if surplus else Surplus.NONE,
        pack_units=1,
        unit_price_minor=PRICE_MINOR,
        amount_minor=PRICE_MINOR * units,
    )
    OrderShare.objects.bulk_create(
        OrderShare(
            line=line,
            owner_id=owner.pk,
            asked_units=0 if owner.pk == pool.operator_id else share,
            units=share,
            cost_minor=0 if owner.pk == pool.operator_id else PRICE_MINOR * share,
        )
        for owner, share in owners.items()
    )
    return line


def consigned(
    pool: Pool, lines: list[PurchaseOrderLine], units: Mapping[int, int] | None = None
) -> Consignment:
    """A consignment that arrived with the lines' units, or with those given by line."""
    consignment = Consignment.objects.create(
        pool=pool,
        order=lines[0].order,
        number=f"CN-T-{next(_serial):06d}",
        origin_port="NZAKL",
        destination_port=pool.port,
        mode=Consignment.Mode.SEA_LCL,
        departed_on=date(pool.year, 1, 20),
        arrived_on=date(pool.year, 3, 8),
        volume_cm3=2400 * sum(line.units for line in lines),
        gross_weight_g=1150 * sum(line.units for line in lines),
        goods_cny_minor=1,
        state=Consignment.State.ARRIVED,
    )
    ConsignmentLine.objects.bulk_create(
        ConsignmentLine(
            consignment=consignment,
            order_line=line,
            units=(units or {}).get(line.pk, line.units),
        )
        for line in lines
    )
    return consignment


def counted(
    line: PurchaseOrderLine,
    *,
    good: int,
    damaged: int = 0,
    short: int = 0,
    lot_no: str = "L-1",
    produced_on: date | None = date(2024, 10, 1),
    expires_on: date | None = date(2026, 9, 30),
) -> ReceivedLine:
    return ReceivedLine(line.pk, good, damaged, short, lot_no, produced_on, expires_on)


def claimed(line: ReceiptLine) -> tuple[Claim, Photo]:
    """A claim with its paper, and a photo, of a line whatever its count."""
    paper = documents.store(
        key=f"claim-of-{line.pk}",
        content=b"%PDF-1.7",
        filename="CL.pdf",
        media_type="application/pdf",
    )
    claim = Claim.objects.create(
        number=f"CL-T-{line.pk:06d}",
        receipt_line=line,
        cause="short",
        against="supplier",
        party=line.order_line.order.supplier,
        units=1,
        amount_minor=PRICE_MINOR,
        currency="USD",
        made_on=line.receipt.received_on,
        document=paper,
    )
    return claim, keep_photo(line, b"\xff\xd8\xff picture")


def closing(lot: Lot) -> BookClose:
    """A close of the lot's account book that waits for its count, with papers as if filed."""
    item = lot.book_item
    paper = documents.store(
        key=f"close-of-{item.book_id}",
        content=b"%PDF-1.7 close",
        filename="close.pdf",
        media_type="application/pdf",
    )
    close = BookClose.objects.create(
        book=item.book, opened_on=lot.received_on, file_by=lot.received_on, paper=paper, sheet=paper
    )
    CloseLine.objects.create(close=close, item=item)
    return close


def disposed(lot: Lot) -> DisposalEvidence:
    """An open disposal case about a unit of a lot, with a paper on file."""
    case = DisposalCase.objects.create(
        number=f"DC-T-{lot.pk:06d}",
        pool=lot.receipt_line.receipt.consignment.pool,
        lot=lot,
        owner=lot.receipt_line.receipt.consignment.pool.operator,
        units=1,
        reason="other",
        source="test",
        opened_on=lot.received_on,
    )
    return disposing.add_evidence(
        case, EvidenceKind.AUTHORISATION, b"%PDF-1.7 signed", "signed.pdf", "application/pdf"
    )
