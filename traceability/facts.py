"""Fact types that the prove stage writes."""

from core import facts

facts.register(
    "traceability.recall.opened", fields={"recall", "scope", "product", "lots", "units", "sold"}
)
facts.register("traceability.recall.acknowledged", fields={"recall", "importer"})
