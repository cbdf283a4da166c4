"""Looking a code up: one verdict, the way of the unit, and how often it was asked for."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import clock
from core.domain.errors import Refusal
from imports.models import Consignment
from tests.traceability.conftest import COUNTED, INVT_NO, LEFT, SOLD, ZONE, on_the_way
from traceability import services
from traceability.domain import codes
from traceability.domain.digital_link import ItemKey
from traceability.domain.page import Named, TracePage
from traceability.domain.plausibility import ChainImplausible
from traceability.domain.verdict import Rule, Verdict
from traceability.models import CodeUse, ScanRecord, UnknownTry
from warehouse.models import Lot, UnitIdentity

pytestmark = pytest.mark.django_db

AT = datetime(2025, 11, 9, 20, 15, tzinfo=ZONE)
HOME = "203.0.113.77"
NEVER_ISSUED = "000000000000000" + codes.check_character("0" * 15)


def look(code: str, *, at: datetime = AT, address: str = HOME, **more: object) -> TracePage:
    return services.look_up(code, at=at, address=address, **{"counts": True, **more})


def test_a_sold_unit_is_genuine_and_tells_its_whole_way(way):
    way.sell(way.codes[0])

    page = look(way.codes[0])

    assert page.verdict is Verdict.GENUINE_FIRST
    assert [(step.kind, timezone.localtime(step.at).date()) for step in page.steps] == [
        ("departed", LEFT),
        ("arrived", date(2025, 10, 19)),
        ("received", COUNTED),
        ("commissioned", COUNTED + timedelta(days=1)),
        ("entry_accepted", SOLD),
        ("entry_released", SOLD),
        ("picked", SOLD),
        ("shipped", SOLD),
    ]
    assert [step.place for step in page.steps[:4]] == [
        Named("Auckland, New Zealand", "新西兰 Auckland"),
        Named("Ningbo, China", "中国 Ningbo"),
        Named("Ningbo Beilun bonded zone", "宁波北仑保税区"),
        None,
    ]


def test_the_page_says_what_the_label_and_the_papers_say(way):
    way.sell(way.codes[0])

    page = look(way.codes[0])

    assert page.code == codes.shown(way.codes[0])
    assert page.unit.product.zh == "南岛牧场婴儿配方奶粉800克"
    assert page.unit.origin == Named("New Zealand", "新西兰")
    assert (page.unit.lot_number, page.unit.expires_on) == ("SP-25-0917", date(2027, 3, 14))
    assert (page.entry.number, page.entry.released_on) == (INVT_NO, SOLD)
    assert page.entry.zone == Named("Ningbo Beilun bonded zone", "宁波北仑保税区")
    assert page.seller.name.en == "Kowhai Trading"
    assert page.seller.agent.en == "Beilun Agents"


def test_the_page_knows_how_far_the_ship_sailed(way):
    way.sell(way.codes[0])

    voyage = look(way.codes[0]).voyage

    assert (voyage.origin.en, voyage.destination.en) == ("Auckland", "Ningbo")
    assert voyage.distance_nm == 5239
    assert (voyage.path[0], voyage.path[-1]) == ((17492, -3668), (12180, 2997))


def test_goods_that_came_by_air_sailed_nowhere(receive, pool, importer, product, consignment):
    Consignment.objects.update(mode="air")
    consignment.refresh_from_db()
    way = on_the_way(receive(), pool, importer, product)
    way.sell(way.codes[0])

    assert look(way.codes[0]).voyage is None


def test_the_page_carries_the_head_that_signs_its_steps(way):
    way.sell(way.codes[0])

    page = look(way.codes[0])

    assert max(step.position for step in page.steps) < page.evidence.log_size
    assert f"\n{page.evidence.log_size}\n" in page.evidence.note


def test_the_second_look_up_says_when_the_first_was(way):
    way.sell(way.codes[0])
    look(way.codes[0])

    page = look(way.codes[0], at=AT + timedelta(hours=2))

    assert page.verdict is Verdict.GENUINE_REPEAT
    assert (page.lookups, page.first_looked_up_at) == (2, AT)


def test_a_look_that_does_not_count_changes_nothing(way):
    way.sell(way.codes[0])

    page = look(way.codes[0], counts=False)

    assert (page.verdict, page.lookups) == (Verdict.GENUINE_FIRST, 0)
    assert not CodeUse.objects.exists()
    assert not ScanRecord.objects.exists()


def test_look_ups_of_one_unit_are_not_counted_for_its_neighbour(way):
    way.sell(*way.codes[:2])
    look(way.codes[0])

    assert look(way.codes[1]).verdict is Verdict.GENUINE_FIRST


def test_a_code_that_nobody_issued_is_unknown(way):
    page = look(NEVER_ISSUED)

    assert (page.verdict, page.unit, page.steps) == (Verdict.UNKNOWN, None, ())


@pytest.mark.parametrize("typed", ["", "hello", "AAAA-BBBB-CCCC-DDDD"])
def test_a_misread_code_is_told_apart_from_an_unknown_one(typed, way):
    assert look(typed).verdict is Verdict.BAD_CHECK
    assert not UnknownTry.objects.exists()


def test_a_code_is_found_however_it_is_typed(way):
    way.sell(way.codes[0])

    assert look(codes.shown(way.codes[0]).lower()).verdict is Verdict.GENUINE_FIRST


def test_a_unit_still_on_the_shelf_was_not_released(way):
    page = look(way.codes[0])

    assert page.verdict is Verdict.NOT_RELEASED
    assert page.seller is None
    assert [step.kind for step in page.steps] == ["departed", "arrived", "received", "commissioned"]


def test_a_unit_packed_but_not_handed_over_was_not_released(way):
    way.pack(way.codes[0])
    way.project()

    assert look(way.codes[0]).verdict is Verdict.NOT_RELEASED


@pytest.mark.parametrize(("state", "verdict"), [("void", "voided"), ("recalled", "recalled")])
def test_withdrawn_and_recalled_units_say_so(state, verdict, way):
    way.sell(way.codes[0])
    UnitIdentity.objects.update(state=state)

    assert look(way.codes[0]).verdict == verdict


def test_a_unit_past_its_last_day_is_expired(way):
    way.sell(way.codes[0])

    page = look(way.codes[0], at=datetime(2027, 3, 15, tzinfo=ZONE))

    assert page.verdict is Verdict.EXPIRED


def test_a_lot_that_left_before_it_was_made_is_never_published(receive, pool, importer, product):
    lot = receive(produced_on=LEFT + timedelta(days=1))

    with pytest.raises(ChainImplausible) as refusal:
        on_the_way(lot, pool, importer, product)

    assert "produced_on 2025-09-25 lies after departed_on 2025-09-24" in str(refusal.value)
    assert not UnitIdentity.objects.exists()


def test_a_lot_whose_production_was_corrected_to_after_it_left_is_doubtful(way):
    way.sell(way.codes[0])
    Lot.objects.update(produced_on=LEFT + timedelta(days=1))

    page = look(way.codes[0])

    assert (page.verdict, page.rule) == (Verdict.SUSPICIOUS, Rule.DATES_CONTRADICT)


@pytest.mark.parametrize(
    ("label", "rule"),
    [
        (ItemKey("09520123456788"), None),
        (ItemKey("09520123456788", lot="SP-25-0917"), None),
        (ItemKey("09520123456788", lot="SP-25-0918"), Rule.LABELS_DISAGREE),
        (ItemKey("06141411234563"), Rule.LABELS_DISAGREE),
    ],
)
def test_a_code_on_the_label_of_something_else_is_doubtful(label, rule, way):
    way.sell(way.codes[0])

    assert look(way.codes[0], label=label).rule is rule


def test_a_code_looked_up_from_seven_networks_in_a_day_is_doubtful(way):
    way.sell(way.codes[0])

    rules = [look(way.codes[0], address=f"198.51.{n}.1").rule for n in range(7)]

    assert rules == [None] * 6 + [Rule.TOO_MANY_PLACES]


def test_the_next_day_begins_with_no_networks(way):
    way.sell(way.codes[0])
    for n in range(7):
        look(way.codes[0], address=f"198.51.{n}.1")

    assert look(way.codes[0], at=AT + timedelta(days=1)).verdict is Verdict.GENUINE_REPEAT


def test_a_code_known_outside_before_its_unit_was_sold_is_doubtful(way):
    for n in range(4):
        look(way.codes[0], at=AT - timedelta(days=15), address=f"198.51.{n}.1")
    way.sell(way.codes[0])

    page = look(way.codes[0])

    assert (page.verdict, page.rule) == (Verdict.SUSPICIOUS, Rule.LOOKED_UP_BEFORE_RELEASE)


def test_a_look_up_of_a_recalled_unit_is_no_sign_of_a_copy(way):
    way.sell(way.codes[0])
    UnitIdentity.objects.update(state="recalled")

    for _ in range(5):
        look(way.codes[0])

    assert CodeUse.objects.get().scans_before_release == 0


def test_no_address_is_kept(way):
    way.sell(way.codes[0])
    look(way.codes[0])
    look(NEVER_ISSUED)

    kept = [*ScanRecord.objects.values_list("network_hash", flat=True)]
    kept += [*UnknownTry.objects.values_list("address_hash", flat=True)]
    assert [len(value) for value in kept] == [32, 32]
    assert not [value for value in kept if "203" in value and "113" in value]


def test_one_network_has_another_hash_each_day(way):
    way.sell(way.codes[0])

    look(way.codes[0])
    look(way.codes[0], address="203.0.113.9")
    look(way.codes[0], at=AT + timedelta(days=1))

    first, neighbour, next_day = ScanRecord.objects.values_list("network_hash", flat=True)
    assert first == neighbour
    assert next_day != first


def test_an_address_that_guesses_is_stopped_for_the_window(way):
    way.sell(way.codes[0])
    for _ in range(services.MOST_UNKNOWN):
        assert look(NEVER_ISSUED).verdict is Verdict.UNKNOWN

    with pytest.raises(services.TooManyUnknownCodes) as refusal:
        look(way.codes[0])

    assert refusal.value.params == {"tries": 20}
    assert not CodeUse.objects.exists()


def test_who_guesses_stops_nobody_else_and_not_for_ever(way):
    way.sell(way.codes[0])
    for _ in range(services.MOST_UNKNOWN):
        look(NEVER_ISSUED)

    assert look(way.codes[0], address="203.0.113.78").verdict is Verdict.GENUINE_FIRST
    assert look(way.codes[0], at=AT + services.WINDOW).verdict is Verdict.GENUINE_REPEAT


def test_single_look_ups_are_forgotten_and_their_number_is_not(way):
    way.sell(way.codes[0])
    look(way.codes[0])
    look(NEVER_ISSUED)

    with clock.at(AT + services.KEPT + timedelta(seconds=1)):
        call_command("forget_lookups", stdout=(said := StringIO()))

    assert said.getvalue() == "2 rows removed\n"
    assert look(way.codes[0]).lookups == 2


@pytest.mark.parametrize("others", [0, 30])
def test_a_look_up_costs_the_same_number_of_queries_however_much_is_recorded(
    others, way, django_assert_num_queries
):
    way.sell(way.codes[0])
    way.sell(way.codes[1])
    for n in range(others):
        look(way.codes[0], at=AT - timedelta(minutes=others - n))
        look(way.codes[1], at=AT - timedelta(minutes=others - n))
    look(way.codes[0])

    with django_assert_num_queries(6):
        look(way.codes[0])


def test_codes_are_returned_once_and_stored_as_keyed_hashes_only(way):
    stored = [bytes(value) for value in UnitIdentity.objects.values_list("code_hmac", flat=True)]

    assert sorted(stored) == sorted(services.code_hmac(code) for code in way.codes)
    assert not [code for code in way.codes if code.encode() in b"".join(stored)]


def test_a_lot_gets_no_more_codes_than_it_has_units(way):
    with pytest.raises(Refusal) as refusal:
        services.issue_codes(way.lot, 97)

    assert refusal.value.code == "more-codes-than-units"
    assert UnitIdentity.objects.count() == 4


def test_each_label_carries_its_own_code_and_the_lots_date(way):
    first, *_ = services.label_sheet(way.lot, way.codes)

    assert (first.code, first.lot_number, first.expires_on) == (
        way.codes[0],
        "SP-25-0917",
        date(2027, 3, 14),
    )
    assert first.address.endswith(f"/01/09520123456788/21/{way.codes[0]}")
