"""A charge that came after its costs were shared: split, carried, paid, told and taken back."""

import io
import re
from datetime import date, timedelta
from fractions import Fraction

import openpyxl
import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core import clock, invariants, jobs, ledger, tenancy
from core.domain.transitions import StepNotAllowed
from core.models import ClosedMonth, Fact, Notice, Transfer
from fx_settlement import queries, services
from fx_settlement.domain.statement import Component
from fx_settlement.models import ChargeShare, FundingRequest, LateCharge, LatePart
from fx_settlement.services import (
    BilledAlready,
    EntererPosts,
    NotSharedYet,
    NotToTakeBack,
    books,
    papers,
)
from tests.fx_settlement.conftest import RECEIVED
from tests.intruder import change_by_sql
from warehouse.models import Lot, LotCost, Movement
from warehouse.services.pricing import basis_of

LATER = date(2025, 5, 20)
DUE = date(2025, 6, 5)
FREIGHT, AGENCY = "LCL_LAX_SHA_2015B", "AGENT_MIN"


@pytest.fixture
def shared(trade):
    """The trade with its charges shared; A has shipped 15 of its 60 units, B has its 30."""
    needs = services.charges_needed(trade.consignment)
    services.fund_shortfalls(trade.pool, needs, reference="charges")
    services.share_charges(trade.consignment)
    gone(trade.a, 15)
    with clock.at(LATER):
        yield trade


def gone(owner, units):
    """Units that were packed and shipped to consumers."""
    lot = Lot.objects.get()
    for kind, source, target in (("pick", "bonded", "packed"), ("ship", "packed", "consumer")):
        Movement.objects.create(
            lot=lot,
            units=units,
            from_owner_id=owner.pk,
            from_place=source,
            to_owner_id=owner.pk,
            to_place=target,
            kind=kind,
            request_key=f"{kind}-{Movement.objects.count()}",
            moved_on=clock.today(),
            made_at=clock.now(),
            actor="test",
        )


@pytest.fixture
def enter(shared, maker):
    def enter(minor=900_00, key=FREIGHT, document="DEM-77", **more):
        follows = shared.consignment.charges.get(tariff_key=key)
        return services.enter_late_charge(
            follows,
            amount_minor=minor,
            document=document,
            billed_on=date(2025, 5, 12),
            due_on=DUE,
            because="Demurrage, four days",
            by=maker,
            **more,
        )

    return enter


@pytest.fixture
def posted(enter, checker):
    return services.post_late_charge(enter(), by=checker)


def shares(late):
    rows = ChargeShare.objects.filter(source=late.source)
    return dict(rows.values_list("importer_id", "amount_minor"))


def escrow(trade, who):
    return ledger.balance(books.escrow(who, trade.pool))


def asked(late):
    rows = FundingRequest.objects.filter(late_charge=late).order_by("importer_id")
    return [(row.importer_id, row.state, row.missing_minor, row.due_on) for row in rows]


def broken():
    found = invariants.check_all("fx.") + invariants.check_all("warehouse.")
    return {each.name for each in found if not each.holds}


def test_it_is_shared_as_the_charge_it_follows_and_split_by_where_units_are(shared, posted):
    assert shares(posted) == {shared.a.pk: 600_00, shared.b.pk: 300_00}
    parts = {part.importer_id: part for part in queries.parts_of(posted)}
    a, b = parts[shared.a.pk], parts[shared.b.pk]
    assert (a.on_hand_units, a.gone_units, a.on_hand_minor, a.gone_minor) == (
        45,
        15,
        450_00,
        150_00,
    )
    assert (b.on_hand_units, b.gone_units, b.on_hand_minor, b.gone_minor) == (30, 0, 300_00, 0)
    assert broken() == set()
    assert Fact.objects.get(name="fx.late_charge.posted").data == {
        "late_charge": posted.pk, "pool": shared.pool.pk, "amount_minor": 900_00, "importers": 2,
        "on_hand_minor": 750_00, "reverses": None,
    }  # fmt: skip


