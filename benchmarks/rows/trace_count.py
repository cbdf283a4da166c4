"""A look-up that counts: the answer, and a durable record that somebody looked."""

from typing import Any

from django.db import connection, transaction

from benchmarks.rows.trace_read import LOOKS, bare_row, plain_page
from benchmarks.traced import AT, address, sold_codes
from benchmarks.ways import Way, Ways
from core import tenancy
from traceability import services
from traceability.models import CodeUse, ScanRecord
from warehouse.models import UnitIdentity

_USED = "UPDATE traceability_codeuse SET scan_count = scan_count + 1 WHERE identity_id = %s"
_SEEN = (
    "INSERT INTO traceability_scanrecord (identity_id, at, network_hash, kind) "
    "VALUES (%s, %s, %s, 'page')"
)


def plain_count(code: str) -> dict[str, Any]:
    """Counter and record saved as objects."""
    unit = UnitIdentity.objects.get(code_hmac=services.code_hmac(code))
    use, made = CodeUse.objects.get_or_create(identity=unit, defaults={"first_scanned_at": AT})
    if not made:
        use.scan_count += 1
        use.save()
    ScanRecord.objects.create(identity=unit, at=AT, network_hash=address(), kind="page")
    return plain_page(code)


def bare_count(code: str) -> None:
    """The two statements in one transaction."""
    identity = bare_row(code)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_USED, [identity])
        cursor.execute(_SEEN, [identity, str(AT), address()])


def ways(size: int) -> Ways:
    """``LOOKS`` counted look-ups among ``size`` codes, each from another network."""
    codes = sold_codes(max(size, 40))
    asked = [codes[n % len(codes)] for n in range(min(size, LOOKS))]

    def ours() -> None:
        for code in asked:
            services.look_up(code, at=AT, address=address(), counts=True)

    def plain() -> None:
        with tenancy.as_operator("benchmark"):
            for code in asked:
                plain_count(code)

    def limit() -> None:
        for code in asked:
            bare_count(code)

    return {
        "ours": Way(ours, len(asked)),
        "plain": Way(plain, len(asked)),
        "limit": Way(limit, len(asked)),
    }
