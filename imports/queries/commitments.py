"""What importers are bound to in rounds, and who has left."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core.models import Party, Pool
from imports.models import Commitment, Departure, ForecastLine, Round, RoundMember, RoundShare


@dataclass(frozen=True)
class OwnRoundRow:
    """A round as an importer sees it: its days, its state, and where it stands itself."""

    round_id: int
    code: str
    first_month: date
    last_month: date
    submission_on: date | None
    filling_on: date | None
    lock_on: date | None
    state: str
    is_submitted: bool
    standing: str
    has_certificate: bool


@dataclass(frozen=True)
class CommitmentRow:
    """A current line of an importer in a round."""

    product_id: int
    sku: str
    name: str
    name_zh: str
    units: int
    tolerance_units: int
    submitted_units: int
    cause: str


@dataclass(frozen=True)
class MemberRow:
    """An importer of a round, and what is held of its limit."""

    importer_id: int
    name: str
    name_zh: str
    state: str
    value_minor: int


def rounds_of_pools(importer: Party) -> QuerySet[Round]:
    """Rounds that concern an importer: it plans in their months, or is a member of them."""
    plans = ForecastLine.objects.filter(
        importer_id=importer.pk, version_before=None, year=OuterRef("first_month__year")
    )
    members = RoundMember.objects.filter(importer_id=importer.pk, round=OuterRef("pk"))
    return Round.objects.filter(Exists(plans) | Exists(members))


def own_rounds(importer: Party) -> list[OwnRoundRow]:
    """The rounds that concern an importer, latest first. One query."""
    standing = RoundMember.objects.filter(importer_id=importer.pk, round=OuterRef("pk"))
    share = RoundShare.objects.filter(importer_id=importer.pk, round=OuterRef("pk"))
    rows = (
        rounds_of_pools(importer)
        .annotate(standing=standing.values("state")[:1], has_share=Exists(share))
        .order_by("-first_month", "pk")
        .values_list(
            "pk", "code", "first_month", "last_month", "submission_on", "filling_on", "lock_on",
            "state", "submitted_at", "standing", "has_share",
        )
    )  # fmt: skip
    return [_own_round(*row) for row in rows]


def _own_round(*values: Any) -> OwnRoundRow:
    submitted_at, standing, has_share = values[8:]
    return OwnRoundRow(*(*values[:8], submitted_at is not None, standing or "", has_share))


def commitments_of(round_: Round, importer: Party) -> list[CommitmentRow]:
    """An importer's current lines in a round, by SKU. One query."""
    rows = (
        Commitment.objects.filter(round=round_, importer_id=importer.pk, version_before=None)
        .order_by("product__sku")
        .values_list(
            "product_id", "product__sku", "product__name", "product__name_zh", "units",
            "tolerance_units", "submitted_units", "cause",
        )
    )  # fmt: skip
    return [CommitmentRow(*row) for row in rows]


def members_of(round_: Round) -> list[MemberRow]:
    """The importers of a round, those above their limit first, then by name. One query."""
    rows = (
        RoundMember.objects.filter(round=round_)
        .order_by("-state", "importer__name")
        .values_list(
            "importer_id", "importer__name", "importer__name_zh", "state", "value_cny_minor"
        )
    )
    return [MemberRow(*row) for row in rows]


def departed(pool_id: int) -> set[int]:
    """Importers that left a pool. One query."""
    rows = Departure.objects.filter(pool_id=pool_id)
    return set(rows.values_list("importer_id", flat=True))


@dataclass(frozen=True)
class DepartureRow:
    """Who left a pool, when and why."""

    name: str
    name_zh: str
    cause: str
    on: date


def departures_of(pool: Pool) -> list[DepartureRow]:
    """Who left a pool, latest first. One query."""
    rows = Departure.objects.filter(pool=pool).order_by("-on", "-pk")
    names = ("importer__name", "importer__name_zh", "cause", "on")
    return [DepartureRow(*row) for row in rows.values_list(*names)]