def test_a_charge_by_value_is_followed_by_value(shared, enter, checker):
    late = services.post_late_charge(enter(300_00, AGENCY), by=checker)

    # value 833.33 : 416.67
    assert shares(late) == {shared.a.pk: 200_00, shared.b.pk: 100_00}


def test_stock_on_hand_costs_more_from_the_day_of_posting_and_no_earlier(shared, posted):
    lot = Lot.objects.select_related("product", "receipt_line__receipt").get()
    before = basis_of([lot], on=LATER - timedelta(days=1))[lot.pk].landed
    after = basis_of([lot], on=LATER)[lot.pk].landed

    # 45 of A, 30 of B, 4 of the pool's surplus and 2 in quarantine
    assert after - before == Fraction(750_00, 81)
    row = LotCost.objects.get()
    assert (row.amount_minor, row.units, row.on, row.source) == (750_00, 81, LATER, posted.source)


def test_what_was_priced_before_stays_as_it_was(shared, enter, checker):
    with clock.at(RECEIVED):
        earlier = {row.pk: row.amount_minor for row in ChargeShare.objects.all()}
        transfers = set(Transfer.objects.values_list("pk", "amount_minor", "on"))
    services.post_late_charge(enter(), by=checker)

    kept = ChargeShare.objects.filter(pk__in=earlier)
    assert {row.pk: row.amount_minor for row in kept} == earlier
    assert transfers <= set(Transfer.objects.values_list("pk", "amount_minor", "on"))


def test_who_has_the_money_pays_at_once_and_who_lacks_it_is_asked(shared, enter, checker):
    services.fund(shared.a, shared.pool, 700_00, reference="ahead")
    services.fund(shared.b, shared.pool, 100_00, reference="ahead")

    late = services.post_late_charge(enter(), by=checker)

    assert (escrow(shared, shared.a), escrow(shared, shared.b)) == (100_00, 0)
    assert asked(late) == [(shared.b.pk, "open", 200_00, DUE)]
    assert queries.dues_of(late.pk) == {shared.b.pk: 200_00}
    assert ledger.balance(books.service_payable(shared.pool)) == 2_300_01 + 900_00


def test_money_that_arrives_under_the_request_pays_the_share(shared, posted):
    request = FundingRequest.objects.get(importer_id=shared.a.pk)
    assert (request.kind, request.amount_minor) == ("charges", 600_00)

    services.receive(request, 400_00, reference="first")
    assert queries.dues_of(posted.pk) == {shared.a.pk: 200_00, shared.b.pk: 300_00}
    services.receive(request, 250_00, reference="second")

    assert queries.dues_of(posted.pk) == {shared.b.pk: 300_00}
    assert escrow(shared, shared.a) == 50_00
    request.refresh_from_db()
    assert request.state == "paid"
    assert broken() == set()


def test_money_that_came_otherwise_is_taken_when_asked_for_again(shared, posted):
    services.fund(shared.a, shared.pool, 450_00, reference="without a reference")

    left = services.collect_late_charge(posted)

    assert left == {shared.a.pk: 150_00, shared.b.pk: 300_00}
    assert asked(posted) == [(shared.a.pk, "open", 150_00, DUE), (shared.b.pk, "open", 300_00, DUE)]
    services.fund(shared.a, shared.pool, 150_00, reference="the rest")
    assert services.collect_late_charge(posted) == {shared.b.pk: 300_00}
    assert asked(posted)[0][:3] == (shared.a.pk, "cancelled", 150_00)


def test_money_that_is_held_is_not_taken(shared, enter, maker, checker):
    services.fund(shared.a, shared.pool, 700_00, reference="ahead")
    services.ask_refund(shared.a, shared.pool, 650_00, because="too much", by=maker)

    late = services.post_late_charge(enter(), by=checker)

    assert queries.dues_of(late.pk)[shared.a.pk] == 550_00


def test_the_charge_that_is_late_in_turn_holds_units(shared, posted):
    with clock.at(DUE + timedelta(days=1)):
        services.mark_late()

    assert services.in_arrears(shared.pool) == {shared.a.pk: 600_00, shared.b.pk: 300_00}


