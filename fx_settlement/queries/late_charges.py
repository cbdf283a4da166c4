"""Charges that came late: how each is split, whose parts it has, and what is still due of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Max, Q, QuerySet, Sum

from core.domain.chart import AccountCode
from core.models import Account, Party, Pool
from fx_settlement.domain.late_charges import Move, Part, Rule, Split, Stock, split_late, units_of
from fx_settlement.models import ChargeShare, FundingRequest, LateCharge, LatePart
from imports import queries as imports_queries
from imports.domain.charge_bases import Measure
from imports.models import Consignment, ConsignmentCharge
from warehouse.models import Lot, LotCost, Movement

LATEST = 60


@dataclass(frozen=True)
class LateRow:
    """A late charge as a list shows it."""

    late_id: int
    number: str
    consignment: str
    is_for_round: bool
    document: str
    because: str
    billed_on: date
    posted_on: date | None
    amount_minor: int
    state: str
    reverses: str | None


@dataclass(frozen=True)
class LateShare:
    """An importer's share of a late charge: what units on hand carry of it, and what is due."""

    importer_id: int
    name: str
    name_zh: str
    share_minor: int
    on_hand_units: int
    gone_units: int
    on_hand_minor: int
    gone_minor: int
    due_minor: int
    request: str | None


@dataclass(frozen=True)
class OwnLate:
    """An importer's share of a posted late charge, as it reads it on its account's page."""

    number: str
    document: str
    because: str
    billed_on: date
    posted_on: date | None
    share_minor: int
    on_hand_minor: int
    gone_minor: int
    due_minor: int


def covered(late: LateCharge) -> list[Consignment]:
    """The consignments whose importers bear a late charge. One query."""
    own = late.follows.consignment
    if not late.is_for_round:
        return [own]
    rows = Consignment.objects.filter(order__round_id=own.order.round_id)
    return list(rows.select_related("pool", "order").order_by("pk"))


def not_shared(consignments: Sequence[Consignment]) -> list[Consignment]:
    """Those of consignments whose own charges were not shared yet. One query."""
    shared = set(
        ChargeShare.objects.filter(charge__consignment__in=consignments).values_list(
            "charge__consignment_id", flat=True
        )
    )
    return [each for each in consignments if each.pk not in shared]


def split_of(late: LateCharge, *, position: int | None = None) -> tuple[Split, int]:
    """How a late charge is split by what lies in the warehouse, and the movement it goes up to.

    As of ``position``, else as of now. Five queries, and three for each consignment.
    """
    consignments = covered(late)
    lots = list(
        Lot.objects.filter(receipt_line__receipt__consignment__in=consignments)
        .select_related("product", "receipt_line__order_line", "receipt_line__receipt")
        .order_by("pk")
    )
    if position is None:
        position = Movement.objects.filter(lot__in=lots).aggregate(last=Max("pk"))["last"] or 0
    in_cny = {each.pk: _cny_for_one(each) for each in consignments}
    charge = late.follows
    rule = Rule(
        charge.basis,
        {int(key): part for key, part in charge.manual_parts.items()},
        charge.consignment.cm3_per_kg,
        late.number,
    )
    units = units_of(_moves(lots, position))
    stock: dict[int, list[Stock]] = defaultdict(list)
    on_hand: dict[int, int] = defaultdict(int)
    measured = {lot.pk: _unit(lot, in_cny) for lot in lots}
    for (lot_id, owner_id), (inside, gone) in units.items():
        stock[owner_id].append(Stock(lot_id, inside, gone, measured[lot_id]))
        on_hand[lot_id] += inside
    measures = _measures(consignments, in_cny)
    return split_late(late.amount_minor, rule, measures, stock, on_hand), position


def _cny_for_one(consignment: Consignment) -> Fraction:
    """CNY minor units for one of the order's, as the consignment's goods were valued."""
    lines = consignment.lines.aggregate(minor=Sum(F("units") * F("order_line__unit_price_minor")))
    return Fraction(consignment.goods_cny_minor, lines["minor"]) if lines["minor"] else Fraction(1)


def _measures(
    consignments: Sequence[Consignment], in_cny: Mapping[int, Fraction]
) -> dict[int, Measure]:
    found: dict[int, Measure] = defaultdict(Measure)
    for consignment in consignments:
        for importer, own in imports_queries.measures_of(consignment).items():
            value = own.value * in_cny[consignment.pk]
            found[importer] += Measure(own.volume, own.weight, value, own.units)
    return dict(found)


def _unit(lot: Lot, in_cny: Mapping[int, Fraction]) -> Measure:
    """One unit of a lot by every measure, its value in CNY."""
    line = lot.receipt_line
    value = line.order_line.unit_price_minor * in_cny[line.receipt.consignment_id]
    return Measure(lot.product.volume_cm3, lot.product.gross_weight_g, value, 1)


def _moves(lots: Sequence[Lot], position: int) -> list[Move]:
    rows = Movement.objects.filter(lot__in=lots, pk__lte=position).order_by()
    sides = ("lot_id", "from_owner_id", "from_place", "to_owner_id", "to_place")
    return [Move(*row) for row in rows.values_list(*sides).annotate(Sum("units"))]


