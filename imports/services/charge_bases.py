"""The operator says by which measure a charge is shared, until the consignment arrives."""

from collections.abc import Mapping

from django.db import transaction

from core import facts
from core.domain.errors import Refusal
from imports import queries
from imports.domain.charge_bases import Basis
from imports.models import Consignment, ConsignmentCharge


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
        NoManualParts, NothingToShareBy: no importer of the consignment has a part above zero.
    """
    parts = {key: part for key, part in (manual_parts or {}).items() if part > 0}
    measures = queries.measures_of(charge.consignment)
    queries.charge_shares(charge, measures, basis=Basis(basis), manual_parts=parts)
    rows = ConsignmentCharge.objects.filter(
        pk=charge.pk, consignment__state=Consignment.State.DEPARTED
    )
    kept = {str(key): part for key, part in parts.items() if key in measures}
    if not rows.update(basis=Basis(basis).value, manual_parts=kept):
        raise ChargeIsFixed
    charge.refresh_from_db()
    data = {"charge": charge.pk, "consignment": charge.consignment_id, "basis": charge.basis}
    facts.append(
        "imports.charge.basis_chosen", subject=f"consignment:{charge.consignment_id}", data=data
    )
    return charge
