"""Tariffs and rates as the cost model reads them."""

from datetime import date

from core import clock, rates
from core.domain.trade import Incoterm
from imports.domain.costs import Terms
from imports.domain.lanes import lane_from
from imports.domain.tariffs import (
    Revision,
    RowUsed,
    Tariff,
    TariffBook,
    Trust,
    breaks_from_text,
    in_force,
    tariff_from_texts,
)
from imports.models import Consignment, TariffRevision, TariffRow

_COLUMNS = (
    "key", "mode", "unit", "currency", "date", "date_kind", "source", "trust", "basis", "lane_fit",
    "price", "price_low", "price_high", "minimum_quantity", "minimum_amount", "breakpoints",
)  # fmt: skip


def tariff_book(on: date | None = None) -> TariffBook:
    """Every tariff row as the cost model reads it on a day (today without one). Two queries."""
    rows = TariffRow.objects.values(*_COLUMNS)
    published = {row["key"]: _tariff(row) for row in rows}
    return in_force(published, tariff_revisions(), on or clock.today())


def tariff_revisions() -> list[Revision]:
    """The prices that the operator entered, in the order of entry. One query."""
    rows = TariffRevision.objects.order_by("pk").values_list(
        "row_id", "valid_from", "valid_before", "price", "minimum_amount", "breakpoints",
        "source", "trust",
    )  # fmt: skip
    return [
        Revision(key, start, end, price, least, breaks_from_text(breaks), source, Trust(trust))
        for key, start, end, price, least, breaks, source, trust in rows
    ]


def _tariff(row: dict[str, object]) -> Tariff:
    return tariff_from_texts(
        {key: "" if value is None else str(value) for key, value in row.items()}
    )


def rows_behind(consignment: Consignment) -> dict[str, RowUsed]:
    """The tariff rows of a consignment's charges on its day, by key. Three queries."""
    keys = list(consignment.charges.values_list("tariff_key", flat=True))
    proxies = lane_from(consignment.origin_port).proxies
    used = tariff_book(consignment.departed_on).used(
        keys, on=consignment.departed_on, proxies=proxies
    )
    return {row.key: row for row in used}


def terms(origin: str, on: date, *, incoterm: Incoterm = Incoterm.FOB) -> Terms:
    """Terms of the cost model for goods from a country or port, at the rates of a day.

    Five queries at most for rates, two for tariffs.

    Raises:
        NoLane: no tariff covers goods from there.
        RateTooOld: no reference rate near the day.
    """
    lane, book = lane_from(origin), tariff_book(on)
    keys = (lane.fcl, lane.lcl, lane.air, lane.parcel)
    currencies = {book[key].currency for key in keys} - {"CNY"}
    cny_per = {currency: rates.mid(currency, "CNY", on).rate for currency in sorted(currencies)}
    return Terms(lane=lane, book=book, cny_per=cny_per, on=on, incoterm=incoterm)
