"""Units with trace codes, some of them sold: what consumers look up."""

from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from benchmarks.goods import ARRIVED, one_lot
from core import clock, facts, tenancy
from traceability import projections, services
from warehouse import services as warehouse

SOLD = 40
"""Units in the one parcel that was sold; their codes are looked up in turn."""

AT = datetime(2025, 11, 9, 12, tzinfo=UTC)
ENTRY = "310520251000000471"
_address = count()


def sold_codes(codes: int) -> list[str]:
    """Issue ``codes`` codes for one lot, sell a parcel, and bring the event tables up to date."""
    importer, product, lot = one_lot(codes)
    with clock.at(ARRIVED), tenancy.as_operator("benchmark"):
        issued = services.issue_codes(lot, codes)
        sold = issued[:SOLD]
        promised = warehouse.reserve(importer, product, len(sold), "order-1", ARRIVED)
        order = warehouse.dispatch(importer, "order-1", promised)
        for name, data in (
            ("accepted", {"declaration": 1, "invt_no": ENTRY}),
            ("released", {"declaration": 1, "dispatch": order.pk, "invt_no": ENTRY}),
        ):
            facts.append(f"customs.declaration.{name}", subject="declaration:1", data=data)
        warehouse.pick(order, [services.code_hmac(code) for code in sold])
        warehouse.ship(order)
    facts.sequence()
    projections.project()
    return sold


def address() -> str:
    """An address from which nobody asked before, so that each look counts as another network."""
    digest = sha256(str(next(_address)).encode()).digest()
    return ".".join(map(str, digest[:4]))
