"""The operator says by which measure a charge is shared, until the consignment arrives."""

from collections.abc import Mapping

from django.db import transaction

from core import facts
from core.domain.errors import Refusal
from imports.domain.charge_bases import Basis, NoManualParts
from imports.models import Consignment, ConsignmentCharge, OrderShare


class ChargeIsFixed(Refusal):
    """Raised when the basis of a charge is changed after its consignment arrived."""

    code = "charge-is-fixed"
    reason = "The consignment has arrived; its charges are shared as they stand."
    remedy = "Correct what a single importer pays in its statement."


@transaction.atomic
def choose_basis(
    charge: ConsignmentCharge, basis: str, *, manual_parts: Mapping[int, int] | None = None
) -> ConsignmentCharge:
    """Share a charge by another measure; by hand with a whole part for each importer.

    Raises:
        ChargeIsFixed: the consignment has arrived.
        NoManualParts: by hand, and no importer of the consignment has a part above zero.
    """
    parts = {str(key): part for key, part in (manual_parts or {}).items() if part > 0}
    if basis == Basis.MANUAL and not _is_in(charge, {int(key) for key in parts}):
        raise NoManualParts
    rows = ConsignmentCharge.objects.filter(
        pk=charge.pk, consignment__state=Consignment.State.DEPARTED
    )
    if not rows.update(basis=Basis(basis).value, manual_parts=parts):
        raise ChargeIsFixed
    charge.refresh_from_db()
    data = {"charge": charge.pk, "consignment": charge.consignment_id, "basis": charge.basis}
    facts.append(
        "imports.charge.basis_chosen", subject=f"consignment:{charge.consignment_id}", data=data
    )
    return charge


def _is_in(charge: ConsignmentCharge, importers: set[int]) -> bool:
    """Whether one of the importers has goods in the charge's consignment."""
    shares = OrderShare.objects.filter(line__consigned__consignment=charge.consignment_id)
    return bool(importers) and shares.filter(owner_id__in=importers).exists()
