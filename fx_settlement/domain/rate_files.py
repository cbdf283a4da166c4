"""Rates from a file in the shape in which the European Central Bank publishes its history."""

import csv
import io
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from zipfile import BadZipFile, ZipFile

from core.domain.errors import Phrase, Refusal

RATE_STEP = Decimal("0.0000000001")
MOST_BYTES = 50_000_000
NO_RATE = ("", "N/A")
EuroRates = Mapping[str, Mapping[date, Decimal]]
"""Units for 1 euro by currency and day."""


class UnreadableRates(Refusal):
    """Raised when a file of rates is not one, or a cell of it is wrong."""

    code = "unreadable-rates"
    reason = "{place}: “{value}” cannot be read: {fault}."
    remedy = "Give the ECB's eurofxref-hist.csv, or a file of that shape: Date,USD,JPY,… per day."


class NoRatesOf(Refusal):
    """Raised when a currency has no rates in the given history."""

    code = "no-rates-of-currency"
    reason = "There are no rates of {currency} between {first} and {last}."
    remedy = "Load rates of that currency, or choose a window that has them."


def read(content: bytes) -> dict[str, dict[date, Decimal]]:
    """Units for 1 euro by currency and day, from CSV or from a ZIP that holds one CSV.

    Raises:
        UnreadableRates: names line, column and value of what is wrong.
    """
    rows = csv.reader(io.StringIO(_text(content)))
    header = [name.strip() for name in next(rows, [])]
    if not header or header[0] != "Date":
        fault = Phrase("the first column is “Date”")
        raise UnreadableRates(place="line 1", value=",".join(header)[:40], fault=fault)
    found: dict[str, dict[date, Decimal]] = {name: {} for name in header[1:] if name}
    for number, row in enumerate(rows, 2):
        if row:
            _take(found, header, row, number)
    return found


def _text(content: bytes) -> str:
    fault = Phrase("it is no text in UTF-8 and no ZIP file that holds it")
    try:
        if content.startswith(b"PK"):
            with ZipFile(io.BytesIO(content)) as archive:
                inside = archive.infolist()[0]
                if inside.file_size > MOST_BYTES:
                    raise UnreadableRates(place="file", value=inside.filename, fault=fault)
                content = archive.read(inside)
        return content.decode("utf-8-sig")
    except (UnicodeDecodeError, BadZipFile, IndexError) as error:
        raise UnreadableRates(place="file", value="", fault=fault) from error


def _take(
    found: Mapping[str, dict[date, Decimal]], header: list[str], row: list[str], number: int
) -> None:
    try:
        day = date.fromisoformat(row[0].strip())
    except ValueError as error:
        fault = Phrase("it is no day such as 2026-10-30")
        raise UnreadableRates(place=f"line {number}, Date", value=row[0], fault=fault) from error
    for name, cell in zip(header[1:], row[1:], strict=False):
        if name and cell.strip() not in NO_RATE:
            found[name][day] = _rate(cell.strip(), f"line {number}, {name}")


def _rate(cell: str, place: str) -> Decimal:
    try:
        rate = Decimal(cell)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise UnreadableRates(place=place, value=cell, fault=Phrase("it is no rate above zero"))
    return rate


def home_rates(
    euro: EuroRates, currencies: Collection[str], *, home: str, first: date, last: date
) -> dict[str, dict[date, Decimal]]:
    """1 unit of each currency = rate of ``home``, crossed through the euro, ten decimals.

    Raises:
        NoRatesOf: a currency has none between the two days.
    """
    crossed = {
        currency: dict(_crossed(euro, currency, home=home, first=first, last=last))
        for currency in currencies
    }
    for currency, by_day in crossed.items():
        if not by_day:
            raise NoRatesOf(currency=currency, first=first.isoformat(), last=last.isoformat())
    return crossed


def _crossed(
    euro: EuroRates, currency: str, *, home: str, first: date, last: date
) -> list[tuple[date, Decimal]]:
    per_home, per_base = euro.get(home, {}), euro.get(currency, {})
    with localcontext(prec=34):
        return [
            (day, (rate / (per_base[day] if currency != "EUR" else 1)).quantize(RATE_STEP))
            for day, rate in sorted(per_home.items())
            if first <= day <= last and (currency == "EUR" or day in per_base)
        ]
