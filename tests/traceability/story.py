"""One lot's way through the fact log, as the stages before write it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core import facts

START = datetime(2026, 9, 24, 2, tzinfo=UTC)
GTIN = "09520123456788"

PALLET = "095201230000000014"

LOT = {
    "lot": 7, "product": 2, "gtin": GTIN, "lot_no": "SP-26-0917", "consignment": 3, "good": 640,
    "damaged": 2, "short": 0, "produced_on": "2026-03-14", "expires_on": "2028-03-14",
    "origin": "NZ",
}  # fmt: skip

BY_SEA = {"consignment": 3, "mode": "sea_fcl"}

STORY: list[tuple[str, str, dict[str, Any]]] = [
    (
        "imports.consignment.departed",
        "consignment:3",
        {"consignment": 3, "port": "NZAKL", "mode": "sea_fcl"},
    ),
    (
        "imports.consignment.arrived",
        "consignment:3",
        {"consignment": 3, "port": "CNNGB", "mode": "sea_fcl"},
    ),
    ("warehouse.lot.received", "lot:7", LOT),
    ("warehouse.lot.allocated", "lot:7", {"lot": 7, "owner": 5, "units": 120}),
    ("warehouse.units.commissioned", "lot:7", {"lot": 7, "product": 2, "count": 640}),
    ("customs.declaration.accepted", "declaration:8", {"declaration": 8, "invt_no": "310520261"}),
    (
        "customs.declaration.released",
        "declaration:8",
        {"declaration": 8, "dispatch": 9, "invt_no": "310520261"},
    ),
    (
        "warehouse.dispatch.picked",
        "dispatch:9",
        {"dispatch": 9, "lot": 7, "units": 2, "identities": [12, 11]},
    ),
    ("warehouse.dispatch.shipped", "dispatch:9", {"dispatch": 9}),
    (
        "warehouse.ownership.transferred",
        "lot:7",
        {"lot": 7, "transfer": 4, "seller": 5, "buyer": 6, "units": 20},
    ),
    ("warehouse.count.closed", "lot:7", {"count": 1, "lot": 7, "difference": -1, "reason": "lost"}),
    ("warehouse.return.arrived", "lot:7", {"return": 3, "lot": 7, "units": 1}),
    ("warehouse.return.restocked", "lot:7", {"return": 3, "lot": 7, "units": 1}),
    ("warehouse.return.to_dispose", "lot:7", {"return": 4, "lot": 7, "units": 1}),
    (
        "traceability.recall.opened",
        "recall:2",
        {"recall": 2, "scope": "lot", "product": 2, "lots": [7], "units": 400, "sold": 2},
    ),
    ("customs.correction.granted", "declaration:8", {"declaration": 8, "kind": "cancel"}),
    ("customs.declaration.inspected", "declaration:10", {"declaration": 10, "invt_no": ""}),
    ("customs.declaration.held", "declaration:10", {"declaration": 10, "invt_no": ""}),
    ("warehouse.pallet.loaded", f"pallet:{PALLET}", {"pallet": PALLET, "lot": 7, "units": 60}),
    ("warehouse.pallet.unloaded", f"pallet:{PALLET}", {"pallet": PALLET, "lot": 7, "units": 2}),
    ("traceability.sample.drawn", "sample:1", {"sample": 1, "lot": 7, "units": 3}),
    (
        "traceability.sample.judged",
        "sample:1",
        {"sample": 1, "lot": 7, "units": 3, "passed": False},
    ),
]
"""Facts in the order of the way, a day apart."""


def write(first: int = 0, last: int | None = None, **more: Any) -> None:
    """Add facts ``first`` to ``last - 1`` of the story to the log and give them their places.

    ``more`` is said by each fact besides.
    """
    for day, (name, subject, data) in list(enumerate(STORY))[first:last]:
        facts.append(name, subject=subject, data={**data, **more}, at=START + timedelta(days=day))
    facts.sequence()
