"""The kernel's reader of the fact log: what shops asked to be told."""

from collections.abc import Sequence

from core import facts, webhooks
from core.facts import SequencedFact


@facts.reader("core.webhooks", ())
def tell_shops(batch: Sequence[SequencedFact]) -> None:
    """Queue a delivery for each subscription that asked for a fact of its importer."""
    webhooks.fan_out(batch)
