"""What becomes of claims: credits that a supplier refuses, and what insurers pay.

A receipt credits importers at once for what came short or damaged, against the supplier. What the
supplier does not grant is owed to it after all; what is claimed from an insurer always is, and
the insurer's money is credited when it arrives.
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from core import clock, facts, ledger, rates
from core.domain.chart import TransferCode
from core.domain.shares import split_in_proportion
from core.models import Transfer
from fx_settlement.models import GrantedClaim, Obligation
from fx_settlement.services import books
from warehouse.domain.claims import Against
from warehouse.models import Claim, Receipt
from warehouse.services.claiming import shares_of_claim


def follow_claims(receipt: Receipt) -> None:
    """Follow every claim of a receipt whose obligations were just raised. Four queries at least."""
    for claim in Claim.objects.filter(receipt_line__receipt=receipt).order_by("pk"):
        follow_claim(claim)


@transaction.atomic
def follow_claim(claim: Claim) -> None:
    """Bill back what the supplier does not bear, and expect what an insurer granted; each once.

    Before the receipt is charged nothing is done; charging it calls this again.
    """
    line = claim.receipt_line
    if not Obligation.objects.filter(receipt=line.receipt_id).exists():
        return
    granted = claim.accepted_minor or 0
    if claim.against == Against.INSURER:
        _bill_back(claim, claim.amount_minor)
        if granted:
            _expect(claim, granted)
    elif claim.state != Claim.State.MADE:
        _bill_back(claim, claim.amount_minor - granted)


def _parts(claim: Claim, minor: int) -> dict[int, int]:
    """A part of a claim by importer: the operator's own part falls to them as well."""
    operator = claim.receipt_line.receipt.consignment.pool.operator_id
    parts = shares_of_claim(claim, claim.amount_minor)
    weights = {owner: part for owner, part in parts.items() if owner != operator and part}
    return split_in_proportion(minor, weights) if weights and minor else {}


def _bill_back(claim: Claim, minor: int) -> None:
    if Obligation.objects.filter(claim=claim).exists():
        return
    made = [
        _obligation(claim, importer, part)
        for importer, part in sorted(_parts(claim, minor).items())
        if part
    ]
    if not made:
        return
    Obligation.objects.bulk_create(made)
    order = claim.receipt_line.order_line.order
    payable = books.supplier_payable(order.supplier, order.currency)
    due = books.importers_due((each.importer_id for each in made), order.currency)
    specs = [
        spec
        for each in made
        for spec in books.move(
            f"fx.obligation:{each.pk}",
            debit=due[each.importer_id],
            credit=payable,
            amount_minor=each.amount_minor,
            code=TransferCode.GOODS,
        )
    ]
    ledger.transfer_many(specs, group=f"fx.claim:{claim.pk}")
    _tell("billed_back", claim, minor, len(made), order=order.pk)


def _obligation(claim: Claim, importer: int, minor: int) -> Obligation:
    line, today = claim.receipt_line, clock.today()
    order = line.order_line.order
    mid = rates.mid(order.currency, books.HOME, today)
    return Obligation(
        importer_id=importer,
        order=order,
        receipt_id=line.receipt_id,
        supplier_id=order.supplier_id,
        kind=Obligation.Kind.CLAIM,
        claim=claim,
        currency=order.currency,
        amount_minor=minor,
        raised_on=today,
        due_on=today,
        benchmark_rate=mid.rate,
        benchmark_on=mid.on,
    )


def _expect(claim: Claim, granted: int) -> None:
    on = claim.answered_on or clock.today()
    fen = rates.convert_on(granted, claim.currency, books.HOME, on)
    shares = [list(each) for each in sorted(_parts(claim, granted).items()) if each[1]]
    if fen and shares:
        GrantedClaim.objects.get_or_create(
            claim=claim,
            defaults={
                "pool": claim.receipt_line.receipt.consignment.pool,
                "shares": shares,
                "expected_minor": fen,
                "granted_on": on,
            },
        )


@transaction.atomic
def receive_claim(
    granted: GrantedClaim, amount_minor: int, *, reference: str, on: date | None = None
) -> GrantedClaim:
    """Credit what an insurer paid to importers' accounts, as their loss was; once per reference.

    A part leaves the rest expected; more than was expected at the mid is credited too.
    """
    granted.refresh_from_db(from_queryset=GrantedClaim.objects.select_for_update(of=("self",)))
    group, day = f"fx.claim:{granted.claim_id}/{reference}"[:80], on or clock.today()
    if Transfer.objects.filter(group=group).exists():
        return granted
    parts = split_in_proportion(amount_minor, dict(granted.shares))
    _credit(granted, parts, group, day)
    granted.received_minor += amount_minor
    granted.received_on = day
    if granted.received_minor >= granted.expected_minor:
        granted.state = GrantedClaim.State.RECEIVED
    granted.save()
    _tell("credited", granted.claim, amount_minor, len(parts), pool=granted.pool_id)
    return granted


def _credit(granted: GrantedClaim, parts: Mapping[int, int], group: str, day: date) -> None:
    escrows = books.escrows(parts, granted.pool)
    specs = [
        spec
        for importer, minor in sorted(parts.items())
        for spec in books.move(
            f"{group}/{importer}",
            debit=books.bank(books.HOME),
            credit=escrows[importer],
            amount_minor=minor,
            code=TransferCode.CLAIM,
        )
    ]
    ledger.transfer_many(specs, group=group, on=day)


def _tell(what: str, claim: Claim, minor: int, importers: int, **more: int) -> None:
    data = {"claim": claim.pk, "amount_minor": minor, "importers": importers, **more}
    facts.append(f"fx.claim.{what}", subject=f"claim:{claim.pk}", data=data)
