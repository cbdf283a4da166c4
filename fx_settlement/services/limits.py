"""Limits in the ledger: granted by reviews, used by commitments, free again once goods are paid.

An importer's exposure account is flagged, so the database refuses whatever goes beyond it.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Sum

from core import ledger, rates
from core.domain.chart import AccountCode, TransferCode
from core.models import Account, Party, Transfer
from fx_settlement.domain import tiers
from fx_settlement.models import Obligation
from fx_settlement.services import books
from imports.models import OrderShare

_GROUP = "commitment/"
_DONE = (Obligation.State.PAID, Obligation.State.CANCELLED)


@transaction.atomic
def grant(importer: Party, limit_minor: int, *, key: str) -> int:
    """Bring an importer's limit to an amount, or as near as what is in use allows; what it is now.

    ``key`` makes it happen once. What could not be taken back is taken by :func:`settle_down`.
    """
    account = ledger.account(AccountCode.EXPOSURE, books.HOME, importer)
    granted = ledger.sums_by_code([account.pk], [TransferCode.LIMIT]).get(account.pk, 0)
    step = tiers.adjustment(limit_minor, granted, ledger.available(account))
    outside = ledger.account(AccountCode.EXTERNAL, books.HOME)
    specs = books.move(
        f"fx.limit:{importer.pk}/{key}",
        debit=outside,
        credit=account,
        amount_minor=step,
        code=TransferCode.LIMIT,
    )
    ledger.transfer_many(list(specs), group=f"fx.limit:{importer.pk}")
    return granted + step


@transaction.atomic
def give_back(importer_ids: Iterable[int]) -> int:
    """Free what importers were committed for and have paid since; the sum in fen.

    A round's posted commitment is freed order by order, by what each is worth to the importer at
    the mid of its day; with the last order all of it. Again it frees nothing.
    """
    rows = Account.objects.filter(
        code=AccountCode.EXPOSURE, currency=books.HOME, owner_id__in=set(importer_ids), subject=""
    )
    return sum(_give_back(row) for row in rows.order_by("pk"))


def _give_back(account: Account) -> int:
    posted, freed = _posted(account), _freed(account)
    outside = ledger.account(AccountCode.EXTERNAL, books.HOME)
    given = 0
    for group, minor in sorted(posted.items()):
        if freed[group] >= minor:
            continue
        round_id = int(group.removeprefix(_GROUP).partition("/")[0])
        worth, done = _orders(account.owner_id or 0, round_id)
        more = tiers.given_back(minor, worth, done) - freed[group] if worth else 0
        if more > 0:
            ledger.transfer(
                key=f"fx.limit-restored:{group}/{freed[group]}",
                debit=outside,
                credit=account,
                amount_minor=more,
                code=TransferCode.LIMIT_RESTORED,
                group=group,
            )
            given += more
    return given


def _posted(account: Account) -> dict[str, int]:
    rows = Transfer.objects.filter(
        debit=account, code=TransferCode.COMMITMENT, kind=Transfer.Kind.POST
    )
    return dict(rows.values_list("group", "amount_minor"))


def _freed(account: Account) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    rows = Transfer.objects.filter(credit=account, code=TransferCode.LIMIT_RESTORED)
    for group, minor in rows.values_list("group", "amount_minor"):
        found[group] += minor
    return found


def _orders(importer_id: int, round_id: int) -> tuple[dict[int, int], frozenset[int]]:
    """What each order of a round is worth to an importer in fen, and which are paid."""
    shares = OrderShare.objects.filter(
        owner_id=importer_id, line__order__round_id=round_id, cost_minor__gt=0
    )
    orders = shares.values_list(
        "line__order_id", "line__order__currency", "line__order__ordered_on"
    ).annotate(minor=Sum("cost_minor"))
    worth = {
        order: rates.convert_on(minor, currency, books.HOME, on)
        for order, currency, on, minor in orders.order_by("line__order_id")
    }
    states: dict[int, set[str]] = defaultdict(set)
    owed = Obligation.objects.filter(importer_id=importer_id, order__in=worth)
    for order, state in owed.values_list("order_id", "state"):
        states[order].add(state)
    return worth, frozenset(order for order, own in states.items() if own <= set(_DONE))
