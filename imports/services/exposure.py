"""Commitments against an importer's limit: held when submitted, posted when bought."""

from collections.abc import Iterable, Mapping

from core import clock, ledger
from core.domain.chart import AccountCode, TransferCode
from core.models import Account, Party, Transfer
from imports import queries
from imports.domain.round_orders import buy_alone
from imports.models import Round, RoundMember
from imports.queries import AskRow
from imports.services.planning import PlannedRound, by_product, problem_of

CURRENCY = "CNY"


def limited(importers: Iterable[int]) -> dict[int, Account]:
    """The exposure accounts of importers that have a limit. One query."""
    rows = Account.objects.filter(
        code=AccountCode.EXPOSURE, currency=CURRENCY, owner_id__in=set(importers), subject=""
    )
    return {row.owner_id: row for row in rows if row.owner_id}


def values_of(asked: Iterable[AskRow]) -> dict[int, int]:
    """What importers' commitments are worth in fen: their cost alone, products with an offer."""
    rows = list(asked)
    on = clock.today()
    offered = queries.offers({row.product_id for row in rows}, on)
    asks = by_product(row for row in rows if row.product_id in offered)
    if not asks:
        return {}
    _, problem = problem_of(asks, on)
    found: dict[int, int] = {}
    for (_, importer), grains in buy_alone(problem, asks).costs.items():
        found[importer] = found.get(importer, 0) + grains
    return {importer: PlannedRound.fen(grains) for importer, grains in found.items()}


def cover(member: RoundMember, account: Account, value_minor: int) -> None:
    """Hold a value against an importer's limit in place of what was held before.

    Raises:
        Overdrawn: the limit is too low; the earlier hold stands.
    """
    free(member)
    member.holds += 1
    if value_minor:
        ledger.hold(
            key=_key(member),
            debit=account,
            credit=ledger.account(AccountCode.EXTERNAL, CURRENCY),
            amount_minor=value_minor,
            code=TransferCode.COMMITMENT,
            group=_group(member),
        )
    member.value_cny_minor = value_minor


def free(member: RoundMember) -> None:
    """Give back what is held for an importer in a round."""
    ledger.void_group(_group(member))
    member.value_cny_minor = 0


def post(round_: Round, costs: Mapping[int, int]) -> None:
    """Post what importers pay of a round out of what was held for it; the rest is free again."""
    members = RoundMember.objects.filter(round=round_, value_cny_minor__gt=0).order_by("pk")
    held = Transfer.objects.in_bulk([_key(each) for each in members], field_name="key")
    for member in members:
        hold = held[_key(member)]
        cost = min(costs.get(member.importer_id, 0), hold.amount_minor)
        if cost:
            ledger.post(hold, amount_minor=cost)
        else:
            ledger.void(hold)


def _group(member: RoundMember) -> str:
    return f"commitment/{member.round_id}/{member.importer_id}"


def _key(member: RoundMember) -> str:
    return f"{_group(member)}/{member.holds}"


def limit_of(importer: Party) -> int | None:
    """What is left of an importer's limit in fen; None where it has none."""
    account = limited([importer.pk]).get(importer.pk)
    return ledger.available(account) if account else None
