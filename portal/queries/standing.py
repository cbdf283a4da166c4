"""The public record: how members and suppliers stand, as their agreement allows."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Sum

from core import accounts, clock, onboarding, tenancy
from core.models import Party
from customs.domain.states import LET_GO, REFUSED
from customs.models import Declaration
from fx_settlement.models import TierReview
from fx_settlement.queries import latest_reviews
from warehouse.models import ReceiptLine

KINDS = (Party.Kind.IMPORTER, Party.Kind.SUPPLIER)
PAPERS = ("licence", "overseas_registration")


@dataclass(frozen=True)
class Standing:
    """One party as strangers read it: names, dates and counts, never numbers of papers.

    Declarations count for importers, announced units for suppliers; the other is empty. The tier
    stands there only where its importer said so.
    """

    name: str
    name_zh: str
    kind: str
    country: str
    on_record_since: datetime
    member_since: date | None
    papers: tuple[onboarding.Check, ...]
    released: int | None = None
    refused: int | None = None
    announced_units: int | None = None
    failing_units: int | None = None
    tier: int | None = None
    tier_on: date | None = None


def public_record() -> list[Standing]:
    """Everybody on the public record, computed now. Nine queries, whatever their number."""
    since = accounts.parties_on_record()
    rows = Party.objects.filter(pk__in=since, kind__in=KINDS)
    parties = list(rows.prefetch_related("proofs", "appointments").order_by("kind", "name"))
    declared = _declarations([p.pk for p in parties if p.kind == Party.Kind.IMPORTER])
    received = _receipts([p.pk for p in parties if p.kind == Party.Kind.SUPPLIER])
    tiers = _tiers(accounts.parties_with_tier() & since.keys())
    told = [_standing(party, since[party.pk], declared, received) for party in parties]
    return [
        replace(row, tier=tiers[party.pk].tier, tier_on=tiers[party.pk].on)
        if party.pk in tiers
        else row
        for party, row in zip(parties, told, strict=True)
    ]


def _tiers(importers: Collection[int]) -> dict[int, TierReview]:
    """The newest review of each importer. One query."""
    with tenancy.as_operator("the public record is read", actor="public"):
        return latest_reviews(importers)


def _standing(
    party: Party,
    since: datetime,
    declared: Counter[tuple[int, str]],
    received: dict[int, tuple[int, int]],
) -> Standing:
    is_importer = party.kind == Party.Kind.IMPORTER
    announced, failing = received.get(party.pk, (0, 0))
    return Standing(
        name=party.name,
        name_zh=party.name_zh,
        kind=party.kind,
        country=party.country,
        on_record_since=since,
        member_since=party.joined_on,
        papers=tuple(_papers(onboarding.checks(party, clock.today()))),
        released=sum(declared[party.pk, state] for state in LET_GO) if is_importer else None,
        refused=declared[party.pk, REFUSED] if is_importer else None,
        announced_units=None if is_importer else announced,
        failing_units=None if is_importer else failing,
    )


def _papers(checks: Iterable[onboarding.Check]) -> Iterable[onboarding.Check]:
    return (check for check in checks if check.what in PAPERS)


def _declarations(importers: Collection[int]) -> Counter[tuple[int, str]]:
    """How many declarations of each importer are in each state. One query."""
    with tenancy.as_operator("the public record is read", actor="public"):
        rows = Declaration.objects.filter(importer__in=importers).order_by()
        counted = rows.values_list("importer_id", "state").annotate(count=Count("pk"))
        return Counter({(importer, state): count for importer, state, count in counted})


def _receipts(suppliers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Units announced, and units short or damaged of them, by supplier. One query."""
    rows = ReceiptLine.objects.filter(order_line__order__supplier__in=suppliers).order_by()
    summed = rows.values_list("order_line__order__supplier_id").annotate(
        Sum("expected"), Sum("damaged"), Sum("short")
    )
    return {supplier: (units, damaged + short) for supplier, units, damaged, short in summed}
