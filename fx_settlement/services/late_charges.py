"""Charges that came after their costs were shared: entered by one, posted by another person."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from core import clock, facts, ledger, numbering
from core.domain.chart import TransferCode
from core.domain.errors import Refusal
from core.models import Pool, User
from fx_settlement import notices, queries
from fx_settlement.domain.late_charges import LATE_STEPS, Split
from fx_settlement.models import ChargeShare, LateCharge, LatePart
from fx_settlement.services import books
from fx_settlement.services.late_dues import collect
from fx_settlement.services.requests import ask_for_late_charge
from imports.models import ConsignmentCharge
from warehouse import services as warehouse
from warehouse.models import Holding


class NotSharedYet(Refusal):
    """Raised when a charge would follow one that nobody has borne yet."""

    code = "charges-not-shared-yet"
    reason = "The charges of {consignment} are not shared yet."
    remedy = "Share the consignment's charges first; what came late follows them."


class BilledAlready(Refusal):
    """Raised when the same bill is entered again beside the same charge."""

    code = "late-charge-billed-already"
    reason = "Bill {document} is charged already, as {number}."
    remedy = "Drop or take back {number} first, or check the bill's number."


class EntererPosts(Refusal):
    """Raised when a late charge would be posted by the one who entered it."""

    code = "enterer-posts-late-charge"
    reason = "{number} was entered by the same person who now posts it."
    remedy = "Ask a second person to post it."


class NotToTakeBack(Refusal):
    """Raised when a late charge is to be taken back that is not posted, or is one itself."""

    code = "late-charge-not-to-take-back"
    reason = "{number} cannot be taken back: it is not posted, or it is being taken back already."
    remedy = "Look at its state; a charge that takes another back is put right by a new one."


@transaction.atomic
def enter_late_charge(
    follows: ConsignmentCharge,
    *,
    amount_minor: int,
    document: str,
    billed_on: date,
    due_on: date,
    because: str,
    by: User,
    is_for_round: bool = False,
) -> LateCharge:
    """Write a late bill down beside the charge by whose rule it is shared; nothing is posted.

    Fen; below zero it gives back.

    Raises:
        NotSharedYet: a consignment that it is for was not shared yet.
        BilledAlready: the bill is entered or posted beside the same charge.
    """
    pool = Pool.objects.get(pk=follows.consignment.pool_id)
    standing = LateCharge.objects.filter(
        pool=pool,
        follows=follows,
        document=document,
        reverses=None,
        state__in=["entered", "posted"],
    ).first()
    if standing is not None:
        raise BilledAlready(document=document, number=standing.number)
    late = LateCharge(
        pool=pool,
        number=numbering.next_number("LC", clock.today().year),
        follows=follows,
        is_for_round=is_for_round,
        amount_minor=amount_minor,
        document=document,
        billed_on=billed_on,
        due_on=due_on,
        because=because,
        entered_by=by,
        entered_at=clock.now(),
    )
    _refuse_unshared(late)
    late.save(force_insert=True)
    _tell(late, "entered", amount_minor=amount_minor, reverses=None)
    return late


@transaction.atomic
def take_back_late_charge(late: LateCharge, *, because: str, by: User) -> LateCharge:
    """Ask for a posted late charge to be taken back: a charge of its own with every sign turned.

    Raises:
        NotToTakeBack: it is not posted, takes another back, or is being taken back.
    """
    _read(late)
    is_asked = late.reversals.exclude(state=LateCharge.State.DROPPED).exists()
    if late.state != LateCharge.State.POSTED or late.reverses_id is not None or is_asked:
        raise NotToTakeBack(number=late.number)
    made: LateCharge = LateCharge.objects.create(
        pool=late.pool,
        number=numbering.next_number("LC", clock.today().year),
        follows=late.follows,
        is_for_round=late.is_for_round,
        amount_minor=-late.amount_minor,
        document=late.document,
        billed_on=late.billed_on,
        due_on=clock.today(),
        because=because,
        reverses=late,
        entered_by=by,
        entered_at=clock.now(),
    )
    _tell(made, "entered", amount_minor=made.amount_minor, reverses=late.pk)
    return made


@transaction.atomic
def drop_late_charge(late: LateCharge) -> LateCharge:
    """Give up what was entered and not posted.

    Raises:
        StepNotAllowed: it is posted.
    """
    _read(late)
    if late.state == LateCharge.State.DROPPED:
        return late
    _move(late, "drop")
    _tell(late, "dropped")
    return late


@transaction.atomic
def post_late_charge(late: LateCharge, *, by: User) -> LateCharge:
    """Share a late charge, let stock on hand carry its part, and ask each importer for its share.

    What an importer's account holds free is taken at once, the rest is asked for. It counts on
    the day of posting; nothing that was posted before changes.

    Raises:
        EntererPosts: the same person entered it.
        StepNotAllowed: it was dropped.
        NotSharedYet: a consignment of the round came since and was not shared.
    """
    _read(late)
    if late.state in {LateCharge.State.POSTED, LateCharge.State.REVERSED}:
        return late
    if late.entered_by_id == by.pk:
        raise EntererPosts(number=late.number)
    split, position = _split(late)
    day = ledger.open_day(clock.today())
    _move(late, "post", posted_by=by, posted_on=day, position=position)
    if late.reverses is not None:
        _move(late.reverses, "reverse")
    _record(late, split, day)
    _book(late, split, day)
    _collect_and_ask(late.reverses or late, split.shares)
    data = {
        "amount_minor": late.amount_minor,
        "importers": len(split.shares),
        "on_hand_minor": split.on_hand_minor,
        "reverses": late.reverses_id,
    }
    _tell(late, "posted", **data)
    notices.tell_late_charge(late, split.shares)
    return late


@transaction.atomic
def collect_late_charge(late: LateCharge) -> dict[int, int]:
    """Take what is there by now, and ask for the rest; what is still due, by importer."""
    of = late.reverses or late
    return _collect_and_ask(of, queries.dues_of(of.pk))


def late_split(late: LateCharge) -> Split:
    """How a late charge was posted, or would be if it were posted now.

    Raises:
        NoManualParts, NothingToShareBy: nobody has a part by the charge's measure.
    """
    if late.position is None:
        was = late.reverses
        return queries.mirror_of(was) if was is not None else queries.split_of(late)[0]
    shares = ChargeShare.objects.filter(source=late.source).order_by("importer_id")
    by_importer = dict(shares.values_list("importer_id", "amount_minor"))
    return Split(by_importer, tuple(queries.parts_of(late)), {})


def _split(late: LateCharge) -> tuple[Split, int]:
    """The split at the position of posting; the goods stand still until it is written."""
    if late.reverses is not None:
        return queries.mirror_of(late.reverses), late.reverses.position or 0
    _refuse_unshared(late)
    consignments = queries.covered(late)
    held = Holding.objects.filter(lot__receipt_line__receipt__consignment__in=consignments)
    list(held.select_for_update().order_by("pk").values_list("pk"))
    return queries.split_of(late)


def _refuse_unshared(late: LateCharge) -> None:
    waiting = queries.not_shared(queries.covered(late))
    if waiting:
        raise NotSharedYet(consignment=waiting[0].number)


def _record(late: LateCharge, split: Split, day: date) -> None:
    ChargeShare.objects.bulk_create(
        ChargeShare(
            importer_id=importer,
            pool=late.pool,
            source=late.source,
            code=TransferCode.LATE_CHARGE,
            amount_minor=minor,
            on=day,
        )
        for importer, minor in sorted(split.shares.items())
    )
    LatePart.objects.bulk_create(
        LatePart(
            charge=late,
            importer_id=part.importer_id,
            lot_id=part.lot_id,
            on_hand_units=part.on_hand_units,
            gone_units=part.gone_units,
            on_hand_minor=part.on_hand_minor,
            gone_minor=part.gone_minor,
        )
        for part in split.parts
    )
    warehouse.carry(late.source, split.rises, on=day)


def _book(late: LateCharge, split: Split, day: date) -> None:
    """What importers owe of it, and the pool owes for the service; the reverse where given back."""
    dues = books.late_dues(split.shares, late.reverses_id or late.pk)
    owed = books.service_payable(late.pool)
    specs = [
        spec
        for importer, minor in sorted(split.shares.items())
        for spec in books.move(
            f"fx.late:{late.pk}/{importer}",
            debit=dues[importer],
            credit=owed,
            amount_minor=minor,
            code=TransferCode.LATE_CHARGE,
        )
    ]
    ledger.transfer_many(specs, group=f"fx.late:{late.pk}", on=day)


def _collect_and_ask(late: LateCharge, importer_ids: Iterable[int]) -> dict[int, int]:
    left = collect(late, importer_ids)
    ask_for_late_charge(late, left, due_on=max(late.due_on, clock.today()))
    return left


def _read(late: LateCharge) -> None:
    late.refresh_from_db(from_queryset=LateCharge.objects.select_for_update())


def _move(late: LateCharge, action: str, **columns: object) -> None:
    target = LATE_STEPS.next(late.state, action)
    LateCharge.objects.filter(pk=late.pk, state=late.state).update(state=target, **columns)
    late.refresh_from_db()


def _tell(late: LateCharge, what: str, **more: object) -> None:
    data = {"late_charge": late.pk, "pool": late.pool_id, **more}
    facts.append(f"fx.late_charge.{what}", subject=f"late_charge:{late.pk}", data=data)
