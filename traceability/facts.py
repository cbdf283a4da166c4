"""Fact types that the prove stage writes."""

from core import facts

facts.register(
    "traceability.recall.opened", fields={"recall", "scope", "product", "lots", "units", "sold"}
)
facts.register("traceability.recall.acknowledged", fields={"recall", "importer"})
facts.register("traceability.link.kept", fields={"link", "anchor", "relation"})
facts.register("traceability.link.ended", fields={"link", "anchor", "relation"})
