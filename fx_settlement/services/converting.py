"""A settlement batch's conversion: quoted, then, once approved, dealt once.

Every step is one transaction; a step that was already taken writes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import repeat

from django.db import transaction

from core import bulk, clock, facts, ledger, rates
from core.domain.chart import TransferCode
from core.ledger import TransferSpec
from fx_settlement.domain import value_dates
from fx_settlement.domain.batch_shares import Owed, parts_of_cost
from fx_settlement.domain.batches import QuoteExpired
from fx_settlement.domain.conversion import all_in_rate, dealt
from fx_settlement.domain.conversion import convert as converted
from fx_settlement.models import (
    Conversion,
    FeeRow,
    Obligation,
    Quote,
    SettlementBatch,
)
from fx_settlement.services import books
from fx_settlement.services.approving import refuse_if_changed
from fx_settlement.services.fees import fee_row
from fx_settlement.services.stepping import advance, group_of, refuse_step, taken

SIMULATED_BANK = "Simulated bank: the ECB mid and the margin in force"


@transaction.atomic
def quote(
    batch: SettlementBatch,
    *,
    provider: str = "",
    all_in: Decimal | None = None,
    hours: int = 24,
    version: int | None = None,
) -> Quote:
    """Record a bank's rate for a batch beside the ECB mid of the day; two or more are compared.

    Without ``all_in`` the bank is simulated: the mid and the margin row in force. A new quote on
    an approved batch takes the approval away.

    Raises:
        RateTooOld, NoFeeInForce: there is no mid or margin for the day.
    """
    if taken(batch, "converted", version):
        return batch.chosen or batch.quotes.latest("pk")
    now, today = clock.now(), clock.today()
    mid = rates.mid(batch.currency, books.HOME, today)
    row, rule = fee_row(FeeRow.Kind.MARGIN, batch.currency, today)
    nobody = {"approved_by": None, "approved_sha256": "", "chosen": None, "choice": ""}
    advance(batch, "quote", **nobody)
    return Quote.objects.create(
        batch=batch,
        provider=provider or SIMULATED_BANK,
        is_simulated=all_in is None,
        base=batch.currency,
        quote=books.HOME,
        mid=dealt(mid.rate),
        mid_on=mid.on,
        mid_source=mid.source,
        margin_row=row,
        all_in=all_in_rate(mid.rate, rule.fee.percent) if all_in is None else dealt(all_in),
        quoted_at=now,
        valid_before=now + timedelta(hours=hours),
    )


@transaction.atomic
def convert(batch: SettlementBatch, *, version: int | None = None) -> Conversion:
    """Buy the batch's currency at the approved quote, and charge each importer its exact share.

    Of what was bought before, nothing is bought again. A batch that only buys lets its obligations
    go again, paid for; the currency waits for the batch that pays them. The foreign amount is
    fixed; the cost in CNY is rounded once. Goods at the mid and the bank's margin are separate
    transfers.

    Raises:
        QuoteExpired: the bank no longer holds the rate.
        ApprovedContentChanged: the batch is not what its checker agreed to.
        Overdrawn: an importer's deposit does not cover its share.
    """
    if taken(batch, "converted", version):
        return batch.conversion
    refuse_step(batch, "convert")
    chosen = _agreed_offer(batch)
    refuse_if_changed(batch)
    advance(batch, "convert", value_on=value_dates.value_date(batch.currency, clock.today()).on)
    made = _deal(batch, chosen)
    ledger.void_group(group_of(batch))
    _charge_conversion(batch, made)
    if batch.purpose == SettlementBatch.Purpose.BUY:
        _lay_by(batch)
    data = {
        "batch": batch.pk,
        "foreign_minor": made.foreign_minor,
        "cny_minor": made.cny_minor,
        "rate": str(chosen.all_in),
    }
    facts.append("fx.batch.converted", subject=f"batch:{batch.pk}", data=data)
    return made


def _agreed_offer(batch: SettlementBatch) -> Quote:
    chosen = batch.chosen
    if chosen is None or clock.now() >= chosen.valid_before:
        until = chosen.valid_before.isoformat() if chosen else "–"
        raise QuoteExpired(batch=batch.number, valid_before=until)
    return chosen


def _deal(batch: SettlementBatch, chosen: Quote) -> Conversion:
    amount = converted(
        batch.to_buy_minor,
        base=chosen.base,
        quote=chosen.quote,
        mid=chosen.mid,
        all_in=chosen.all_in,
    )
    return Conversion.objects.create(
        batch=batch,
        quote=chosen,
        foreign_minor=batch.to_buy_minor,
        cny_minor=amount.cost_minor,
        at_mid_minor=amount.at_mid_minor,
        converted_at=clock.now(),
    )


def _lay_by(batch: SettlementBatch) -> None:
    """The currency is held for whoever pays; the obligations wait, their cost known."""
    ledger.transfer(
        key=f"{group_of(batch)}/held",
        debit=books.position(batch, batch.currency),
        credit=books.held_currency(batch.pool, batch.currency),
        amount_minor=batch.foreign_minor,
        code=TransferCode.FX_CONVERSION,
        group=group_of(batch),
    )
    Obligation.objects.filter(batch=batch).update(state=Obligation.State.OPEN, batch=None)


def _charge_conversion(batch: SettlementBatch, made: Conversion) -> None:
    """Write what each obligation's currency cost, and charge it."""
    unbought = Obligation.objects.filter(batch=batch, conversion__isnull=True).order_by("pk")
    owed = Owed.of(list(unbought.values_list("pk", "importer_id", "amount_minor")))
    cost, margin = (
        parts_of_cost(minor, owed, batch=batch.number)
        for minor in (made.cny_minor, made.margin_minor)
    )
    columns = (owed.obligations, cost.by_obligation, margin.by_obligation)
    parts = zip(*(column.tolist() for column in columns), repeat(made.pk), strict=False)
    bulk.update(Obligation, ("cny_minor", "margin_minor", "conversion_id"), list(parts))
    specs = [
        *_bought(batch, made),
        *_charged(batch, cost.by_importer, margin.by_importer),
    ]
    ledger.transfer_many(specs, group=group_of(batch))


def _bought(batch: SettlementBatch, made: Conversion) -> Iterable[TransferSpec]:
    """CNY leaves the bank, the currency comes in."""
    foreign, key = batch.currency, group_of(batch)
    yield TransferSpec(
        f"{key}/sold",
        books.position(batch, books.HOME),
        books.bank(books.HOME),
        made.cny_minor,
        TransferCode.FX_CONVERSION,
    )
    yield TransferSpec(
        f"{key}/bought",
        books.bank(foreign),
        books.position(batch, foreign),
        made.foreign_minor,
        TransferCode.FX_CONVERSION,
    )


def _charged(
    batch: SettlementBatch, cost: Mapping[int, int], margin: Mapping[int, int]
) -> Iterable[TransferSpec]:
    """Each importer's escrow pays its goods at the mid, and its part of the margin."""
    key, position = group_of(batch), books.position(batch, books.HOME)
    escrows = books.escrows(cost, batch.pool)
    for importer_id, minor in sorted(cost.items()):
        escrow = escrows[importer_id]
        extra = margin[importer_id]
        yield from books.move(
            f"{key}/goods/{importer_id}",
            debit=escrow,
            credit=position,
            amount_minor=minor - extra,
            code=TransferCode.GOODS,
        )
        yield from books.move(
            f"{key}/margin/{importer_id}",
            debit=escrow,
            credit=position,
            amount_minor=extra,
            code=TransferCode.FX_CONVERSION,
        )
