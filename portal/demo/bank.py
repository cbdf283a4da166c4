"""A simulated bank: the statement that shows what it did for one batch."""

from datetime import date
from decimal import Decimal

from core.domain.trade import from_minor
from fx_settlement.models import Payment, SettlementBatch


def statement_of(batch: SettlementBatch) -> bytes:
    """An MT940 of the account that paid a batch: the currency comes in, every wire goes out."""
    account, day = batch.account, batch.requested_on
    if account is None or day is None:
        raise ValueError(batch.number)
    wires = Payment.objects.filter(batch=batch).order_by("reference")
    lines = [_line(day, "C", _amount(batch, batch.to_buy_minor), batch.number)]
    lines += [_line(day, "D", _amount(batch, row.amount_minor), row.reference) for row in wires]
    nothing = f"C{day:%y%m%d}{batch.currency}0,"
    text = "\n".join(
        [
            f":20:{batch.number}",
            f":25:{account.number}",
            f":60F:{nothing}",
            *lines,
            f":62F:{nothing}",
            "-\n",
        ]
    )
    return text.encode()


def _amount(batch: SettlementBatch, minor: int) -> str:
    amount: Decimal = from_minor(minor, batch.currency)
    return f"{amount:f}".replace(".", ",") + ("" if "." in f"{amount:f}" else ",")


def _line(day: date, sign: str, amount: str, reference: str) -> str:
    return f":61:{day:%y%m%d}{day:%m%d}{sign}{amount}NTRF{reference}\n:86:{reference}"
