"""Loading tariffs, and assessing an order again by the rows of any day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from core import clock, facts, tenancy
from customs import queries, territories
from customs.domain.assessment import Assessment
from customs.domain.jurisdiction import Jurisdiction
from customs.domain.measures import Measure
from customs.domain.tariff_files import Defaults, Fault, key_of, read
from customs.models import Declaration, TariffMeasure
from customs.services.intake import OrderedLine, tax_case

_ENDED = "This measure is held with another end; only an open end may be set."
_OTHER = "This measure is held with another charge or source; end that row, then add this one."


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows new, known before and ended; or its faults, and nothing else."""

    new: int = 0
    known: int = 0
    ended: int = 0
    faults: tuple[Fault, ...] = ()


@transaction.atomic
def load_tariff(
    territory: Jurisdiction,
    headings: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    *,
    defaults: Defaults | None = None,
) -> Loaded:
    """Take every row of a tariff file, or, where one has a fault, none of them.

    A row that is held already changes nothing; one that is held without an end may be given its
    end. Nothing else of a held row is ever changed, so that any day can be assessed again.

    Raises:
        TariffNotRead: the headings are of no known shape.
    """
    groups = frozenset(row["group"] for row in territory.figures.get("origin_groups", ()))
    tariff = read(headings, rows, groups=groups, defaults=defaults)
    if tariff.faults:
        return Loaded(faults=tariff.faults)
    held = {
        key_of(row.as_measure()): row
        for row in TariffMeasure.objects.filter(territory=territory.code)
    }
    new: list[Measure] = []
    ending: list[TariffMeasure] = []
    faults: list[Fault] = []
    for number, measure in tariff.measures:
        known = held.get(key_of(measure))
        if known is None:
            new.append(measure)
        elif fault := _conflict(number, known.as_measure(), measure):
            faults.append(fault)
        elif known.valid_before != measure.valid_before:
            known.valid_before = measure.valid_before
            ending.append(known)
    if faults:
        return Loaded(faults=tuple(faults))
    _write(territory, new, ending)
    return Loaded(len(new), len(tariff.measures) - len(new) - len(ending), len(ending))


def _conflict(number: int, known: Measure, said: Measure) -> Fault | None:
    if known.valid_before is not None and said.valid_before != known.valid_before:
        end = "" if said.valid_before is None else said.valid_before.isoformat()
        return Fault(number, "valid_before", end, _ENDED)
    if replace(known, valid_before=said.valid_before) != said:
        return Fault(number, "expression", said.expression, _OTHER)
    return None


def _write(
    territory: Jurisdiction, new: Sequence[Measure], ending: Sequence[TariffMeasure]
) -> None:
    now = clock.now()
    TariffMeasure.objects.bulk_create(
        (
            TariffMeasure(
                territory=territory.code,
                kind=row.kind,
                hs_prefix=row.hs_prefix,
                expression=row.expression,
                origins=" ".join(row.origins),
                excluded=" ".join(row.excluded),
                certificate=row.certificate,
                quota=row.quota,
                valid_from=row.valid_from,
                valid_before=row.valid_before,
                source=row.source,
                trust=row.trust,
                loaded_at=now,
            )
            for row in new
        ),
        batch_size=500,
    )
    TariffMeasure.objects.bulk_update(ending, ["valid_before"], batch_size=500)
    if new or ending:
        facts.append(
            "customs.tariff.loaded",
            subject=f"territory:{territory.code}",
            data={"territory": territory.code, "new": len(new), "ended": len(ending)},
        )


def assess_again(declaration: Declaration, on: date) -> Assessment:
    """The taxes of an order's goods as the rows in force on any day give them; nothing is written.

    What the consumer had used of the year is left out: it decides whether an order may be taken,
    not what is due on it.

    Raises:
        Refusal: the rules of that day do not take the order.
    """
    with tenancy.as_operator("assess an order again"):
        order = declaration.order
        lines = [
            OrderedLine(line.product, line.units, line.price_minor)
            for line in order.lines.select_related("product").order_by("line_no")
        ]
        territory = territories.of(order.pool)
        case = tax_case(
            lines,
            freight_minor=order.freight_minor,
            measures=queries.measures(territory.code, [x.product.hs_code for x in lines], on),
        )
        return territory.assess(case, on)
