"""Orders taken together are those that the plain way takes one after another."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock, invariants, tenancy, vault
from core.domain.errors import Refusal
from core.models import Account, Fact, Person, Transfer
from core.models.vault import PersonIndex
from customs import services
from customs.models import (
    AnnualUse,
    ConsumerOrder,
    ConsumerOrderLine,
    Declaration,
    DeclarationLine,
    OrderTrace,
    PersonQuantity,
)
from customs.services import OrderedLine, taking_many
from tests.customs import shop
from tests.customs.shop import BUYER, OTHER_BUYER
from tests.customs.test_guarding import sugar
from warehouse import services as warehouse
from warehouse.models import Holding, Reservation

__all__ = ["sugar"]

pytestmark = pytest.mark.django_db

SPOILS = {
    "": {},
    "sum": {"paid_minor": 1},
    "tax": {"tax_minor": 1},
    "name": {"buyer": replace(BUYER, name="无")},
    "life": {"minimum_expiry": date(2040, 1, 1)},
}


@st.composite
def asked(draw):
    """An order as few words: number, goods and units, price, buyer, what is wrong, reused papers.

    Few numbers, so that orders come again, the same or otherwise, and meet at their papers.
    """
    number = draw(st.integers(0, 7))
    goods = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40)), min_size=1, max_size=2))
    return {
        "number": number,
        "goods": goods if draw(st.booleans()) else [(draw(st.integers(0, 2)), 1)],
        "price": draw(st.sampled_from([1_000, 25_000, 250_000, 499_000, 500_001])),
        "buyer": draw(st.sampled_from([BUYER, OTHER_BUYER])),
        "spoil": draw(st.sampled_from([*SPOILS, "", "", ""])),
        "payment": draw(st.sampled_from([number, number, number, 0])),
        "waybill": draw(st.sampled_from([number, number, number, 1])),
    }


@pytest.fixture
def intake_for(order_of, formula, honey, sugar, stocked, importer):
    """The order that a few words stand for; formula lies in two lots."""
    with tenancy.as_operator("test"):
        another_lot(stocked, importer, formula)
    products = [formula, honey, sugar]
    made = {}

    def intake_for(words):
        key = repr(words)
        if key not in made:
            made[key] = build(words)
        return made[key]

    def build(words):
        lines = tuple(
            OrderedLine(products[n], units, words["price"]) for n, units in words["goods"]
        )
        try:
            order = order_of(lines=lines, number=f"SH-{words['number']}", buyer=words["buyer"])
        except Refusal:
            more = {"lines": lines, "number": f"SH-{words['number']}", "buyer": words["buyer"]}
            order = order_of(**more, tax_minor=0)
        payment = replace(order.payment, transaction_no=f"PAY-{words['payment']}")
        parcel = replace(order.parcel, waybill_no=f"YT-{words['waybill']}")
        spoil = SPOILS[words["spoil"]]
        return replace(order, payment=payment, parcel=parcel, **spoil)

    return intake_for


def another_lot(pool, importer, product):
    """Thirty units more, which expire first."""
    supplier = shop.Party.objects.filter(kind=shop.Party.Kind.SUPPLIER).first()
    line = shop.goods.ordered(pool, supplier, {product: {importer: 30}})[0]
    consignment = shop.goods.consigned(pool, [line])
    counted = [replace(shop.goods.counted(line, good=30), expires_on=date(2025, 12, 1))]
    warehouse.allocate(shop.goods.received(consignment, counted, on=date(2025, 3, 11)))


def one_by_one(importer, intakes):
    """What the plain way makes of orders, in the shape of the other."""
    return [taking_many._take_alone(importer, intake) for intake in intakes]


def said(outcomes):
    """What came of orders, in words."""
    return [
        (row.order_no, row.refusal.code, row.refusal.params)
        if row.refusal
        else (row.order_no, row.order.order_no, bytes(row.order.intake_hmac))
        for row in outcomes
    ]


NOT_SAID = {"id", "order_id", "declaration_id", "buyer_id", "payer_id", "consignee_id"}


def values(row, *, without=()):
    """A row's values without the ids that the database draws."""
    return {
        field.attname: bytes(value) if isinstance(value, memoryview) else value
        for field in row._meta.concrete_fields
        if field.attname not in {*NOT_SAID, *without}
        for value in [getattr(row, field.attname)]
    }


def whole(person):
    return tuple(sorted(vault.reveal(person, "test").items()))


