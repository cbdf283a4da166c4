"""An importer's year in the pool beside the same year alone, in figures."""

from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Path
from pydantic import BaseModel, Field

from core.api_keys import Scope
from fx_settlement import queries, services
from fx_settlement.domain.statement import Statement
from portal.api.gate import importer_of, operation
from portal.api.shapes import money

Year = Annotated[int, Field(ge=2000, le=2100)]


class Component(BaseModel):
    """One component of cost, pooled and alone."""

    component: str
    pooled: str
    alone: str
    saving: str


class RowBehind(BaseModel):
    """A price row that a figure rests on, with its date, source and trust."""

    key: str
    source: str
    trust: str
    priced_on: date
    is_old: bool


class StatementOut(BaseModel):
    """What a year cost in the pool and would have cost alone; amounts in ``currency``."""

    year: int
    currency: str
    as_of: date
    is_simulated: bool
    units: int
    components: list[Component]
    pooled: str
    alone: str
    saving: str
    saving_low: str
    saving_high: str
    trust: str
    rows: list[RowBehind]


@operation(
    "GET",
    "/statements/{year}",
    scope=Scope.STATEMENTS_READ,
    answers={200: StatementOut},
    declines=[404],
)
def read_statement(request: HttpRequest, year: Path[Year]) -> StatementOut:
    """The importer's year in the pool beside the same year alone, with every price row behind."""
    importer = importer_of(request)
    if year not in queries.years_of(importer):
        raise Http404
    return _told(services.statement(importer, year))


def _told(made: Statement) -> StatementOut:
    return StatementOut(
        year=made.year,
        currency=made.currency,
        as_of=made.as_of,
        is_simulated=made.is_simulated,
        units=made.units,
        components=[
            Component(
                component=line.component.value,
                pooled=money(line.pooled_minor),
                alone=money(line.alone_minor),
                saving=money(line.saving_minor),
            )
            for line in made.lines
        ],
        pooled=money(made.pooled_minor),
        alone=money(made.alone.minor),
        saving=money(made.saving.minor),
        saving_low=money(made.saving.low),
        saving_high=money(made.saving.high),
        trust=made.trust.value,
        rows=[
            RowBehind(
                key=row.key,
                source=row.source,
                trust=row.trust.value,
                priced_on=row.priced_on,
                is_old=row.is_stale,
            )
            for row in made.rows
        ],
    )
