"""The part of a trace page that all units of a lot in one dispatch share, to and from JSON."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from traceability.domain.page import Brand, Entry, Named, Seller, Step, Unit, Voyage


@dataclass(frozen=True)
class Ready:
    """What a page says besides its verdict, its look-ups and the signed head."""

    unit: Unit
    entry: Entry
    seller: Seller | None
    brand: Brand | None
    steps: tuple[Step, ...]
    voyage: Voyage | None
    contradictions: int
    is_simulated: bool


def written(ready: Ready) -> str:
    """The answer as JSON text."""
    return json.dumps(asdict(ready), ensure_ascii=False, default=_as_text)


def _as_text(value: date) -> str:
    """Days and instants in ISO 8601."""
    return value.isoformat()


def read(text: str) -> Ready:
    """The answer of :func:`written`."""
    row: dict[str, Any] = json.loads(text)
    return Ready(
        unit=_unit(row["unit"]),
        entry=_entry(row["entry"]),
        seller=_seller(row["seller"]),
        brand=_brand(row["brand"]),
        steps=tuple(_step(step) for step in row["steps"]),
        voyage=_voyage(row["voyage"]),
        contradictions=row["contradictions"],
        is_simulated=row["is_simulated"],
    )


def _unit(row: dict[str, Any]) -> Unit:
    named = {"product": Named(**row["product"]), "origin": Named(**row["origin"])}
    days = {name: _day(row[name]) for name in ("produced_on", "expires_on")}
    return Unit(**{**row, **named, **days})


def _entry(row: dict[str, Any]) -> Entry:
    days = _day(row["released_on"]), _day(row.get("inspected_on"))
    return Entry(Named(**row["zone"]), row["number"], *days)


def _seller(row: dict[str, Any] | None) -> Seller | None:
    if row is None:
        return None
    agent = Named(**row["agent"]) if row["agent"] else None
    return Seller(**{**row, "name": Named(**row["name"]), "agent": agent})


def _brand(row: dict[str, Any] | None) -> Brand | None:
    return Brand(**{**row, "contact": Named(**row["contact"])}) if row else None


def _step(row: dict[str, Any]) -> Step:
    place = Named(**row["place"]) if row["place"] else None
    return Step(**{**row, "at": datetime.fromisoformat(row["at"]), "place": place})


def _voyage(row: dict[str, Any] | None) -> Voyage | None:
    if row is None:
        return None
    return Voyage(
        origin=Named(**row["origin"]),
        destination=Named(**row["destination"]),
        distance_nm=row["distance_nm"],
        path=tuple((longitude, latitude) for longitude, latitude in row["path"]),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