def mirror_of(was: LateCharge) -> Split:
    """What was posted of a late charge, with every sign turned. Three queries."""
    shares = ChargeShare.objects.filter(source=was.source).order_by("importer_id")
    rises = LotCost.objects.filter(source=was.source).order_by("lot_id")
    return Split(
        {who: -minor for who, minor in shares.values_list("importer_id", "amount_minor")},
        tuple(part.mirrored() for part in parts_of(was)),
        {
            lot: (-minor, units)
            for lot, minor, units in rises.values_list("lot_id", "amount_minor", "units")
        },
    )


def parts_of(late: LateCharge) -> list[Part]:
    """The parts of a posted late charge, by importer and lot. One query."""
    rows = LatePart.objects.filter(charge=late).order_by("importer_id", "lot_id")
    return [
        Part(*row)
        for row in rows.values_list(
            "importer_id", "lot_id", "on_hand_units", "gone_units", "on_hand_minor", "gone_minor"
        )
    ]


def late_charges_of(operator: Party) -> "QuerySet[LateCharge]":
    """The late charges of an operator's pools: nobody else's are found."""
    rows = LateCharge.objects.filter(pool__operator_id=operator.pk)
    return rows.select_related("pool", "follows__consignment__order", "reverses", "posted_by")


def late_rows(operator: Party) -> list[LateRow]:
    """An operator's late charges, newest first. One query."""
    rows = late_charges_of(operator).order_by("-pk").values_list(
        "pk", "number", "follows__consignment__number", "is_for_round", "document", "because",
        "billed_on", "posted_on", "amount_minor", "state", "reverses__number",
    )  # fmt: skip
    return [LateRow(*row) for row in rows[:LATEST]]


def charges_to_follow(operator: Party) -> list[ConsignmentCharge]:
    """Charges that were shared in an operator's pools, the latest first: what may be followed."""
    shared = ChargeShare.objects.filter(charge__isnull=False).values("charge_id")
    rows = ConsignmentCharge.objects.filter(
        pk__in=shared, consignment__pool__operator_id=operator.pk
    )
    return list(rows.select_related("consignment").order_by("-consignment_id", "pk"))


def late_shares(late: LateCharge, split: Split) -> list[LateShare]:
    """A late charge by importer, by name, with what is still due of it. Three queries."""
    parts: dict[int, list[Part]] = defaultdict(list)
    for part in split.parts:
        parts[part.importer_id].append(part)
    due = dues_of(late.reverses_id or late.pk)
    asked = FundingRequest.objects.filter(late_charge=late, state=FundingRequest.State.OPEN)
    numbers = dict(asked.values_list("importer_id", "number"))
    names = Party.objects.filter(pk__in=split.shares).order_by("name", "pk")
    return [
        LateShare(
            who.pk,
            who.name,
            who.name_zh,
            split.shares[who.pk],
            sum(part.on_hand_units for part in parts[who.pk]),
            sum(part.gone_units for part in parts[who.pk]),
            sum(part.on_hand_minor for part in parts[who.pk]),
            sum(part.gone_minor for part in parts[who.pk]),
            due.get(who.pk, 0),
            numbers.get(who.pk),
        )
        for who in names
    ]


def dues_of(late_charge_id: int) -> dict[int, int]:
    """What each importer has yet to pay of a late charge; below zero, to get back. One query."""
    rows = Account.objects.filter(
        code=AccountCode.IMPORTER_DUE, subject=f"late:{late_charge_id}", owner__isnull=False
    )
    due = F("debits_posted") - F("credits_posted")
    return {owner: minor for owner, minor in rows.values_list("owner_id", due) if minor}


def own_late_charges(importer: Party) -> list[OwnLate]:
    """The late charges that an importer bears part of, newest first. Three queries."""
    shares = ChargeShare.objects.filter(importer_id=importer.pk, source__startswith="late:")
    share = {
        int(source.partition(":")[2]): m
        for source, m in shares.values_list("source", "amount_minor")
    }
    rows = LateCharge.objects.filter(pk__in=share).order_by("-pk")
    carried = dict(
        LatePart.objects.filter(importer_id=importer.pk, charge__in=share)
        .values_list("charge_id")
        .annotate(Sum("on_hand_minor"))
        .order_by()
    )
    due = dict(
        Account.objects.filter(
            Q(subject__startswith="late:"),
            code=AccountCode.IMPORTER_DUE,
            owner_id=importer.pk,
        ).values_list("subject", F("debits_posted") - F("credits_posted"))
    )
    return [
        OwnLate(
            row.number,
            row.document,
            row.because,
            row.billed_on,
            row.posted_on,
            share[row.pk],
            carried.get(row.pk, 0),
            share[row.pk] - carried.get(row.pk, 0),
            due.get(row.source, 0),
        )
        for row in rows
    ]


def late_subjects(pools: Sequence[Pool]) -> list[str]:
    """The subjects of the accounts of what is due of pools' late charges. One query."""
    ids = LateCharge.objects.filter(pool__in=pools).order_by("pk").values_list("pk", flat=True)
    return [f"late:{pk}" for pk in ids]