def told(order):
    """Everything that hangs on an order, with people in clear."""
    declaration = Declaration.objects.get(order=order)
    held = Reservation.objects.filter(request_key__startswith=f"customs.order:{order.pk}/")
    (fact,) = Fact.objects.filter(subject=f"order:{order.pk}")
    transfers = Transfer.objects.filter(key__startswith=f"customs.order:{order.pk}/")
    trace = OrderTrace.objects.get(order=order)
    assert order.payment.payer_id == trace.buyer_id == order.buyer_id
    assert fact.data["order"] == order.pk
    assert fact.data["declaration"] == declaration.pk
    return {
        "order": values(order),
        "buyer": whole(order.buyer),
        "consignee": whole(order.waybill.consignee),
        "papers": [values(order.payment), values(order.waybill)],
        "lines": [values(x) for x in ConsumerOrderLine.objects.filter(order=order).order_by("pk")],
        "declaration": values(declaration),
        "declared": [
            values(x)
            for x in DeclarationLine.objects.filter(declaration=declaration).order_by("pk")
        ],
        "held": [
            (values(x, without=["request_key"]), x.request_key.split("/", 1)[1])
            for x in held.order_by("pk")
        ],
        "moved": [
            (
                values(x, without=["key", "debit_id", "credit_id"]),
                (x.key.split("/")[1], str(x.debit), str(x.credit)),
            )
            for x in transfers
        ],
        "trace": values(trace),
        "fact": (fact.name, fact.actor, fact.at, {**fact.data, "order": 0, "declaration": 0}),
    }


def everything():
    """The state of what orders change; orders, facts and transfers as they came."""
    orders = ConsumerOrder.objects.order_by("pk")
    numbers = {f"order:{order.pk}": order.order_no for order in orders}
    return {
        "orders": [told(order) for order in orders],
        "facts": [numbers.get(x.subject, x.subject) for x in Fact.objects.order_by("pk")],
        "people": (Person.objects.count(), PersonIndex.objects.count()),
        "years": sorted(
            (whole(x.person), x.year, x.used_minor, x.limit_minor) for x in AnnualUse.objects.all()
        ),
        "goods": sorted(
            (whole(x.person), x.hs, x.used, x.most, x.is_by_weight)
            for x in PersonQuantity.objects.all()
        ),
        "accounts": sorted(
            (str(x), x.debits_posted, x.credits_posted) for x in Account.objects.all()
        ),
        "shelves": list(
            Holding.objects.order_by("pk").values_list("pk", "units", "reserved_units")
        ),
    }


def undone(take, importer, intakes):
    """What taking orders says and leaves behind; nothing of it stays."""
    with tenancy.as_operator("test"), transaction.atomic():
        answers = said(take(importer, intakes))
        left = everything()
        broken = [law.name for law in invariants.check_all("customs") if not law.holds]
        transaction.set_rollback(True)
    assert broken == []
    return answers, left


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    before=st.lists(asked(), max_size=4),
    wanted=st.lists(asked(), min_size=1, max_size=14),
    repeated=st.lists(st.integers(0, 13), max_size=4),
)
def test_taken_together_is_taken_one_after_another(
    importer, stranger, intake_for, before, wanted, repeated
):
    intakes = [intake_for(words) for words in wanted]
    intakes += [intakes[number % len(wanted)] for number in repeated]
    with transaction.atomic():
        one_by_one(importer, [intake_for(words) for words in before])
        one_by_one(stranger, [intake_for({**wanted[0], "number": 7})])

        together = undone(services.take_orders, importer, intakes)
        plainly = undone(one_by_one, importer, intakes)
        transaction.set_rollback(True)

    assert together == plainly


def too_many(order_of):
    """An order for one unit more than there is."""
    return order_of(101, price_minor=1_000, number="C")


def test_what_is_refused_is_named_and_stops_no_other(importer, order_of):
    intakes = [order_of(2, number="A"), order_of(2, number="B", tax_minor=1), too_many(order_of)]
    intakes += [order_of(1, number="D"), intakes[0]]

    outcomes = services.take_orders(importer, intakes)

    assert [(row.order_no, row.refusal and row.refusal.code) for row in outcomes] == [
        ("A", None),
        ("B", "tax-collected-differs"),
        ("C", "not-enough-stock"),
        ("D", None),
        ("A", None),
    ]
    assert outcomes[0].order == outcomes[4].order
    assert [x.order_no for x in (outcomes[0].order, outcomes[3].order)] == ["A", "D"]


