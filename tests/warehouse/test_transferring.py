"""Ownership passes where the goods lie: units and money together, the account book untouched."""

import pytest

from core import invariants, ledger, tenancy
from core.domain.chart import AccountCode, TransferCode
from core.ledger import Overdrawn
from core.models import Fact, Transfer
from warehouse import services
from warehouse.domain.ownership import NothingToTransfer
from warehouse.domain.papers import NotEnoughInPlace
from warehouse.models import BookItem, BookMovement, Holding, Lot, Movement, OwnershipTransfer
from warehouse.services import Sale
from warehouse.services.transferring import SameKeyOtherSale


def purse(owner, pool):
    return ledger.account(AccountCode.ESCROW, "CNY", owner, f"pool:{pool.pk}")


def pay_in(owner, pool, minor):
    bank = ledger.account(AccountCode.BANK, "CNY")
    ledger.transfer(
        key=f"paid-in/{owner.pk}",
        debit=bank,
        credit=purse(owner, pool),
        amount_minor=minor,
        code=TransferCode.FUNDING,
    )


def held(owner):
    return sum(Holding.objects.filter(owner=owner, place="bonded").values_list("units", flat=True))


def sale(shelf, **more):
    fields = {
        "lot": Lot.objects.get(),
        "seller_id": shelf.importer.pk,
        "buyer_id": shelf.stranger.pk,
        "units": 12,
        "price_minor": 1_999,
        "request_key": "sale-1",
        **more,
    }
    return Sale(**fields)


def nothing_is_broken():
    return [law.name for law in invariants.check_all(only="warehouse.") if not law.holds] == []


def test_twelve_units_and_their_price_change_hands_together(shelf):
    pay_in(shelf.stranger, shelf.pool, 30_000)

    row = services.transfer_ownership(sale(shelf))

    assert (held(shelf.importer), held(shelf.stranger)) == (48, 42)
    assert ledger.balance(purse(shelf.importer, shelf.pool)) == 23_988
    assert ledger.balance(purse(shelf.stranger, shelf.pool)) == 6_012
    assert row.amount_minor == 23_988
    assert Fact.objects.filter(name="warehouse.ownership.transferred").count() == 1
    assert nothing_is_broken()


def test_the_account_book_does_not_know_that_owners_changed(shelf):
    before = (list(BookItem.objects.values()), BookMovement.objects.count())

    services.transfer_ownership(sale(shelf, price_minor=0))

    assert (list(BookItem.objects.values()), BookMovement.objects.count()) == before


def test_the_same_sale_told_twice_happens_once(shelf):
    first = services.transfer_ownership(sale(shelf, price_minor=0))
    again = services.transfer_ownership(sale(shelf, price_minor=0))

    assert again == first
    assert held(shelf.importer) == 48


def test_a_key_does_not_stand_for_two_sales(shelf):
    services.transfer_ownership(sale(shelf, price_minor=0))

    with pytest.raises(SameKeyOtherSale):
        services.transfer_ownership(sale(shelf, price_minor=0, units=11))


def test_without_the_money_nothing_passes(shelf):
    pay_in(shelf.stranger, shelf.pool, 23_987)

    with pytest.raises(Overdrawn):
        services.transfer_ownership(sale(shelf))

    assert (held(shelf.importer), held(shelf.stranger)) == (60, 30)
    assert not OwnershipTransfer.objects.exists()
    assert not Movement.objects.filter(kind="transfer").exists()


def test_promised_units_are_not_sold(shelf):
    services.reserve(shelf.importer, shelf.product, 50, "an order")

    with pytest.raises(NotEnoughInPlace) as refusal:
        services.transfer_ownership(sale(shelf, price_minor=0))

    assert refusal.value.params == {"lot": "L-1", "free": 10, "asked": 12}
    assert held(shelf.importer) == 60


@pytest.mark.parametrize("odd", [{"units": 0}, {"price_minor": -1}, {"buyer": "seller"}])
def test_a_sale_of_nothing_is_refused(shelf, odd):
    if odd.pop("buyer", ""):
        odd["buyer_id"] = shelf.importer.pk

    with pytest.raises(NothingToTransfer):
        services.transfer_ownership(sale(shelf, **odd))


def test_the_sale_of_the_buffer_is_credited_to_those_who_bore_its_cost(shelf, operator):
    pay_in(shelf.stranger, shelf.pool, 10_000)
    buffer = sale(shelf, seller_id=operator.pk, units=9, price_minor=1_000)

    services.transfer_ownership(buffer)

    assert ledger.balance(purse(shelf.importer, shelf.pool)) == 6_000
    assert ledger.balance(purse(shelf.stranger, shelf.pool)) == 4_000
    assert held(operator) == 1
    assert Transfer.objects.filter(code=TransferCode.STOCK_SALE).count() == 1


def test_the_pool_buys_stock_from_its_own_income(shelf, operator):
    services.transfer_ownership(sale(shelf, buyer_id=operator.pk))

    income = ledger.account(AccountCode.OPERATOR_INCOME, "CNY", operator, f"pool:{shelf.pool.pk}")
    assert ledger.balance(income) == -23_988
    assert ledger.balance(purse(shelf.importer, shelf.pool)) == 23_988


def test_a_seller_may_sell_in_its_own_name(shelf):
    with tenancy.acting_for(shelf.importer):
        services.transfer_ownership(sale(shelf, price_minor=0))

    assert held(shelf.stranger) == 42
