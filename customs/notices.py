"""What declaring tells: refusals to the importer, new batches to the broker."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _noop

from core import notices
from core.models.notice import Notice
from customs import territories
from customs.models import Declaration, DeclarationBatch

REFUSED = "customs.declaration.refused"
ASSIGNED = "customs.batch.assigned"

notices.register(
    REFUSED,
    notices.Kind(
        Notice.Level.ALARM,
        _noop("Customs refused the declaration of order {order} ({error}): {reason}"),
        _noop("{remedy} The broker declares the order again once it is mended."),
        is_mailed=True,
    ),
)
notices.register(
    ASSIGNED,
    notices.Kind(
        Notice.Level.DUE,
        _noop("Batch {batch} with {count} declarations is yours."),
        _noop("Download its files, declare them, and hand in what customs answers."),
        is_mailed=True,
    ),
)


def tell_refused(declaration: Declaration) -> None:
    """Tell an importer why customs refused an order, and what to do about it."""
    codes = territories.of(declaration.order.pool).error_codes
    known = codes.get(declaration.error_code)
    reason = remedy = notices.both("see the order's page for its words.", "原文见订单页面。")
    if known is not None:
        reason = notices.both(known.name_en, known.name_zh)
        remedy = notices.both(known.remedy_en, known.remedy_zh)
    notices.tell(
        declaration.importer_id,
        REFUSED,
        key=f"{_about(declaration)}{declaration.cop_no}",
        params={
            "order": declaration.order.order_no,
            "error": declaration.error_code or "–",
            "reason": reason,
            "remedy": remedy,
        },
        address=reverse("customs:order", args=[declaration.order_id]),
    )


def settle_refused(declaration: Declaration) -> None:
    """The order is declared again."""
    notices.settle_all(_about(declaration))


def _about(declaration: Declaration) -> str:
    return f"{REFUSED}/{declaration.pk}/"


def tell_assigned(batch: DeclarationBatch, count: int) -> None:
    """Tell the broker that a batch waits for it."""
    notices.tell(
        batch.broker_id,
        ASSIGNED,
        key=f"{ASSIGNED}/{batch.pk}",
        params={"batch": batch.number, "count": count},
        address=reverse("customs:batch", args=[batch.pk]),
    )


def settle_assigned(batch: DeclarationBatch) -> None:
    """The broker has the batch's files."""
    notices.settle(f"{ASSIGNED}/{batch.pk}")
