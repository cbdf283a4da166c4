"""The life of printed labels: issued in batches, then applied to units, or void."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from core import bulk, facts
from core.domain.errors import Refusal
from warehouse.models import Lot, UnitIdentity
from warehouse.services.identities import MoreCodesThanUnits

AT_A_TIME = 500
State = UnitIdentity.State


class LabelsNotIssued(Refusal):
    """Raised when labels are to be applied that were not issued, or not all of them."""

    code = "labels-not-issued"
    reason = "Of {asked} labels {free} wait to be applied; the others were applied or are void."
    remedy = "Choose only labels that were issued and not used yet."


@transaction.atomic
def issue_labels(lot: Lot, hmacs: Sequence[bytes]) -> int:
    """Keep the hashes of printed labels of a lot; those kept before are passed over. The new ones.

    Raises:
        MoreCodesThanUnits: the lot has fewer good units without a code; nothing is kept.
    """
    lot = Lot.objects.select_for_update(of=("self",)).select_related("receipt_line").get(pk=lot.pk)
    known = _known(hmacs)
    fresh = [each for each in hmacs if each not in known]
    coded = lot.identities.exclude(state=State.VOID).count()
    good = lot.receipt_line.good
    if coded + len(fresh) > good:
        raise MoreCodesThanUnits(
            lot=lot.number, units=good, codes=coded, asked=len(fresh), left=good - coded
        )
    rows = [(each, lot.product_id, lot.pk, State.ISSUED) for each in fresh]
    bulk.insert(UnitIdentity, ["code_hmac", "product_id", "lot_id", "state"], rows)
    return len(fresh)


def _known(hmacs: Sequence[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for part in _parts(hmacs):
        rows = UnitIdentity.objects.filter(code_hmac__in=part)
        found |= {bytes(each) for each in rows.values_list("code_hmac", flat=True)}
    return found


def _parts(hmacs: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(hmacs), AT_A_TIME):
        yield hmacs[start : start + AT_A_TIME]


@transaction.atomic
def apply_labels(lot: Lot, hmacs: Sequence[bytes]) -> int:
    """Labels now stick on units of a lot: from here on a unit can be picked. How many.

    Raises:
        LabelsNotIssued: some were applied before, are void, or were never issued; none is applied.
    """
    moved = _move(lot, hmacs, State.APPLIED)
    if moved != len(hmacs):
        raise LabelsNotIssued(asked=len(hmacs), free=moved)
    data = {"lot": lot.pk, "product": lot.product_id, "count": moved}
    facts.append("warehouse.units.commissioned", subject=f"lot:{lot.pk}", data=data)
    return moved


@transaction.atomic
def void_labels(lot: Lot, hmacs: Sequence[bytes]) -> int:
    """Labels that were spoilt or left over never count again. How many were still waiting."""
    moved = _move(lot, hmacs, State.VOID)
    if moved:
        data = {"lot": lot.pk, "product": lot.product_id, "count": moved}
        facts.append("warehouse.labels.voided", subject=f"lot:{lot.pk}", data=data)
    return moved


def _move(lot: Lot, hmacs: Sequence[bytes], state: str) -> int:
    """Take issued labels to a state; of two that try at once one counts each."""
    rows = UnitIdentity.objects.filter(lot=lot, state=State.ISSUED)
    return sum(rows.filter(code_hmac__in=part).update(state=state) for part in _parts(hmacs))


def labels_by_state(lot: Lot, hmacs: Sequence[bytes]) -> dict[str, int]:
    """How many labels are in each state."""
    counts: dict[str, int] = {}
    for part in _parts(hmacs):
        rows = UnitIdentity.objects.filter(lot=lot, code_hmac__in=part)
        for state in rows.values_list("state", flat=True):
            counts[state] = counts.get(state, 0) + 1
    return counts
