"""What a trace page says, before anybody words it: one frozen record per look-up."""

from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain.verdict import Rule, Verdict


@dataclass(frozen=True)
class Named:
    """A name in English and in Chinese; the Chinese one may be missing."""

    en: str
    zh: str = ""

    def in_language(self, language: str) -> str:
        """The name for a reader of ``language``, else the other one."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


@dataclass(frozen=True)
class Unit:
    """What the consumer holds in hand, as the records describe it."""

    gtin: str
    product: Named
    brand: str
    origin: Named
    lot_number: str
    produced_on: date | None
    expires_on: date | None
    net_weight_g: int = 0


@dataclass(frozen=True)
class Entry:
    """How the unit came into the country; ``inspected_on`` where customs looked at the goods."""

    zone: Named
    number: str
    released_on: date | None
    inspected_on: date | None = None


@dataclass(frozen=True)
class Seller:
    """Who answers for the unit: the importer, and its agent in the country."""

    name: Named
    customs_code: str
    agent: Named | None
    agent_code: str
    email: str
    phone: str
    licence: str = ""


@dataclass(frozen=True)
class Brand:
    """How the seller wants its pages to look; ``version`` changes with every change."""

    importer_id: int
    version: str
    has_logo: bool
    contact: Named
    web: str


@dataclass(frozen=True)
class Step:
    """One step of the journey; ``position`` is where the signed log holds it."""

    kind: str
    at: datetime
    place: Named | None
    reference: str
    position: int


@dataclass(frozen=True)
class Voyage:
    """The ship's route, for the map: points in hundredths of a degree, longitude first."""

    origin: Named
    destination: Named
    distance_nm: int
    path: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Evidence:
    """The signed head of the log at the moment of the look-up."""

    log_size: int
    signed_at: datetime
    note: str
    verifier_key: str


@dataclass(frozen=True)
class TracePage:
    """The answer to one look-up. Without ``unit`` there is no record to show."""

    verdict: Verdict
    code: str
    rule: Rule | None = None
    unit: Unit | None = None
    entry: Entry | None = None
    seller: Seller | None = None
    brand: Brand | None = None
    steps: tuple[Step, ...] = ()
    voyage: Voyage | None = None
    lookups: int = 0
    first_looked_up_at: datetime | None = None
    evidence: Evidence | None = None
    is_simulated: bool = False
