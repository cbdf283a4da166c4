"""The certificate of an importer's share: what it pays, and what alone would cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core import jobs, rates
from core.domain.trade import Incoterm, minor_units, round_half_up
from core.models import Job, Party
from imports import queries
from imports.domain import costs
from imports.domain.certificate import Carriage, Certificate, CertificateLine, RateUsed
from imports.domain.costs import Bill, Terms, cheapest
from imports.domain.freight import Load
from imports.domain.lanes import NoLane
from imports.domain.tariffs import RowUsed, TariffMissing
from imports.models import Round, RoundShare
from imports.queries import OfferTold, OwnPart
from imports.services.consignments import MODES

PRINT_CERTIFICATE = "imports.print_certificate"
Rates = Mapping[str, Fraction]
_Lane = tuple[str, str]


def certificate(round_: Round, importer: Party) -> Certificate | None:
    """An importer's certificate of a round; None where it has no share of it.

    Goods are as the round was planned and bought; carriage is an estimate at the tariffs that
    are on record now, for the day of the plan.
    """
    share, plan = queries.share_of(round_, importer), queries.plan_record(round_)
    if share is None or plan is None:
        return None
    used = [
        RateUsed(currency, Decimal(rate), date.fromisoformat(on))
        for currency, (rate, on) in sorted(plan.rates.items())
    ]
    per_minor = {each.currency: _fen_per_minor(each) for each in used}
    parts = queries.own_parts(round_, importer)
    told = queries.offers_told({line["offer"] for line in share.alone_lines})
    return Certificate(
        importer=importer.name,
        importer_zh=importer.name_zh,
        code=round_.code,
        first_month=round_.first_month,
        last_month=round_.last_month,
        planned_on=plan.planned_on,
        equal_price_percent=plan.equal_price_percent,
        cost_minor=share.cost_cny_minor,
        alone_minor=share.alone_cny_minor,
        lines=_lines(parts, share, told, per_minor),
        orders=queries.order_sums(round_),
        rates=used,
        carriage=_carriage(round_, parts, share, told, per_minor, plan.planned_on),
    )


def _fen_per_minor(used: RateUsed) -> Fraction:
    return Fraction(used.rate) * Fraction(100, 10 ** minor_units(used.currency))


def _lines(
    parts: Sequence[OwnPart], share: RoundShare, told: Mapping[int, OfferTold], rates_used: Rates
) -> list[CertificateLine]:
    by_product: dict[int, list[OwnPart]] = defaultdict(list)
    for part in parts:
        by_product[part.product_id].append(part)
    alone: dict[int, list[dict[str, int]]] = defaultdict(list)
    for line in share.alone_lines:
        alone[line["product"]].append(line)
    return [_line(own, alone[product], told, rates_used) for product, own in by_product.items()]


def _line(
    own: Sequence[OwnPart],
    alone: Sequence[dict[str, int]],
    told: Mapping[int, OfferTold],
    rates_used: Rates,
) -> CertificateLine:
    paid = sum((part.cost_minor * rates_used[part.currency] for part in own), Fraction(0))
    return CertificateLine(
        sku=own[0].sku,
        name=own[0].name,
        name_zh=own[0].name_zh,
        asked_units=sum(part.asked_units for part in own),
        units=sum(part.units for part in own),
        paid_minor=round_half_up(paid),
        alone_supplier=", ".join(told[line["offer"]].supplier for line in alone),
        alone_units=sum(line["units"] for line in alone),
        alone_minor=max((line["cost"] for line in alone), default=0),
    )


def _carriage(
    round_: Round,
    parts: Sequence[OwnPart],
    share: RoundShare,
    told: Mapping[int, OfferTold],
    rates_used: Rates,
    on: date,
) -> Carriage | None:
    """What moving the importer's goods costs in the pool and alone; None without tariffs."""
    pooled = {
        key: _load(volume, weight, goods, rates_used)
        for key, (volume, weight, goods) in queries.loads_by_port(round_).items()
    }
    own = _own_loads(parts, rates_used)
    alone = _alone_loads(parts, share, told)
    try:
        terms = {key: queries.terms(key[0], on, incoterm=Incoterm(key[1])) for key in own | alone}
        shared = [_part_of(pooled[key], own[key], terms[key]) for key in sorted(own)]
        bills = [cheapest(load, terms[key]) for key, load in sorted(alone.items())]
    except (NoLane, TariffMissing, rates.RateTooOld):
        return None
    rows = {row.key: row for bill in [*(b for b, _ in shared), *bills] for row in bill.rows}
    return _estimate(sum(part for _, part in shared), bills, rows)