def test_the_last_units_go_to_the_first_of_the_orders_and_the_year_to_whom_it_belongs(
    importer, order_of
):
    many = [order_of(30, price_minor=1_000, number=f"N-{n}") for n in range(4)]
    dear = [order_of(2, price_minor=250_000, number=f"D-{n}", buyer=OTHER_BUYER) for n in range(6)]

    outcomes = services.take_orders(importer, [*dear, *many])

    codes = Counter(row.refusal.code if row.refusal else "taken" for row in outcomes)
    assert codes == {"taken": 8, "over-person-year-limit": 1, "not-enough-stock": 1}
    assert outcomes[5].refusal.code == "over-person-year-limit"
    assert outcomes[9].refusal.params == {"free": 0, "asked": 30}


def test_a_repeated_batch_writes_nothing_and_returns_the_first_orders(importer, order_of):
    intakes = [order_of(1) for _ in range(5)]
    first = services.take_orders(importer, intakes)
    with tenancy.as_operator("test"):
        before = everything()

    again = services.take_orders(importer, intakes)

    assert [row.order for row in again] == [row.order for row in first]
    with tenancy.as_operator("test"):
        assert everything() == before


@pytest.mark.parametrize("count", [10, 60])
def test_a_batch_costs_as_many_statements_whatever_its_size(importer, order_of, count):
    services.take_orders(importer, [order_of(1, price_minor=1_000) for _ in range(25)])
    intakes = [order_of(1, price_minor=1_000) for _ in range(count)]

    with CaptureQueriesContext(connection) as statements:
        services.take_orders(importer, intakes)

    assert len(statements) <= 60


def test_a_batch_that_others_disturb_starts_over(importer, order_of, monkeypatch):
    intakes = [order_of(1, number=f"N-{n}") for n in range(3)]
    look, looks = taking_many.standing_of, []

    def disturbed(*asked):
        found = look(*asked)
        looks.append(found)
        if len(looks) == 1:
            found.taken.clear()
            found.payments.clear()
            found.waybills.clear()
        return found

    services.take_order(importer, intakes[1])
    monkeypatch.setattr(taking_many, "standing_of", disturbed)

    outcomes = services.take_orders(importer, intakes)

    assert [row.order.order_no for row in outcomes] == ["N-0", "N-1", "N-2"]
    assert len(looks) == 2


def test_a_batch_that_is_disturbed_every_time_is_taken_one_by_one(importer, order_of, monkeypatch):
    def disturbed(*_):
        raise IntegrityError

    monkeypatch.setattr(taking_many, "_write", disturbed)

    outcomes = services.take_orders(importer, [order_of(1, number="A"), too_many(order_of)])

    assert [row.refusal and row.refusal.code for row in outcomes] == [None, "not-enough-stock"]


def test_units_that_others_held_too_long_are_freed_for_a_batch(importer, order_of, formula):
    with tenancy.acting_for(importer):
        warehouse.reserve(importer, formula, 100, "stale", expires_at=clock.now())

    intakes = [order_of(5, price_minor=1_000) for _ in range(2)]
    outcomes = services.take_orders(importer, intakes)

    assert [row.refusal for row in outcomes] == [None, None]
    with tenancy.as_operator("test"):
        states = Counter(Reservation.objects.values_list("state", flat=True))
    assert states == {"released": 1, "held": 2}


def test_a_batch_longer_than_a_transaction_is_taken_in_several(importer, order_of, monkeypatch):
    monkeypatch.setattr(taking_many, "AT_ONCE", 2)
    intakes = [order_of(1, number=f"N-{n}") for n in range(5)]

    outcomes = services.take_orders(importer, intakes)

    assert [row.order.order_no for row in outcomes] == [f"N-{n}" for n in range(5)]


def test_an_order_is_held_for_as_long_as_one_that_is_taken_alone(importer, order_of):
    services.take_orders(importer, [order_of(1), order_of(1)])

    with tenancy.as_operator("test"):
        ends = list(Reservation.objects.values_list("expires_at", flat=True))
    assert ends == [clock.now() + timedelta(days=60)] * 2


def test_an_order_of_several_products_locks_all_of_them_before_it_promises_one(
    importer, order_of, formula, honey
):
    lines = (OrderedLine(honey, 1, 25_000), OrderedLine(formula, 1, 25_000))

    with CaptureQueriesContext(connection) as told:
        order = services.take_order(importer, order_of(lines=lines))
        taken = len(told)
        services.cancel_order(order)

    for part in (told.captured_queries[:taken], told.captured_queries[taken:]):
        touching = [
            each["sql"]
            for each in part
            if "warehouse_holding" in each["sql"] and re.search(r"UPDATE", each["sql"])
        ]
        assert sum(sql.startswith("UPDATE") for sql in touching) >= 2
        is_locked = "FOR NO KEY UPDATE" in touching[0] and '"product_id" IN' in touching[0]
        assert is_locked == connection.features.has_select_for_update
