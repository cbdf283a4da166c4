"""The facts that plan and buy adds to the log."""

from core import facts

facts.register("imports.forecast.uploaded", {"upload", "importer", "year", "rows", "errors"})
facts.register("imports.forecast.published", {"upload", "importer", "year", "lines"})
facts.register("imports.forecast.submitted", {"importer", "year", "lines"})
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
