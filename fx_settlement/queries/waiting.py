"""What waits for a movement on a bank account: wires, conversions, fees, requests, refunds."""

from collections.abc import Iterator

from django.db.models import QuerySet

from core.models import Party, Pool
from fx_settlement.domain.matching import Candidate, Rule
from fx_settlement.models import (
    BankAccount,
    BankEntry,
    Conversion,
    FundingRequest,
    GrantedClaim,
    Payment,
    Refund,
)
from fx_settlement.queries.batches import HOME

UNPROVEN = (Payment.State.INSTRUCTED, Payment.State.ACCEPTED, Payment.State.SETTLED)


def targets_waiting(
    operator: Party, number: str, currency: str, *, is_proof: bool
) -> list[Candidate]:
    """Everything that a movement on an account may belong to, less what one has already proved.

    What may arrive in parts waits for its rest. Eight queries at most.
    """
    pools = Pool.objects.filter(operator=operator, pk__in=_pools(operator, number, currency))
    seen = BankEntry.objects.exclude(target="").filter(
        is_proof=is_proof, statement__message__operator=operator
    )
    known = frozenset(seen.values_list("target", flat=True))
    found = [*_wires(pools, number, currency), *_conversions(pools, number, currency)]
    if currency == HOME:
        found += [*_fees(pools), *_requests(pools), *_refunds(pools), *_claims(pools)]
    return [each for each in found if each.takes_any_amount or each.key not in known]


def _pools(operator: Party, number: str, currency: str) -> "QuerySet[BankAccount, int]":
    accounts = BankAccount.objects.filter(pool__operator=operator, number=number, currency=currency)
    return accounts.values_list("pool_id", flat=True)


def notices_waiting(operator: Party, number: str, currency: str) -> list[Candidate]:
    """Movements that the bank told of within a day and no statement has shown yet. One query."""
    rows = BankEntry.objects.filter(
        statement__message__operator=operator,
        statement__account_number=number,
        currency=currency,
        is_proof=False,
        state=BankEntry.State.MATCHED,
        proof__isnull=True,
    )
    return [
        Candidate(f"notice:{row.pk}", row.amount_minor, currency, row.value_on, row.references)
        for row in rows.order_by("pk")
    ]


def _wires(pools: "QuerySet[Pool]", number: str, currency: str) -> Iterator[Candidate]:
    rows = Payment.objects.filter(
        batch__pool__in=pools, batch__account__number=number, currency=currency
    ).exclude(state=Payment.State.VOID)
    place, batch = 0, None
    for row in rows.select_related("batch").order_by("batch_id", "reference"):
        place, batch = (place + 1 if row.batch_id == batch else 1), row.batch_id
        if row.state in UNPROVEN and row.batch.requested_on is not None:
            references = {
                Rule.END_TO_END: row.reference,
                Rule.INSTRUCTION: row.reference,
                Rule.UETR: row.uetr,
                Rule.PAYMENT_GROUP: f"{row.batch.number}/{place}",
                Rule.BANK_REFERENCE: row.bank_reference,
            }
            day = row.settled_on or row.batch.requested_on
            yield Candidate(f"payment:{row.pk}", -row.amount_minor, currency, day, references)


def _conversions(pools: "QuerySet[Pool]", number: str, currency: str) -> Iterator[Candidate]:
    """The two sides of a conversion: what was paid for it, and what it brought."""
    rows = Conversion.objects.filter(batch__pool__in=pools, batch__value_on__isnull=False)
    if currency != HOME:
        rows = rows.filter(batch__currency=currency, batch__account__number=number)
    for row in rows.select_related("batch").order_by("pk"):
        references = {Rule.END_TO_END: row.batch.number, Rule.INSTRUCTION: row.batch.number}
        day = row.batch.value_on or row.converted_at.date()
        if currency == HOME:
            yield Candidate(f"sold:{row.pk}", -row.cny_minor, currency, day, references)
        else:
            yield Candidate(f"bought:{row.pk}", row.foreign_minor, currency, day, references)


def _fees(pools: "QuerySet[Pool]") -> Iterator[Candidate]:
    rows = Payment.objects.filter(
        batch__pool__in=pools, state=Payment.State.SETTLED, fee_minor__gt=0
    )
    for row in rows.order_by("pk"):
        if row.fee_minor and row.settled_on:
            references = {Rule.END_TO_END: row.reference}
            yield Candidate(f"fee:{row.pk}", -row.fee_minor, HOME, row.settled_on, references)


def _requests(pools: "QuerySet[Pool]") -> Iterator[Candidate]:
    rows = FundingRequest.objects.filter(pool__in=pools, state=FundingRequest.State.OPEN)
    for row in rows.order_by("pk"):
        references = {Rule.END_TO_END: row.number}
        yield Candidate(
            f"funding:{row.pk}",
            row.missing_minor,
            HOME,
            row.due_on,
            references,
            takes_any_amount=True,
        )


def _refunds(pools: "QuerySet[Pool]") -> Iterator[Candidate]:
    rows = Refund.objects.filter(pool__in=pools, state=Refund.State.APPROVED)
    for row in rows.order_by("pk"):
        references = {Rule.END_TO_END: row.number}
        day = row.asked_at.date()
        yield Candidate(f"refund:{row.pk}", -row.amount_minor, HOME, day, references)


def _claims(pools: "QuerySet[Pool]") -> Iterator[Candidate]:
    rows = GrantedClaim.objects.filter(pool__in=pools, state=GrantedClaim.State.EXPECTED)
    for row in rows.select_related("claim").order_by("pk"):
        references = {Rule.END_TO_END: row.claim.number}
        yield Candidate(
            f"claim:{row.pk}",
            row.expected_minor - row.received_minor,
            HOME,
            row.granted_on,
            references,
            takes_any_amount=True,
        )
