"""What the warehouse tells importers: goods that arrived short or damaged."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import notices
from core.models.notice import Notice
from imports.models import PurchaseOrderLine
from warehouse.models import AllocationShare

SHORT = "warehouse.allocation.short"

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
