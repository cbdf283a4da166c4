"""Photos of a delivery, and claims for what came short or damaged."""

from datetime import date
from hashlib import sha256

from django.db import transaction

from core import clock, documents, facts, jobs, numbering, tenancy
from core.models import Party
from warehouse.domain.claims import (
    CLAIM_STEPS,
    Against,
    Cause,
    MoreThanClaimed,
    NothingToClaim,
    loss_of,
)
from warehouse.models import Claim, Photo, ReceiptLine

PRINT_CLAIM = "warehouse.print_claim"


def keep_photo(line: ReceiptLine, picture: bytes) -> Photo:
    """Keep a photo of a counted line, sealed; the same photo again is kept once.

    ``picture`` is a checked JPEG, see :mod:`warehouse.pictures`.
    """
    key = f"receipt-photo/{line.pk}/{sha256(picture).hexdigest()}"
    document = documents.store(
        key=key,
        content=picture,
        filename=f"receipt-{line.receipt_id}-line-{line.pk}.jpg",
        media_type="image/jpeg",
        subject=f"receipt:{line.receipt_id}",
        is_sealed=True,
    )
    photo, _ = Photo.objects.get_or_create(
        receipt_line=line,
        document=document,
        defaults={"taken_at": clock.now(), "actor": tenancy.actor()},
    )
    return photo


@transaction.atomic
def make_claim(
    line: ReceiptLine, cause: Cause, *, insurer: Party | None = None, on: date | None = None
) -> Claim:
    """Claim a line's short or damaged units from its supplier, or from an insurer if one is given.

    The amount is the units at the order's price, in its currency. A line's loss is claimed once:
    the same cause again returns the first claim. The paper is drawn in the background.

    Raises:
        NothingToClaim: the line lacks nothing of the kind.
    """
    line = _locked(line)
    earlier: Claim | None = Claim.objects.filter(receipt_line=line, cause=cause).first()
    if earlier is not None:
        return earlier
    bought = line.order_line
    loss = loss_of(
        cause, short=line.short, damaged=line.damaged, unit_price_minor=bought.unit_price_minor
    )
    claim: Claim = Claim.objects.create(
        number=numbering.next_number("CL", (on or clock.today()).year),
        receipt_line=line,
        cause=cause,
        against=Against.INSURER if insurer else Against.SUPPLIER,
        party_id=insurer.pk if insurer else bought.order.supplier_id,
        units=loss.units,
        amount_minor=loss.amount_minor,
        currency=bought.order.currency,
        made_on=on or clock.today(),
    )
    facts.append("warehouse.claim.made", subject=f"claim:{claim.pk}", data=_made(claim))
    jobs.order(PRINT_CLAIM, key=f"{PRINT_CLAIM}:{claim.pk}", claim=claim.pk)
    return claim


def _locked(line: ReceiptLine) -> ReceiptLine:
    rows = ReceiptLine.objects.select_for_update(of=("self",)).select_related("order_line__order")
    return rows.get(pk=line.pk)


def _made(claim: Claim) -> dict[str, object]:
    return {
        "claim": claim.pk,
        "receipt": claim.receipt_line.receipt_id,
        "order_line": claim.receipt_line.order_line_id,
        "cause": claim.cause,
        "against": claim.against,
        "party": claim.party_id,
        "units": claim.units,
        "amount_minor": claim.amount_minor,
        "currency": claim.currency,
    }


@transaction.atomic
def answer_claim(claim: Claim, *, accepted_minor: int, on: date | None = None) -> Claim:
    """Write down what the supplier or insurer grants: all, a part, or nothing.

    Settlement credits what was granted by the fact that this adds.

    Raises:
        MoreThanClaimed: the answer is above the claim, or below nothing.
        StepNotAllowed: the claim is answered already.
    """
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if not 0 <= accepted_minor <= claim.amount_minor:
        raise MoreThanClaimed(claimed=claim.amount_minor, accepted=accepted_minor)
    claim.state = CLAIM_STEPS.next(claim.state, "accept" if accepted_minor else "decline")
    claim.accepted_minor = accepted_minor
    claim.answered_on = on or clock.today()
    claim.save(update_fields=["state", "accepted_minor", "answered_on"])
    data = {
        "claim": claim.pk,
        "order_line": claim.receipt_line.order_line_id,
        "against": claim.against,
        "party": claim.party_id,
        "state": claim.state,
        "accepted_minor": accepted_minor,
        "currency": claim.currency,
    }
    facts.append("warehouse.claim.answered", subject=f"claim:{claim.pk}", data=data)
    return claim


__all__ = [
    "PRINT_CLAIM",
    "NothingToClaim",
    "answer_claim",
    "keep_photo",
    "make_claim",
]
