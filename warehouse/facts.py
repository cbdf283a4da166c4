"""The facts that the warehouse adds to the log."""

from core import facts

facts.register(
    "warehouse.lot.received",
    fields={
        "lot",
        "product",
        "gtin",
        "lot_no",
        "consignment",
        "good",
        "damaged",
        "short",
        "quarantined",
        "over",
        "expires_on",
        "produced_on",
        "origin",
    },
)
for _step in ("loaded", "unloaded"):
    facts.register(f"warehouse.pallet.{_step}", fields={"pallet", "lot", "units"})
facts.register(
    "warehouse.lien.changed", fields={"lien", "importer", "lot", "units", "cause", "state"}
)
for _step in ("expected", "accepted", "withdrawn"):
    facts.register(f"warehouse.entry.{_step}", fields={"consignment", "units"})
facts.register("warehouse.lot.allocated", fields={"lot", "owner", "importer", "units"})
facts.register("warehouse.count.closed", fields={"count", "lot", "difference", "reason"})
for _step in ("announced", "arrived", "restocked", "to_dispose"):
    facts.register(f"warehouse.return.{_step}", fields={"return", "importer", "lot", "units"})
facts.register("warehouse.units.commissioned", fields={"lot", "product", "count"})
facts.register(
    "warehouse.dispatch.picked", fields={"importer", "dispatch", "lot", "units", "identities"}
)
facts.register("warehouse.dispatch.shipped", fields={"importer", "dispatch", "reference"})
facts.register(
    "warehouse.ownership.transferred",
    fields={"lot", "transfer", "seller", "buyer", "units", "amount_minor", "cause"},
)
for _step in ("drawn", "executed", "approved", "withdrawn"):
    facts.register(f"warehouse.paper.{_step}", fields={"document", "kind", "lot", "owner", "units"})
_CLAIM = {
    "claim",
    "pool",
    "receipt",
    "order_line",
    "cause",
    "against",
    "party",
    "units",
    "amount_minor",
    "currency",
    "shares",
}
facts.register("warehouse.claim.made", fields=_CLAIM)
facts.register("warehouse.claim.answered", fields=_CLAIM | {"state", "accepted_minor"})
for _step in ("announced", "offered", "closed"):
    facts.register(f"warehouse.release.{_step}", fields={"release", "product", "units"})
facts.register("warehouse.charges.posted", fields={"pool", "month", "lines", "amount_minor"})
facts.register("warehouse.labels.voided", fields={"lot", "product", "count"})
facts.register("warehouse.close.opened", fields={"book"})
facts.register("warehouse.close.filed", fields={"book", "items", "on"})
for _step in ("opened", "planned", "executed"):
    facts.register(
        f"warehouse.disposal.{_step}", fields={"case", "lot", "owner", "units", "reason", "way"}
    )
