"""Releases of unused units as their readers see them: what is offered, never by whom."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Min, Model, QuerySet, Sum

from core import tenancy
from core.models import Party
from warehouse.domain.allocation import Explanation
from warehouse.domain.stock import Place
from warehouse.models import (
    Holding,
    Release,
    ReleaseAsk,
    ReleaseGrant,
    ReleaseKeep,
    ReleaseOffer,
)

SHOWN = 50


@dataclass(frozen=True)
class ReleaseRow:
    """One release for one reader: what it owns, keeps, gives, asks and got."""

    release_id: int
    product: str
    product_zh: str
    state: str
    cause: str
    currency: str
    keep_before: date
    ask_before: date
    discount_minor: int
    offered_units: int
    lowest_minor: int
    highest_minor: int
    asked_units: int = 0
    passed_units: int = 0
    owned_free_units: int = 0
    kept_units: int | None = None
    given_units: int = 0
    own_ask_units: int | None = None
    grant: Explanation | None = None
    paid_minor: int = 0


def releases_for(importer: Party) -> list[ReleaseRow]:
    """Releases as an importer sees them, newest first. Seven queries, whatever the number."""
    releases = list(_releases()[:SHOWN])
    ids = [release.pk for release in releases]
    common = _common(ids)
    free = _free_units(importer, releases)
    keeps = dict(_own(ReleaseKeep, importer, ids).values_list("release_id", "units"))
    asks = dict(_own(ReleaseAsk, importer, ids).values_list("release_id", "units"))
    given = dict(_own(ReleaseOffer, importer, ids).values_list("release_id").annotate(Sum("units")))
    grants = {row.release_id: row for row in _own(ReleaseGrant, importer, ids)}
    return [
        _row(
            release,
            common,
            owned_free_units=free.get(release.product_id, 0),
            kept_units=keeps.get(release.pk),
            given_units=given.get(release.pk, 0),
            own_ask_units=asks.get(release.pk),
            grant=grants[release.pk].explanation if release.pk in grants else None,
            paid_minor=grants[release.pk].paid_minor if release.pk in grants else 0,
        )
        for release in releases
    ]


def releases_led_by(operator: Party) -> list[ReleaseRow]:
    """Releases of an operator's pools, newest first. Four queries, whatever the number."""
    releases = list(_releases().filter(pool__operator_id=operator.pk)[:SHOWN])
    ids = [release.pk for release in releases]
    common = _common(ids)
    asked = dict(
        ReleaseAsk.objects.filter(release__in=ids).values_list("release_id").annotate(Sum("units"))
    )
    passed = dict(
        ReleaseGrant.objects.filter(release__in=ids)
        .values_list("release_id")
        .annotate(Sum("granted_units"))
    )
    return [
        _row(
            release,
            common,
            asked_units=asked.get(release.pk, 0),
            passed_units=passed.get(release.pk, 0),
        )
        for release in releases
    ]


def _releases() -> QuerySet[Release]:
    return Release.objects.select_related("product", "pool").order_by("-pk")


def _own(model: type[Model], importer: Party, release_ids: list[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(  # noqa: SLF001
        owner_id=importer.pk, release__in=release_ids
    )
    return rows


_Offered = dict[int, tuple[int, int, int]]


def _common(release_ids: list[int]) -> _Offered:
    """Units and the range of prices offered in each release, by nobody's name. One query."""
    with tenancy.as_operator("what releases offer, without the owners"):
        rows = (
            ReleaseOffer.objects.filter(release__in=release_ids)
            .values_list("release_id")
            .annotate(Sum("units"), Min("price_minor"), Max("price_minor"))
        )
        return {release_id: (units, low, high) for release_id, units, low, high in rows}


def _free_units(importer: Party, releases: list[Release]) -> dict[int, int]:
    rows = Holding.objects.filter(
        owner_id=importer.pk,
        place=Place.BONDED,
        lot__product__in={release.product_id for release in releases},
    )
    found: dict[int, int] = {}
    for product_id, units, reserved in rows.values_list(
        "lot__product_id", "units", "reserved_units"
    ):
        found[product_id] = found.get(product_id, 0) + units - reserved
    return found


def _row(release: Release, common: _Offered, **more: Any) -> ReleaseRow:
    units, low, high = common.get(release.pk, (0, 0, 0))
    return ReleaseRow(
        release_id=release.pk,
        product=release.product.name,
        product_zh=release.product.name_zh,
        state=release.state,
        cause=release.cause,
        currency=release.pool.currency,
        keep_before=release.keep_before,
        ask_before=release.ask_before,
        discount_minor=release.discount_minor,
        offered_units=units,
        lowest_minor=low,
        highest_minor=high,
        **more,
    )
