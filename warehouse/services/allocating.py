"""Allocation: from the operator's trust to the importers who ordered."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core import facts
from imports.models import OrderShare
from warehouse import notices
from warehouse.domain.allocation import Rationing, Rule, mix_lots, ration_by
from warehouse.domain.stock import MovementKind, Place
from warehouse.models import AllocationShare, Movement, Receipt
from warehouse.services import moving, rules


@dataclass(frozen=True)
class _Shares:
    """What each importer asked of each order line, and what it got from earlier receipts."""

    asked: defaultdict[int, dict[int, int]]
    granted: defaultdict[int, Counter[int]]
    weights: defaultdict[int, dict[int, Decimal]]


@transaction.atomic
def allocate(receipt: Receipt) -> list[Movement]:
    """Hand a receipt's good units to the importers by their order shares.

    What was ordered beyond their shares (packs, minimum order) stays with the operator as the
    pool's buffer, and is the first to go when units are missing. What is then still short is
    shared by the round's rule over the order line's deliveries so far, with the weights of the
    first, so that a later delivery only tops up. Each share is stored with the numbers that
    explain it. Called again it returns the first call's movements and writes nothing.
    """
    receipt = Receipt.objects.select_for_update().get(pk=receipt.pk)
    if AllocationShare.objects.filter(receipt=receipt).exists():
        return list(_movements(receipt))
    operator_id = receipt.consignment.pool.operator_id
    lots = _lots_by_order_line(receipt)
    shares = _shares(list(lots), operator_id)
    rule = rules.rule_for(receipt.consignment_id)
    fresh_weights = _weights(receipt, shares, rule)
    explained: list[AllocationShare] = []
    moves: list[moving.Move] = []
    for order_line_id, good in sorted(lots.items()):
        before = shares.granted[order_line_id]
        delivered = before.total() + sum(good.values())
        asked = shares.asked[order_line_id]
        weights = shares.weights[order_line_id] or fresh_weights
        rationing = ration_by(rule, delivered, asked, weights)
        rows = _explain(receipt, order_line_id, rationing, before)
        explained += rows
        mix = mix_lots(good, {row.owner_id: row.units for row in rows})
        moves += _moves(receipt, mix, operator_id)
    AllocationShare.objects.bulk_create(explained)
    notices.tell_short(explained)
    made = moving.record(moves, on=receipt.received_on)
    facts.append_many([_fact(row) for row in made])
    return made


def _movements(receipt: Receipt) -> list[Movement]:
    rows = Movement.objects.filter(reference=_reference(receipt), kind=MovementKind.ALLOCATE)
    return list(rows.order_by("pk"))


def _reference(receipt: Receipt) -> str:
    return f"receipt:{receipt.pk}"


def _lots_by_order_line(receipt: Receipt) -> dict[int, dict[int, int]]:
    """Good units by order line and lot; a line of which nothing arrived has no lots."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = receipt.lines.order_by("pk").values_list("order_line_id", "lot__pk", "good")
    for order_line_id, lot_id, good in rows:
        lots = found[order_line_id]
        if lot_id is not None:
            lots[lot_id] = good
    return found


def _shares(order_line_ids: list[int], operator_id: int) -> _Shares:
    asked: defaultdict[int, dict[int, int]] = defaultdict(dict)
    rows = OrderShare.objects.filter(line_id__in=order_line_ids).exclude(owner_id=operator_id)
    for line_id, owner_id, units in rows.values_list("line_id", "owner_id", "units"):
        asked[line_id][owner_id] = units
    granted: defaultdict[int, Counter[int]] = defaultdict(Counter)
    earlier = AllocationShare.objects.filter(order_line_id__in=order_line_ids)
    weights: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in earlier.order_by("pk"):
        granted[row.order_line_id][row.owner_id] += row.units
        if row.weight is not None:
            weights[row.order_line_id][row.owner_id] = row.weight
    return _Shares(asked, granted, weights)


def _weights(receipt: Receipt, shares: _Shares, rule: Rule) -> dict[int, Decimal]:
    """The importers' weights on the day of the receipt, where the rule asks for them."""
    if rule is not Rule.WEIGHTED:
        return {}
    owners = {owner_id for line in shares.asked.values() for owner_id in line}
    return rules.weights_of(receipt.consignment.pool, owners, on=receipt.received_on)


def _explain(
    receipt: Receipt,
    order_line_id: int,
    rationing: Rationing[int],
    before: Counter[int],
) -> list[AllocationShare]:
    return [
        AllocationShare(
            receipt=receipt,
            order_line_id=order_line_id,
            owner_id=owner_id,
            rule=rationing.rule,
            asked_units=rationing.asked[owner_id],
            level_units=rationing.level_units,
            weight=rationing.weights.get(owner_id),
            granted_units=granted,
            units=granted - before[owner_id],
        )
        for owner_id, granted in sorted(rationing.granted.items())
    ]


def _moves(
    receipt: Receipt, mix: Mapping[int, Mapping[int, int]], operator_id: int
) -> list[moving.Move]:
    return [
        moving.Move(
            kind=MovementKind.ALLOCATE,
            lot_id=lot_id,
            units=units,
            source=moving.Spot(operator_id, Place.BONDED),
            target=moving.Spot(owner_id, Place.BONDED),
            request_key=f"allocate:{receipt.pk}:{lot_id}:{owner_id}",
            reference=_reference(receipt),
        )
        for lot_id, owners in sorted(mix.items())
        for owner_id, units in sorted(owners.items())
    ]


def _fact(movement: Movement) -> tuple[str, str, dict[str, int]]:
    data = {
        "lot": movement.lot_id,
        "owner": movement.to_owner_id,
        "importer": movement.to_owner_id,
        "units": movement.units,
    }
    return ("warehouse.lot.allocated", f"lot:{movement.lot_id}", data)
