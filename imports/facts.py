"""The facts that plan and buy adds to the log."""

from core import facts

facts.register("imports.forecast.uploaded", {"upload", "importer", "year", "rows", "errors"})
facts.register("imports.forecast.published", {"upload", "importer", "year", "lines"})
facts.register("imports.forecast.submitted", {"importer", "year", "lines"})
facts.register("imports.offer.entered", {"offer", "supplier", "product", "from", "ended"})
facts.register("imports.terms.set", {"terms", "pool", "from"})
facts.register("imports.rebate.entered", {"rebate", "supplier", "from"})
facts.register("imports.certificate.kept", {"certificate", "supplier", "product", "expires"})
facts.register("imports.agreement.made", {"agreement", "supplier", "number"})
facts.register("imports.quote.asked", {"request", "number", "suppliers"})
facts.register("imports.quote.answered", {"request", "invitation", "lines"})
facts.register("imports.quote.awarded", {"request", "quote", "offer"})
for _step in ("added", "ended"):
    facts.register(f"imports.contact.{_step}", {"contact", "supplier"})
_LINK = {"link", "order", "invitation"}
facts.register("imports.link.made", _LINK)
facts.register("imports.link.sent", _LINK | {"contacts"})
facts.register("imports.link.revoked", _LINK)
facts.register("imports.paper.added", {"paper", "document", "kind"})
facts.register("imports.paper.read", {"paper", "document"})
facts.register("imports.certificate.read", {"certificate", "document"})
_AMENDMENT = {"amendment", "order", "version", "ready"}
facts.register("imports.amendment.proposed", _AMENDMENT)
facts.register("imports.amendment.accepted", _AMENDMENT)
facts.register("imports.amendment.declined", _AMENDMENT)
facts.register("imports.notice.sent", {"notice", "order", "containers"})
facts.register("imports.consignment.expected", {"consignment", "expected"})
facts.register("imports.tariff.revised", {"revision", "key", "from"})
facts.register("imports.gtin.registered", {"gtin", "product", "owner", "level"})
_RECORD = {"record", "product", "zone", "version", "hs_code"}
facts.register("imports.record.submitted", _RECORD)
facts.register("imports.record.confirmed", _RECORD)
facts.register("imports.record.returned", _RECORD)
facts.register("imports.round.consolidated", {"round", "orders", "lines", "asked", "units"})
facts.register(
    "imports.order.placed", {"order", "number", "supplier", "currency", "total_minor", "on"}
)
_TRAVEL = {"consignment", "number", "order", "port", "mode", "on"}
facts.register("imports.consignment.departed", _TRAVEL)
facts.register("imports.consignment.arrived", _TRAVEL)
facts.register("imports.round.submitted", {"round", "importers", "uncovered"})
facts.register("imports.round.moved", {"round", "state"})
facts.register("imports.plans.scored", {"month", "importers", "on"})
facts.register(
    "imports.commitment.changed", {"round", "importer", "cause", "product", "units", "lines"}
)
facts.register(
    "imports.importer.departed",
    {"importer", "pool", "cause", "on", "rounds_freed", "bought_units"},
)
facts.register("imports.charge.basis_chosen", {"charge", "consignment", "basis"})
