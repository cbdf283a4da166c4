"""A batch of many obligations: exact to the fen, in as many statements as one of few."""

from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from fx_settlement import services
from fx_settlement.models import Obligation, Payment, PaymentLine
from tests.fx_settlement.conftest import RECEIVED
from tests.fx_settlement.many import owe


def through(trade, maker, checker):
    """The statements of each step of a batch from its lock to its close."""
    draft = services.open_batch(trade.pool, "USD", RECEIVED)
    services.fund_shortfalls(trade.pool, services.deposits_needed(draft), reference=draft.number)
    steps = {
        "lock": lambda: services.lock(draft, by=maker),
        "quote": lambda: services.quote(draft),
        "approve": lambda: services.approve(draft, by=checker),
        "convert": lambda: services.convert(draft),
        "instruct": lambda: services.instruct(draft),
        "settle": lambda: services.settle(draft),
        "allocate": lambda: services.allocate(draft),
        "close": lambda: services.close(draft),
    }
    found = {}
    for name, step in steps.items():
        with CaptureQueriesContext(connection) as captured:
            step()
        found[name] = len(captured)
    return draft, found


def test_a_batch_of_many_obligations_takes_as_many_statements_as_one_of_few(owed, maker, checker):
    _, few = through(owed, maker, checker)
    owe(owed, 60)
    _, some = through(owed, maker, checker)
    owe(owed, 600)
    _, many = through(owed, maker, checker)

    assert many == some
    assert max(many[step] - few[step] for step in few) <= 2


def test_what_a_batch_of_many_cost_is_shared_to_the_last_fen(owed, maker, checker):
    owe(owed, 600)

    batch, _ = through(owed, maker, checker)

    rows = Obligation.objects.filter(batch=batch, state=Obligation.State.PAID)
    assert rows.count() == PaymentLine.objects.count() == 604
    payment, conversion = Payment.objects.get(), batch.conversion
    assert rows.aggregate(
        owed=Sum("amount_minor"),
        cny=Sum("cny_minor"),
        margin=Sum("margin_minor"),
        fee=Sum("fee_minor"),
    ) == {
        "owed": payment.amount_minor,
        "cny": conversion.cny_minor,
        "margin": conversion.margin_minor,
        "fee": payment.fee_minor,
    }
    rate = conversion.cny_minor / conversion.foreign_minor
    assert [row for row in rows if abs(row.cny_minor - row.amount_minor * rate) > 2] == []
