"""Fact types that the prove stage writes."""

from core import facts

facts.register(
    "traceability.recall.opened", fields={"recall", "scope", "product", "lots", "units", "sold"}
)
facts.register("traceability.recall.acknowledged", fields={"recall", "importer"})
facts.register("traceability.link.kept", fields={"link", "anchor", "relation"})
facts.register("traceability.link.ended", fields={"link", "anchor", "relation"})
facts.register("traceability.events.captured", fields={"importer", "capture", "events", "digest"})
facts.register("traceability.query.kept", fields={"importer", "query", "digest"})
facts.register("traceability.query.ended", fields={"importer", "query"})
facts.register(
    "traceability.subscription.made", fields={"importer", "subscription", "query", "digest"}
)
facts.register("traceability.subscription.ended", fields={"importer", "subscription"})
facts.register("traceability.labels.ordered", fields={"batch", "lot", "units", "pin"})
facts.register("traceability.complaint.made", fields={"complaint", "unit", "lot", "kind"})
facts.register("traceability.complaint.answered", fields={"complaint"})
facts.register("traceability.sample.drawn", fields={"sample", "lot", "units"})
facts.register("traceability.sample.judged", fields={"sample", "lot", "units", "passed"})