def test_one_enters_and_another_posts(enter, maker, checker):
    late = enter()

    with pytest.raises(EntererPosts):
        services.post_late_charge(late, by=maker)
    assert not ChargeShare.objects.filter(source=late.source).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        LateCharge.objects.filter(pk=late.pk).update(
            state="posted", posted_by=maker, posted_on=LATER, position=1
        )


def test_posting_twice_posts_once(posted, checker):
    count = Transfer.objects.count()

    again = services.post_late_charge(posted, by=checker)

    assert again.pk == posted.pk
    assert Transfer.objects.count() == count


def test_a_dropped_bill_is_neither_posted_nor_kept_from_being_entered_again(enter, checker):
    late = services.drop_late_charge(enter())
    services.drop_late_charge(late)

    with pytest.raises(StepNotAllowed):
        services.post_late_charge(late, by=checker)
    assert enter().number != late.number
    assert Fact.objects.filter(name="fx.late_charge.dropped").count() == 1


def test_the_same_bill_is_charged_once(enter, posted):
    with pytest.raises(BilledAlready):
        enter()


def test_costs_that_nobody_has_borne_are_not_followed(trade, maker):
    with pytest.raises(NotSharedYet):
        services.enter_late_charge(
            trade.consignment.charges.first(), amount_minor=1, document="D", because="x",
            billed_on=RECEIVED, due_on=RECEIVED, by=maker,
        )  # fmt: skip
    assert not LateCharge.objects.exists()


def test_of_a_round_all_its_consignments_bear_their_part(shared, enter, checker):
    late = services.post_late_charge(enter(is_for_round=True), by=checker)

    assert shares(late) == {shared.a.pk: 600_00, shared.b.pk: 300_00}


def test_what_was_charged_too_much_comes_back_to_the_account(shared, enter, checker):
    late = services.post_late_charge(enter(-90_00), by=checker)

    assert shares(late) == {shared.a.pk: -60_00, shared.b.pk: -30_00}
    assert (escrow(shared, shared.a), escrow(shared, shared.b)) == (60_00, 30_00)
    assert LotCost.objects.get().amount_minor == -75_00
    assert asked(late) == []
    assert broken() == set()


def test_it_is_taken_back_by_a_posting_that_goes_the_other_way(shared, posted, maker, checker):
    lot = Lot.objects.select_related("product", "receipt_line__receipt").get()
    request = FundingRequest.objects.get(importer_id=shared.a.pk)
    services.receive(request, 600_00, reference="paid")
    gone(shared.b, 7)
    with clock.at(LATER + timedelta(days=3)):
        back = services.take_back_late_charge(posted, because="Billed to us by mistake", by=maker)
        with pytest.raises(NotToTakeBack):
            services.take_back_late_charge(posted, because="again", by=maker)
        with pytest.raises(EntererPosts):
            services.post_late_charge(back, by=maker)
        services.post_late_charge(back, by=checker)

        posted.refresh_from_db()
        assert (posted.state, back.state) == ("reversed", "posted")
        assert shares(back) == {shared.a.pk: -600_00, shared.b.pk: -300_00}
        assert queries.dues_of(posted.pk) == {}
        assert (escrow(shared, shared.a), escrow(shared, shared.b)) == (600_00, 0)
        assert asked(posted)[1][:2] == (shared.b.pk, "cancelled")
        was = basis_of([lot], on=LATER - timedelta(days=1))[lot.pk].landed
        assert basis_of([lot], on=clock.today())[lot.pk].landed == was
        assert basis_of([lot], on=LATER)[lot.pk].landed == was + Fraction(750_00, 81)
        assert ledger.balance(books.service_payable(shared.pool)) == 2_300_01
        assert broken() == set()
        with pytest.raises(NotToTakeBack):
            services.take_back_late_charge(back, because="again", by=maker)


