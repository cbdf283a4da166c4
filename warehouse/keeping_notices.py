"""What the warehouse tells owners whose goods are becoming too old to be sold."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import jobs, notices
from core.models.notice import Notice
from warehouse.queries.keeping import KeptRow

AGEING = "warehouse.stock.ageing"
KEEP_BOOKS = "warehouse.keep_books"
jobs.daily.append(KEEP_BOOKS)

notices.register(
    AGEING,
    notices.Kind(
        Notice.Level.NEWS,
        _noop("{units} units of {product} (lot {lot}) can be sold safely until {day} only."),
        _noop(
            "Sell them faster, or take one of the priced ways out: offered in the pool in time "
            "they lose least."
        ),
    ),
)


def tell_ageing(rows: Iterable[KeptRow]) -> int:
    """Tell each owner once of each lot that nears its last safe sale; how many rows there are."""
    told = 0
    for row in rows:
        if not row.exits or row.last_safe_on is None:
            continue
        notices.tell(
            row.owner_id,
            AGEING,
            key=f"{AGEING}/{row.lot_id}/{row.owner_id}",
            params={
                "units": row.units,
                "product": notices.both(row.product, row.product_zh),
                "lot": row.lot_no,
                "day": row.last_safe_on.isoformat(),
            },
            address=reverse("warehouse:keeping"),
            due_on=row.last_safe_on,
        )
        told += 1
    return told
