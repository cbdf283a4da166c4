"""Identities of consumer units: commissioned by lot, known by their hash only."""

from collections.abc import Sequence

from django.db import transaction

from core import facts, keys
from core.domain.errors import Refusal
from warehouse.models import Lot, UnitIdentity

ROWS_PER_INSERT = 1000


class MoreCodesThanUnits(Refusal):
    """Raised when a lot would get more codes than it has good units."""

    code = "more-codes-than-units"
    reason = "Lot {lot} has {units} good units and {codes} codes; {asked} more do not fit."
    remedy = "Issue codes for {left} units or fewer, or void codes that were not applied."


def code_hmac(code: str) -> bytes:
    """What the warehouse knows a code by; nobody without the key ring gets back to the code."""
    return keys.ring().hmac("codes", code.encode())


@transaction.atomic
def commission_units(lot: Lot, hmacs: Sequence[bytes]) -> list[UnitIdentity]:
    """Bind codes to units of a lot, as their labels are applied; only the keyed hashes are kept.

    Raises:
        MoreCodesThanUnits: the lot has fewer good units without a code; nothing is bound.
    """
    lot = Lot.objects.select_for_update(of=("self",)).select_related("receipt_line").get(pk=lot.pk)
    coded = lot.identities.exclude(state=UnitIdentity.State.VOID).count()
    good = lot.receipt_line.good
    if coded + len(hmacs) > good:
        raise MoreCodesThanUnits(
            lot=lot.number, units=good, codes=coded, asked=len(hmacs), left=good - coded
        )
    made = UnitIdentity.objects.bulk_create(
        [
            UnitIdentity(
                code_hmac=code_hmac,
                product_id=lot.product_id,
                lot=lot,
                state=UnitIdentity.State.APPLIED,
            )
            for code_hmac in hmacs
        ],
        batch_size=ROWS_PER_INSERT,
    )
    facts.append(
        "warehouse.units.commissioned",
        subject=f"lot:{lot.pk}",
        data={"lot": lot.pk, "product": lot.product_id, "count": len(made)},
    )
    return made