def test_a_bill_that_was_taken_back_may_be_entered_anew(posted, maker, checker, enter):
    back = services.take_back_late_charge(posted, because="Wrong amount", by=maker)
    services.post_late_charge(back, by=checker)

    late = services.post_late_charge(enter(90_00), by=checker)

    assert sum(shares(late).values()) == 90_00
    assert services.unallocated_minor(late.pool) == 0


def test_it_counts_in_the_month_that_is_open(shared, enter, checker, maker):
    ClosedMonth.objects.create(
        month=date(2025, 5, 1), open_from=date(2025, 6, 1), closed_by=maker, closed_at=clock.now()
    )

    late = services.post_late_charge(enter(), by=checker)

    days = set(Transfer.objects.filter(code="late-charge").values_list("on", flat=True))
    assert days == {late.posted_on} == {date(2025, 6, 1)}
    assert set(LotCost.objects.values_list("on", flat=True)) == {date(2025, 6, 1)}


def test_the_split_is_found_again_at_its_position(shared, posted):
    gone(shared.a, 20)

    again, position = queries.split_of(posted, position=posted.position)

    assert again.shares == shares(posted)
    assert list(again.parts) == queries.parts_of(posted)
    assert position == posted.position


def test_what_was_posted_is_never_changed(posted):
    for model in (LatePart, LotCost, ChargeShare):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            model.objects.update(id=1)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        LateCharge.objects.update(amount_minor=1)


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("fx_settlement_latecharge SET amount_minor = 1", "fx.charges_are_shared_whole"),
        ("fx_settlement_chargeshare SET source = 'late:0'", "fx.charges_are_shared_whole"),
        ("fx_settlement_latepart SET gone_minor = 1", "fx.late_charges_are_carried_whole"),
        ("warehouse_lotcost SET amount_minor = 1", "fx.late_charges_are_carried_whole"),
        (
            "fx_settlement_chargeshare SET amount_minor = amount_minor + 1",
            "fx.late_charges_are_carried_whole",
        ),
    ],
)
def test_a_row_that_was_tampered_with_breaks_its_law(posted, change, law):
    where = f" WHERE source = '{posted.source}'" if "chargeshare" in change else ""
    change_by_sql(f"UPDATE {change}{where}")

    assert law in broken()


def test_an_importer_sees_its_own_part_and_nobody_elses(shared, posted):
    with tenancy.acting_for(shared.b):
        assert [part.importer_id for part in queries.parts_of(posted)] == [shared.b.pk]
        rows = queries.own_late_charges(shared.a)
        own = queries.own_late_charges(shared.b)

    assert rows == []
    assert [(row.share_minor, row.on_hand_minor, row.gone_minor, row.due_minor) for row in own] == [
        (300_00, 300_00, 0, 300_00)
    ]


def test_importers_are_told_their_share(shared, posted):
    told = Notice.objects.filter(kind="settlement.late_charge.posted").order_by("party_id")

    assert [notice.party_id for notice in told] == [shared.a.pk, shared.b.pk]


def test_the_statement_has_a_line_that_is_the_sum_of_its_transfers(shared, posted):
    made = services.statement(shared.a, 2025)
    rows = queries.transfers_of(shared.a, 2025, Component.LATE_CHARGES)

    assert made.line(Component.LATE_CHARGES).pooled_minor == 600_00
    assert made.line(Component.LATE_CHARGES).alone_minor == 0
    assert [(row.amount_minor, row.key) for row in rows] == [
        (600_00, f"fx.late:{posted.pk}/{shared.a.pk}")
    ]


def test_paying_for_it_later_charges_it_no_second_time(shared, posted):
    services.receive(FundingRequest.objects.get(importer_id=shared.a.pk), 600_00, reference="paid")

    made = services.statement(shared.a, 2025)
    codes = [row.code for row in queries.transfers_of(shared.a, 2025)]
    assert made.line(Component.LATE_CHARGES).pooled_minor == 600_00
    assert codes.count("late-charge") == 1
    assert "late-charge-paid" not in codes


