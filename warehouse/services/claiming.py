"""Photos of a delivery, and claims for what came short or damaged."""

from datetime import date
from hashlib import sha256

from django.db import transaction

from core import clock, documents, facts, jobs, numbering, tenancy
from core.models import Party
from imports.models import OrderShare
from warehouse.domain.claims import (
    CLAIM_STEPS,
    Against,
    Borne,
    Cause,
    MoreThanClaimed,
    NothingToClaim,
    loss_of,
    shares_of,
)
from warehouse.models import AllocationShare, Claim, Photo, ReceiptLine

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


def insurer_named(name: str) -> Party:
    """The insurer of that name, entered when it is named for the first time."""
    known = Party.objects.filter(kind=Party.Kind.SERVICE, name=name).order_by("pk").first()
    if known is not None:
        return known
    code = f"insurer-{sha256(name.encode()).hexdigest()[:12]}"
    made, _ = Party.objects.get_or_create(
        code=code, defaults={"kind": Party.Kind.SERVICE, "name": name, "country": "CN"}
    )
    return made


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
    facts.append(
        "warehouse.claim.made",
        subject=f"claim:{claim.pk}",
        data=_told(claim, minor=claim.amount_minor),
    )
    jobs.order(PRINT_CLAIM, key=f"{PRINT_CLAIM}:{claim.pk}", claim=claim.pk)
    return claim


def _locked(line: ReceiptLine) -> ReceiptLine:
    rows = ReceiptLine.objects.select_for_update(of=("self",)).select_related(
        "order_line__order", "receipt__consignment"
    )
    return rows.get(pk=line.pk)


def _told(claim: Claim, *, minor: int) -> dict[str, object]:
    """What both facts say of a claim; ``shares`` are pairs of owner and its part of an amount."""
    line = claim.receipt_line
    return {
        "claim": claim.pk,
        "pool": line.receipt.consignment.pool_id,
        "receipt": line.receipt_id,
        "order_line": line.order_line_id,
        "cause": claim.cause,
        "against": claim.against,
        "party": claim.party_id,
        "units": claim.units,
        "amount_minor": claim.amount_minor,
        "currency": claim.currency,
        "shares": [list(share) for share in sorted(shares_of(minor, _borne(line)).items())],
    }


def shares_of_claim(claim: Claim, minor: int) -> dict[int, int]:
    """A part of a claim by owner, as the loss was borne; adds up exactly. Two queries."""
    return shares_of(minor, _borne(claim.receipt_line))


def _borne(line: ReceiptLine) -> Borne:
    """Who went without for what a line lacks; by cost alone until its units are shared out."""
    shared = AllocationShare.objects.filter(
        receipt_id=line.receipt_id, order_line_id=line.order_line_id
    )
    paid = OrderShare.objects.filter(line_id=line.order_line_id, cost_minor__gt=0)
    return Borne(
        missing_units=line.short + line.damaged,
        lost_units={row.owner_id: row.asked_units - row.granted_units for row in shared},
        cost_minor=dict(paid.values_list("owner_id", "cost_minor")),
    )


@transaction.atomic
def answer_claim(claim: Claim, *, accepted_minor: int, on: date | None = None) -> Claim:
    """Write down what the supplier or insurer grants: all, a part, or nothing.

    Settlement credits what was granted by the fact that this adds, to the owners it names.

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
        **_told(claim, minor=accepted_minor),
        "state": claim.state,
        "accepted_minor": accepted_minor,
    }
    facts.append("warehouse.claim.answered", subject=f"claim:{claim.pk}", data=data)
    return claim


__all__ = [
    "PRINT_CLAIM",
    "NothingToClaim",
    "answer_claim",
    "insurer_named",
    "keep_photo",
    "make_claim",
    "shares_of_claim",
]
