"""The operator sets by which rules its pool plans, and enters what suppliers give on a total."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from core import clock, facts
from core.domain.errors import Refusal
from core.models import Party, Pool
from imports.models import PlanningTerms, SupplierRebate


class TermsNotLater(Refusal):
    """Raised when terms would begin in the past, or not after those entered before."""

    code = "terms-not-later"
    reason = "Terms from {day} would not begin after {earlier}, on which the last ones begin."
    remedy = "Choose a later day; what held stays as it was."


class RebateNotLater(Refusal):
    """Raised when a rebate would replace one that begins on the same day or later."""

    code = "rebate-not-later"
    reason = "A rebate from {from_units} units begins on {earlier}; {day} is not later."
    remedy = "Choose a later day, or another number of units."


@transaction.atomic
def set_terms(
    pool: Pool,
    *,
    valid_from: date,
    equal_price_percent: int,
    raise_percent: int,
    cut_percent: int,
    plans_containers: bool,
) -> PlanningTerms:
    """Plan a pool by other rules from a day on; rounds that are bought keep theirs.

    Raises:
        TermsNotLater: nothing was set.
    """
    Pool.objects.select_for_update().get(pk=pool.pk)
    rows = PlanningTerms.objects.filter(pool=pool).order_by("-valid_from")
    latest = rows.values_list("valid_from", flat=True).first()
    earlier = max(filter(None, (latest, clock.today() - timedelta(days=1))))
    if valid_from <= earlier:
        raise TermsNotLater(day=valid_from, earlier=earlier)
    made: PlanningTerms = PlanningTerms.objects.create(
        pool=pool,
        valid_from=valid_from,
        equal_price_percent=equal_price_percent,
        raise_percent=raise_percent,
        cut_percent=cut_percent,
        plans_containers=plans_containers,
    )
    data = {"terms": made.pk, "pool": pool.pk, "from": valid_from.isoformat()}
    facts.append("imports.terms.set", subject=f"pool:{pool.pk}", data=data)
    return made


@transaction.atomic
def enter_rebate(
    supplier: Party,
    *,
    from_units: int,
    percent: Decimal,
    valid_from: date,
    valid_before: date | None = None,
) -> SupplierRebate:
    """Record a percentage off a supplier's prices from a total of units; one of as many ends.

    Raises:
        RebateNotLater: nothing was recorded.
    """
    same = SupplierRebate.objects.filter(supplier_id=supplier.pk, from_units=from_units)
    later = same.filter(valid_from__gte=valid_from).order_by("valid_from").first()
    if later is not None:
        raise RebateNotLater(from_units=from_units, earlier=later.valid_from, day=valid_from)
    holding = Q(valid_before__isnull=True) | Q(valid_before__gt=valid_from)
    same.filter(holding).update(valid_before=valid_from)
    made: SupplierRebate = SupplierRebate.objects.create(
        supplier_id=supplier.pk,
        from_units=from_units,
        percent=percent,
        valid_from=valid_from,
        valid_before=valid_before,
    )
    data = {"rebate": made.pk, "supplier": supplier.pk, "from": valid_from.isoformat()}
    facts.append("imports.rebate.entered", subject=f"party:{supplier.pk}", data=data)
    return made