def test_a_paper_drawn_before_the_charge_is_not_given_out_after_it(shared, enter, checker):
    before = papers.statement_key(shared.a, 2025, language="en")

    services.post_late_charge(enter(), by=checker)

    assert papers.statement_key(shared.a, 2025, language="en") != before


def test_a_statement_without_late_charges_has_no_line_for_them(shared):
    lines = [line.component for line in services.statement(shared.a, 2025).lines]

    assert Component.LATE_CHARGES not in lines


@pytest.fixture
def get(client):
    def get(user, address):
        client.force_login(user)
        return client.get(address)

    return get


def test_page_pdf_and_workbook_tell_the_same_figure(shared, posted, importer_user, get, client):
    page = get(importer_user, "/settlement/statement/2025/").content.decode()
    assert re.search(r"Late charges</a></td>.*?CN¥600\.00", page)
    line = get(importer_user, "/settlement/statement/2025/of/late-charges/").content.decode()
    assert "CN¥600.00" in line
    moved = Transfer.objects.get(key=f"fx.late:{posted.pk}/{shared.a.pk}")
    assert f"/settlement/transfers/{moved.pk}/" in line
    assert get(importer_user, f"/settlement/transfers/{moved.pk}/").status_code == 200

    book = openpyxl.load_workbook(
        io.BytesIO(get(importer_user, "/settlement/statement/2025/xlsx/").content)
    )
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert ["Late charges", 0, 600, -600] in rows

    client.post("/settlement/statement/2025/print/")
    jobs.run_until_idle()
    raw = client.get("/settlement/statement/2025/pdf/").content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)
    assert "Late charges" in text
    assert "CN¥600.00" in text


def test_the_account_tells_what_is_due_of_it(posted, importer_user, get):
    html = get(importer_user, "/settlement/money/").content.decode()

    assert "Demurrage, four days" in html
    assert "DEM-77" in html


@pytest.fixture
def two(client, maker, checker):
    def two(user, address, **data):
        client.force_login(user)
        return client.post(f"/settlement/late-charges/{address}", data)

    return two


def test_the_operator_enters_posts_and_takes_back_on_pages(shared, maker, checker, two, get):
    follows = shared.consignment.charges.get(tariff_key=FREIGHT).pk
    bill = {
        "follows": follows, "amount": "900.00", "document": "DEM-77", "billed_on": "2025-05-12",
        "due_on": "2025-06-05", "because": "Demurrage",
    }  # fmt: skip
    assert two(maker, "enter/", **bill | {"amount": "0"}).status_code == 422
    assert two(maker, "enter/", **bill | {"due_on": "2025-05-01"}).status_code == 422
    sent = two(maker, "enter/", **bill)
    late = LateCharge.objects.get()
    assert sent.headers["Location"] == f"/settlement/late-charges/{late.pk}/"
    assert "is charged already" in two(maker, "enter/", **bill).content.decode()

    shown = get(maker, f"/settlement/late-charges/{late.pk}/").content.decode()
    assert "as it would be posted now" in shown
    assert "CN¥450.00" in shown
    assert "Post it" not in shown
    assert "Post it" in get(checker, f"/settlement/late-charges/{late.pk}/").content.decode()

    two(checker, f"{late.pk}/post/")
    services.fund(shared.a, shared.pool, 100_00, reference="some")
    two(checker, f"{late.pk}/collect/")
    assert queries.dues_of(late.pk)[shared.a.pk] == 500_00
    two(maker, f"{late.pk}/take-back/", because="By mistake")
    back = LateCharge.objects.get(reverses=late)
    two(maker, f"{back.pk}/drop/")
    back.refresh_from_db()
    assert back.state == "dropped"
    assert two(maker, f"{late.pk}/nothing/").status_code == 404
    assert "takes back" in get(maker, "/settlement/late-charges/").content.decode()


def test_the_list_costs_the_same_whatever_its_length(
    shared, enter, operator, django_assert_num_queries
):
    for number in range(12):
        enter(document=f"D-{number}")

    with django_assert_num_queries(1):
        assert len(queries.late_rows(operator)) == 12
