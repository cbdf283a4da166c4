"""Tariffs and rates as the cost model reads them."""

from datetime import date

from core import rates
from core.domain.trade import Incoterm
from imports.domain.costs import Terms
from imports.domain.lanes import lane_from
from imports.domain.tariffs import RowUsed, Tariff, TariffBook, tariff_from_texts
from imports.models import Consignment, TariffRow

_COLUMNS = (
    "key", "mode", "unit", "currency", "date", "date_kind", "source", "trust", "basis", "lane_fit",
    "price", "price_low", "price_high", "minimum_quantity", "minimum_amount", "breakpoints",
)  # fmt: skip


def tariff_book() -> TariffBook:
    """Every tariff row as the cost model reads it. One query."""
    rows = TariffRow.objects.values(*_COLUMNS)
    return TariffBook({row["key"]: _tariff(row) for row in rows})


def _tariff(row: dict[str, object]) -> Tariff:
    return tariff_from_texts(
        {key: "" if value is None else str(value) for key, value in row.items()}
    )


def rows_behind(consignment: Consignment) -> dict[str, RowUsed]:
    """The tariff rows of a consignment's charges as they are on record now, by key. Two queries."""
    keys = list(consignment.charges.values_list("tariff_key", flat=True))
    proxies = lane_from(consignment.origin_port).proxies
    used = tariff_book().used(keys, on=consignment.departed_on, proxies=proxies)
    return {row.key: row for row in used}


def terms(origin: str, on: date, *, incoterm: Incoterm = Incoterm.FOB) -> Terms:
    """Terms of the cost model for goods from a country or port, at the rates of a day.

    Five queries at most for rates, one for tariffs.

    Raises:
        NoLane: no tariff covers goods from there.
        RateTooOld: no reference rate near the day.
    """
    lane, book = lane_from(origin), tariff_book()
    keys = (lane.fcl, lane.lcl, lane.air, lane.parcel)
    currencies = {book[key].currency for key in keys} - {"CNY"}
    cny_per = {currency: rates.mid(currency, "CNY", on).rate for currency in sorted(currencies)}
    return Terms(lane=lane, book=book, cny_per=cny_per, on=on, incoterm=incoterm)