def _estimate(pooled_minor: int, bills: Sequence[Bill], rows: Mapping[str, RowUsed]) -> Carriage:
    return Carriage(
        pooled_minor=pooled_minor,
        alone_minor=sum(bill.total_minor for bill in bills),
        alone_low_minor=sum(bill.low_minor for bill in bills),
        alone_high_minor=sum(bill.high_minor for bill in bills),
        rows=tuple(rows[key] for key in sorted(rows)),
    )


def _part_of(whole: Load, own: Load, terms: Terms) -> tuple[Bill, int]:
    """The pool's bill from a port, and an importer's part of it."""
    bill = cheapest(whole, terms, modes=MODES)
    rest = Load(
        max(Decimal(0), whole.volume_m3 - own.volume_m3),
        max(Decimal(0), whole.weight_kg - own.weight_kg),
        max(0, whole.goods_minor - own.goods_minor),
    )
    split = costs.share(bill, {"own": own, "rest": rest})
    return bill, sum(split["own"].values())


def _load(volume_cm3: int, weight_g: int, goods: Mapping[str, int], rates_used: Rates) -> Load:
    fen = sum((minor * rates_used[key] for key, minor in goods.items()), Fraction(0))
    return Load(Decimal(volume_cm3) / 1_000_000, Decimal(weight_g) / 1_000, round_half_up(fen))


def _own_loads(parts: Sequence[OwnPart], rates_used: Rates) -> dict[_Lane, Load]:
    """What an importer holds of a round, by port and incoterm."""
    found: dict[_Lane, Load] = {}
    for part in (each for each in parts if each.units):
        load = _load(
            part.units * part.volume_cm3,
            part.units * part.weight_g,
            {part.currency: part.cost_minor},
            rates_used,
        )
        key = part.port, part.incoterm
        found[key] = found[key] + load if key in found else load
    return found


def _alone_loads(
    parts: Sequence[OwnPart], share: RoundShare, told: Mapping[int, OfferTold]
) -> dict[_Lane, Load]:
    """What an importer would ship alone, packs and minimum orders in full, by port and incoterm."""
    sizes = {part.product_id: (part.volume_cm3, part.weight_g) for part in parts}
    found: dict[_Lane, Load] = {}
    for line in share.alone_lines:
        volume, weight = sizes[line["product"]]
        load = Load(
            Decimal(line["units"] * volume) / 1_000_000,
            Decimal(line["units"] * weight) / 1_000,
            line["cost"],
        )
        offer = told[line["offer"]]
        key = offer.port, offer.incoterm
        found[key] = found[key] + load if key in found else load
    return found


def certificate_key(round_: Round, importer: Party, *, language: str) -> str:
    """What tells one printed certificate from another: it is made once in each language."""
    return f"{PRINT_CERTIFICATE}:{round_.pk}:{importer.pk}:{language}"


def order_certificate(round_: Round, importer: Party, *, language: str) -> Job:
    """Ask for a certificate as a PDF; it is made once in each language."""
    return jobs.order(
        PRINT_CERTIFICATE,
        key=certificate_key(round_, importer, language=language),
        round=round_.pk,
        importer=importer.pk,
        language=language,
    )


def certificate_job(round_: Round, importer: Party, *, language: str) -> Job | None:
    """The order of a certificate, if there is one."""
    key = certificate_key(round_, importer, language=language)
    return Job.objects.select_related("result").filter(key=key).first()
