"""The facts that declaring adds to the log: ids and codes, never a person.

Each names the importer whose order it is about, so that its shop can be told.
"""

from core import facts

_ORDER = {"importer", "order", "order_no", "declaration"}
facts.register("customs.order.taken", {*_ORDER, "tax_minor"})
facts.register("customs.order.cancelled", _ORDER)
facts.register("customs.declaration.declared", {*_ORDER, "batch", "cop_no"})
_ANSWERED = {*_ORDER, "cop_no", "dispatch", "invt_no", "error_code"}
for _answer in ("accepted", "inspected", "held", "released", "refused"):
    facts.register(f"customs.declaration.{_answer}", _ANSWERED)
facts.register("customs.declaration.accepted", _ANSWERED)
facts.register("customs.declaration.released", _ANSWERED)
facts.register("customs.declaration.refused", _ANSWERED)
facts.register("customs.declaration.mended", {"importer", "declaration", "cop_no", "fields"})
facts.register("customs.credit.noted", {"party", "grade", "since"})
facts.register("customs.entry.accepted", {"consignment", "order", "number", "owed"})
facts.register("customs.batch.built", {"batch", "declarations", "document"})
facts.register("customs.batch.downloaded", {"batch", "document"})
facts.register("customs.receipts.received", {"document", "matched", "unknown", "refused"})
facts.register("customs.tariff.loaded", {"territory", "new", "ended"})
_GUARD = {"case", "sign", "orders", "count"}
for _what in ("opened", "dismissed", "upheld", "reported", "downloaded"):
    facts.register(f"customs.guard.{_what}", _GUARD)
_INSPECTION = {"grant", "pool"}
facts.register("customs.inspection.granted", _INSPECTION)
facts.register("customs.inspection.ended", _INSPECTION)
facts.register("customs.inspection.looked", {*_INSPECTION, "page"})
_CORRECTED = {"importer", "order", "order_no", "declaration", "correction", "kind", "cop_no"}
facts.register("customs.correction.asked", {*_CORRECTED, "units"})
facts.register("customs.correction.granted", _CORRECTED)
facts.register("customs.correction.refused", {*_CORRECTED, "error_code"})
facts.register("customs.correction.late", _CORRECTED)
facts.register(
    "customs.correction.settled",
    {*_CORRECTED, "value_minor", "tax_minor", "dispatch", "goods"},
)
facts.register(
    "customs.tax.billed",
    {"importer", "order", "declaration", "bill", "billed_minor", "assessed_minor"},
)
facts.register("customs.tax.remitted", {"pool", "declarations", "paid_minor", "difference_minor"})
facts.register(
    "customs.payment.stepped",
    {"importer", "order", "order_no", "step", "before", "after", "amount_minor"},
)
facts.register("customs.zone.moved", {"pool", "kind", "number", "state"})
facts.register("customs.pass.written", {"pool", "number", "lists", "document"})
facts.register("customs.pass.answered", {"number", "answer", "result"})
