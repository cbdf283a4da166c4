"""The pages of age, cover and cost, and the warnings behind them."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core import clock, jobs, tenancy
from core.models import Notice
from imports.models import ForecastLine, TariffRow
from tests.fx_settlement.tariffs import ROWS
from tests.warehouse.shelves import location
from warehouse import keeping_views, services
from warehouse.domain.ageing import Urgency
from warehouse.models import ChargeRate, Holding, KeepingTerm, Location, Lot
from warehouse.queries import ageing, keeping
from warehouse.services.keeping import keep_books

pytestmark = pytest.mark.django_db

SUMMER = date(2026, 5, 1)


@pytest.fixture
def tariffs(db):
    TariffRow.objects.bulk_create(TariffRow(**row) for row in ROWS)


def page(client, user, name, **asked):
    client.force_login(user)
    return client.get(reverse(f"warehouse:{name}"), asked)


def cells(answer):
    return list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_an_importer_sees_cover_cost_and_ways_out_of_its_own_goods(
    client, importer_user, shelf, tariffs
):
    services.accrue(shelf.pool, before=date(2025, 3, 11))
    ForecastLine.objects.create(
        importer_id=shelf.importer.pk, product=shelf.product, year=2026, m05=31, m06=60,
        version_from=clock.now(),
    )  # fmt: skip
    services.reserve(shelf.importer, shelf.product, 10, "order-1")

    with clock.at(SUMMER):
        found = page(client, importer_user, "keeping")
        sheet = cells(page(client, importer_user, "keeping", format="xlsx"))

    row = found.context["rows"][0].row
    # 60 units × 2,400 cm3 × CNY 1.50 = 21.6 fen a day; 50 free: 31 in May, 19 of 2 a day in June
    assert (row.units, row.cost_per_day_fen, row.cover_days) == (60, 22, 40)
    assert (row.urgency, row.last_safe_on) == (Urgency.WARNED, date(2026, 6, 25))
    assert [way.way for _, way in found.context["urgent"][0].exits][:1] == ["offer"]
    assert sheet[1][8:13] == (60, 10, 50, 0, 40)
    assert "Other Seller" not in found.text


def test_owners_are_warned_once_of_goods_that_near_their_last_safe_sale(shelf, tariffs):
    with clock.at(SUMMER):
        assert (keep_books(shelf.pool), keep_books(shelf.pool)) == (2, 2)

    told = Notice.objects.filter(kind="warehouse.stock.ageing")
    assert {(n.party_id, n.due_on) for n in told} == {
        (shelf.importer.pk, date(2026, 6, 25)),
        (shelf.stranger.pk, date(2026, 6, 25)),
    }


def test_the_day_s_work_keeps_the_books_of_every_pool(shelf, tariffs):
    jobs.order_daily()
    jobs.run_until_idle()

    assert not jobs.due()
    assert services.accrue(shelf.pool, before=clock.today()) == 0


def test_new_terms_hold_from_their_day(shelf):
    KeepingTerm.objects.create(pool=shelf.pool, valid_from=SUMMER, minimum_use_days=120)
    held = Holding.objects.filter(owner_id=shelf.importer.pk)

    before = keeping.kept(held, date(2026, 4, 30))[0].last_safe_on
    after = keeping.kept(held, SUMMER)[0].last_safe_on

    assert (before, after) == (date(2026, 6, 25), date(2026, 5, 26))


def test_the_operator_sees_room_age_and_shortage(client, operator_user, shelf, house):
    lot = Lot.objects.get()
    services.stow(lot, 50, target=location(house, "A-01", room_cm3=240_000), request_key="k")
    location(house, "A-02", room_cm3=240_000)

    found = page(client, operator_user, "overview")

    zone = next(row for row in found.context["zones"] if row.locations)
    assert (zone.locations, zone.used, zone.taken_cm3, zone.room_cm3) == (2, 1, 120_000, 480_000)
    assert found.context["drift"] == 0
    assert found.context["units"] == 100


def test_a_bill_is_shown_line_by_line_and_downloaded(
    client, importer_user, operator_user, shelf, tariffs, monkeypatch
):
    services.accrue(shelf.pool, before=date(2025, 5, 1))

    own = page(client, importer_user, "costs", month="2025-03")
    pools = page(client, operator_user, "charges")

    assert (own.context["charged"], own.context["chosen"]) == (475, "2025-03")
    assert (pools.context["charged"], pools.context["chosen"]) == (648 + 324, "2025-04")
    assert [row[11] for row in cells(page(client, importer_user, "costs", format="xlsx"))[1:]] == [
        6.48
    ]
    assert len(cells(page(client, operator_user, "charges", format="xlsx"))) == 3
    assert not pools.context["unbilled"]
    monkeypatch.setattr(keeping_views, "MOST_LINES", 1)
    cut = page(client, operator_user, "charges", month="2025-03")
    assert (len(cut.context["lines"]), cut.context["charged"]) == (1, 475 + 238)
    assert sum(fen for _, fen in cut.context["totals"]) == 475 + 238
    assert "The first 1 of 2 lines" in cut.text


def test_shelves_are_entered_once_in_the_order_of_the_walk(client, operator_user, pool):
    client.force_login(operator_user)
    sent = {"warehouse": "NB1", "place": "bonded", "room_m3": "1.2", "codes": "a-01\nA-02\n\na-01"}

    for _ in range(2):
        client.post(reverse("warehouse:add-shelves"), sent)
    client.post(reverse("warehouse:add-shelves"), {"codes": "A-09"})

    rows = Location.objects.order_by("walk").values_list("code", "room_cm3", "zone__code")
    assert list(rows) == [("A-01", 1_200_000, "BONDED"), ("A-02", 1_200_000, "BONDED")]


def test_a_rate_is_entered_with_its_source_and_a_stay_is_priced(
    client, operator_user, shelf, tariffs
):
    client.force_login(operator_user)
    told = {
        "kind": "handling", "basis": "unit", "price": "0.25", "from_day": "1", "touch": "ship",
        "valid_from": "2025-01-01", "source": "list of 2025",
    }  # fmt: skip
    client.post(reverse("warehouse:enter-rate"), {**told, "source": ""})
    client.post(reverse("warehouse:enter-rate"), {**told, "kind": "storage", "basis": "m3_day",
                                                  "touch": "", "price": "2"})  # fmt: skip

    client.post(reverse("warehouse:enter-rate"), told)

    asked = {"gtin": shelf.product.gtin, "units": "100", "days": "10"}
    found = page(client, operator_user, "charges", **asked)
    # 0.24 m3 × 10 days × CNY 2, and 100 units sent at CNY 0.25
    assert found.context["estimate"].by_kind == {"storage": 4_80, "handling": 25_00}
    assert found.context["estimate"].unbilled == ("pick",)
    assert (
        "No product has this GTIN."
        in page(client, operator_user, "charges", gtin="1", units="1", days="1").text
    )
    assert ChargeRate.objects.count() == 2


def test_pages_of_nobody_s_goods_say_what_to_wait_for(client, importer_user, operator_user, pool):
    assert "No units yet" in page(client, importer_user, "keeping").text
    assert "Nothing to charge yet" in page(client, importer_user, "costs").text
    assert "No shelves yet" in page(client, operator_user, "overview").text


@pytest.mark.parametrize("lots", [1, 3])
def test_what_is_owned_and_what_is_old_cost_the_same_whatever_their_size(
    lots, stock_up, product, importer, operator, django_assert_num_queries
):
    for number in range(lots):
        stock_up(product, 10, lot_no=f"L-{number}", expires_on=date(2026, 6, 1 + number))

    with tenancy.acting_for(importer), django_assert_num_queries(12):
        own = ageing.own_ageing(importer, SUMMER)
    with django_assert_num_queries(11):
        pools = ageing.pool_ageing(operator, SUMMER)

    assert len(own.rows) == len(own.urgent) == len(pools.rows) == lots


def test_a_long_list_is_shown_by_pages_that_add_up_to_all_of_it(
    stock_up, product, importer, monkeypatch
):
    for number in range(3):
        stock_up(product, 10 + number, lot_no=f"L-{number}", expires_on=date(2027, 6, 1 + number))
    monkeypatch.setattr(ageing, "ROWS_A_PAGE", 2)

    with tenancy.acting_for(importer):
        pages = [ageing.own_ageing(importer, SUMMER, page=number) for number in (1, 2, 99)]
        whole = keeping.kept(Holding.objects.filter(owner_id=importer.pk), SUMMER)

    assert [[row.units for row in page.rows] for page in pages] == [[10, 11], [12], [12]]
    assert {page.pages for page in pages} == {2}
    assert [lot.units for lot in pages[0].lots] == [row.units for row in whole]
    assert [lot.worth_fen for lot in pages[0].lots] == [row.worth_fen for row in whole]


def test_the_operator_sets_terms_from_a_day_on_and_never_replaces_them(
    client, operator_user, pool, shelf
):
    client.force_login(operator_user)
    address = reverse("warehouse:terms")
    assert "No terms of your own yet" in client.get(address).text
    told = {
        **{name: str(value) for name, value in client.get(address).context["form"].initial.items()},
        "pool": pool.pk, "valid_from": "2026-05-01", "minimum_use_days": "120",
        "return_case": "612.50",
    }  # fmt: skip

    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 302
    again = client.post(address, {**told, "minimum_use_days": "30"})

    assert "Other terms hold" in again.text
    row = KeepingTerm.objects.get()
    assert (row.minimum_use_days, row.return_case_fen, row.delivery_days) == (120, 612_50, 5)


def test_an_importer_sees_where_its_units_are_and_prices_a_stay(
    client, importer_user, shelf, tariffs
):
    services.accrue(shelf.pool, before=date(2025, 3, 11))
    order = services.dispatch(
        shelf.importer, "o", services.reserve(shelf.importer, shelf.product, 4, "o")
    )
    services.pick(order)

    own = page(client, importer_user, "keeping")
    asked = {"gtin": shelf.product.gtin, "units": "100", "days": "10"}
    priced = page(client, importer_user, "costs", **asked)

    row = own.context["rows"][0].row
    assert (row.bonded_units, row.packed_units, row.quarantine_units) == (56, 4, 0)
    assert "packing table 4" in own.text
    # 0.24 m3 for ten days at CNY 1.50; picking and shipping are included
    assert priced.context["estimate"].by_kind["storage"] == 3_60
    assert priced.context["estimate"].unbilled == ()
