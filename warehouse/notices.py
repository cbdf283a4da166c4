"""What the warehouse tells importers: goods that arrived short, and releases of unused units."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import jobs, notices
from core.models import Pool
from core.models.notice import Notice
from imports.models import PurchaseOrderLine
from warehouse import keeping_notices  # noqa: F401  its kinds are registered with these
from warehouse.models import AllocationShare, BookCheck, Release, ReleaseGrant

SHORT = "warehouse.allocation.short"

ADVANCE_RELEASES = "warehouse.advance_releases"
PLAN_COUNTS = "warehouse.plan_counts"
CHECK_BOOK = "warehouse.check_book"
jobs.daily += [ADVANCE_RELEASES, PLAN_COUNTS, CHECK_BOOK]

notices.register(
    SHORT,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("Of {asked} units of {product} in order {order} you have {granted} so far."),
        _noop(
            "The rest arrived damaged or not at all, and is shared fairly. Plan without it: "
            "a later delivery tops up, and what never comes is credited."
        ),
    ),
)

RELEASE = "warehouse.release.announced"
GRANTED = "warehouse.release.granted"

notices.register(
    RELEASE,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("Unused units of {product} will be offered to others on {day}."),
        _noop("Say before that day how many you keep; what you do not keep is sold for you."),
    ),
)
notices.register(
    GRANTED,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("Of {asked} units of {product} that you asked for you got {granted}."),
        _noop(
            "They are yours and paid. Where you got fewer, asking for more would not have helped."
        ),
    ),
)
DRIFT = "warehouse.book.drift"
TERM = "warehouse.book.term"

notices.register(
    DRIFT,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("The account book and the shelves differ by {units} units of {product}."),
        _noop("Behind it is “{behind}”. Count its lots, then correct the booking with customs."),
        is_mailed=True,
    ),
)
notices.register(
    TERM,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Lot {lot} may stay in the zone until {until}."),
        _noop("Apply for more time, release it inside the pool, or return it abroad before."),
    ),
)


def tell_drift(pool: Pool, check: BookCheck) -> None:
    """Alarm the operator of units that no named position explains."""
    product = check.item.product
    params = {
        "units": check.drift_units,
        "product": notices.both(product.name, product.name_zh),
        "behind": check.behind,
    }
    notices.tell(
        pool.operator_id,
        DRIFT,
        key=f"{DRIFT}/{check.item_id}/{check.checked_on}",
        params=params,
        address=reverse("warehouse:account-book"),
    )


def tell_term(pool: Pool, *, lot_id: int, lot: str, until: date) -> None:
    """Tell the operator that a lot's time in the zone ends soon."""
    notices.tell(
        pool.operator_id,
        TERM,
        key=f"{TERM}/{lot_id}/{until}",
        params={"lot": lot, "until": until.isoformat()},
        address=reverse("warehouse:account-book"),
        due_on=until,
    )


def tell_announced(release: Release, owner_ids: Iterable[int]) -> None:
    """Tell the owners of units that they may keep them."""
    params = {
        "product": notices.both(release.product.name, release.product.name_zh),
        "day": release.keep_before.isoformat(),
    }
    for owner_id in sorted(owner_ids):
        notices.tell(
            owner_id,
            RELEASE,
            key=f"{RELEASE}/{release.pk}/{owner_id}",
            params=params,
            address=reverse("warehouse:releases"),
            due_on=release.keep_before,
        )


def tell_released(release: Release, grants: Sequence[ReleaseGrant]) -> None:
    """Tell everybody who asked what it got."""
    product = notices.both(release.product.name, release.product.name_zh)
    for grant in grants:
        params = {"asked": grant.asked_units, "granted": grant.granted_units, "product": product}
        notices.tell(
            grant.owner_id,
            GRANTED,
            key=f"{GRANTED}/{release.pk}/{grant.owner_id}",
            params=params,
            address=reverse("warehouse:releases"),
        )


def tell_short(shares: Sequence[AllocationShare]) -> None:
    """Tell each owner whose share of an order line is not whole; settle what became whole."""
    lines = PurchaseOrderLine.objects.select_related("product", "order").in_bulk(
        {share.order_line_id for share in shares}
    )
    whole = [share for share in shares if share.granted_units >= share.asked_units]
    notices.settle_many([_key(share) for share in whole])
    for share in shares:
        if share in whole:
            continue
        line = lines[share.order_line_id]
        notices.tell(
            share.owner_id,
            SHORT,
            key=_key(share),
            params={
                "asked": share.asked_units,
                "granted": share.granted_units,
                "order": line.order.number,
                "product": notices.both(line.product.name, line.product.name_zh),
            },
            address=reverse("warehouse:stock"),
        )


def _key(share: AllocationShare) -> str:
    return f"{SHORT}/{share.order_line_id}/{share.owner_id}"
