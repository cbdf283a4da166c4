"""Reading what a trace page says of a code; nothing is counted."""

from typing import Any

from django.db import connection

from benchmarks.traced import AT, address, sold_codes
from benchmarks.ways import Way, Ways
from core import tenancy
from core.models import Appointment, Country, Port
from traceability import services
from traceability.models import CodeUse, EpcisEvent, ScanRecord
from warehouse.models import UnitIdentity

LOOKS = 200


def plain_page(code: str) -> dict[str, Any]:
    """The same content by following objects, one relation at a time."""
    unit = UnitIdentity.objects.get(code_hmac=services.code_hmac(code))
    lot, product = unit.lot, unit.product
    importer = unit.dispatch_line.order.importer
    agent = Appointment.objects.filter(importer_id=importer.pk).first()
    keys = (f"lot/{product.gtin}.{lot.number}", f"dispatch/{unit.dispatch_line.order_id}")
    events = [
        event
        for event in EpcisEvent.objects.all().order_by("happened_at")
        if event.subjects.filter(key__contains=keys[0]).exists() or keys[1] in event.body
    ]
    use = CodeUse.objects.filter(pk=unit.pk).first()
    return {
        "state": unit.state,
        "product": product.name,
        "lot": lot.number,
        "expires_on": lot.expires_on,
        "origin": Country.objects.get(alpha2=lot.origin).name,
        "zone": lot.book_item.book.pool.zone_name,
        "seller": importer.name,
        "agent": agent.party.name if agent else "",
        "ports": [port.name for port in Port.objects.all()],
        "steps": [(event.kind, event.happened_at) for event in events],
        "lookups": use.scan_count if use else 0,
        "networks": ScanRecord.objects.filter(identity=unit).count(),
    }


def bare_row(code: str) -> Any:
    """One row by its indexed hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state, lot_id FROM warehouse_unitidentity WHERE code_hmac = %s",
            [services.code_hmac(code)],
        )
        return cursor.fetchone()


def ways(size: int) -> Ways:
    """``LOOKS`` look-ups among ``size`` codes."""
    codes = sold_codes(max(size, 40))
    asked = [codes[n % len(codes)] for n in range(min(size, LOOKS))]

    def ours() -> None:
        for code in asked:
            services.look_up(code, at=AT, address=address(), counts=False)

    def plain() -> None:
        with tenancy.as_operator("benchmark"):
            for code in asked:
                plain_page(code)

    def limit() -> None:
        for code in asked:
            bare_row(code)

    return {
        "ours": Way(ours, len(asked)),
        "plain": Way(plain, len(asked)),
        "limit": Way(limit, len(asked)),
    }
