"""Entries into the zone: written down once, told to the bank with what is owed."""

from datetime import date

import pytest

from core import clock, tenancy
from core.models import Fact
from customs.domain.entries import BadEntryNumber, entry_number
from customs.services.entries import accept_entry
from fx_settlement import services as settlement
from fx_settlement.models import EntryNumber
from tests.conftest import party, user_of
from tests.warehouse import goods

NUMBER, DAY = "310120251012345678", date(2025, 3, 9)


@pytest.fixture
def consignment(pool, importer):
    supplier = party("supplier", "waikato", country="NZ")
    product = goods.product("9421902960017", "Whole milk powder")
    with clock.at(DAY), tenancy.as_operator("test"):
        yield goods.consigned(pool, goods.ordered(pool, supplier, {product: {importer: 5}}))


@pytest.mark.parametrize("text", ["", "31012025101234567", f"{NUMBER}9", "3101202410123456٣8"])
def test_a_number_that_is_none_is_refused(text):
    with pytest.raises(BadEntryNumber):
        entry_number(text, DAY)


def test_an_entry_of_another_year_is_refused():
    with pytest.raises(BadEntryNumber):
        entry_number(NUMBER, date(2024, 3, 9))
    assert entry_number(f" {NUMBER} ", DAY) == NUMBER


def test_an_accepted_entry_is_noted_once_and_never_changes(consignment):
    accept_entry(consignment, NUMBER, on=DAY)
    accept_entry(consignment, NUMBER, on=DAY)
    with pytest.raises(settlement.EntryNotedOtherwise):
        accept_entry(consignment, "310120251012345679", on=DAY)

    assert EntryNumber.objects.get().number == NUMBER
    assert Fact.objects.filter(name="customs.entry.accepted").count() == 1


def test_the_broker_writes_it_down_on_its_page(client, consignment, broker):
    client.force_login(user_of(broker, "broker", "declares"))
    at = f"/customs/entries/{consignment.pk}/"
    assert consignment.number in client.get("/customs/entries/").content.decode()
    assert client.post(at, {"number": "12", "on": "2025-03-09"}).status_code == 422
    assert client.post(at, {"number": NUMBER, "on": "2025-03-09"}).status_code == 302

    assert NUMBER in client.get("/customs/entries/").content.decode()
