"""EPCIS events built from facts, judged by GS1's schema."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.shared_data import oracle
from tests.traceability.draft07 import Schema
from traceability.domain import later_events
from traceability.domain.epcis import Event, Goods, Happening, Issuer, Kind, Lot
from traceability.domain.later_events import RETURNS

ISSUER = Issuer("trace.example.org")
AT = datetime(2026, 10, 19, 3, 30, tzinfo=UTC)
FACT = Happening(position=41, at=AT)
LOT = Lot("09520123456788", "SP-26/0917", "NZ", date(2026, 3, 14), date(2028, 3, 14))
OTHER = Lot("09520123456788", "SP-26-0001")
LOT_KEY = "https://id.gs1.org/01/09520123456788/10/SP-26%2F0917"
PALLET = "095201230000000014"
TWO_UNITS = Goods(LOT, 2, identities=(12, 7))


def all_kinds() -> list[Event]:
    return [
        ISSUER.departed(FACT, consignment=3, port="NZAKL"),
        ISSUER.arrived(FACT, consignment=3, port="CNNGB"),
        ISSUER.received(FACT, Goods(LOT, 640), place="NBZ", consignment=3),
        ISSUER.received(FACT, Goods(LOT, 640), place="NBZ", consignment=None),
        ISSUER.owned(FACT, Goods(LOT, 120), owner=5),
        ISSUER.commissioned(FACT, Goods(LOT, 640)),
        ISSUER.commissioned(FACT, Goods(OTHER, 1)),
        ISSUER.picked(FACT, TWO_UNITS, dispatch=9),
        ISSUER.entered(
            Kind.ENTRY_ACCEPTED, FACT, [TWO_UNITS], declaration=8, dispatch=9, entry_no=""
        ),
        ISSUER.entered(
            Kind.ENTRY_RELEASED, FACT, [TWO_UNITS], declaration=8, dispatch=9, entry_no="310520261"
        ),
        ISSUER.entered(
            Kind.ENTRY_ACCEPTED, FACT, [], declaration=8, dispatch=None, entry_no="310520261"
        ),
        *(
            ISSUER.entered(kind, FACT, [], declaration=8, dispatch=None, entry_no="")
            for kind in (Kind.INSPECTED, Kind.HELD)
        ),
        *(
            later_events.palletised(ISSUER, kind, FACT, Goods(LOT, 60), pallet=PALLET)
            for kind in (Kind.LOADED, Kind.UNLOADED)
        ),
        later_events.sampled(ISSUER, FACT, Goods(LOT, 3), sample=1),
        later_events.judged(ISSUER, FACT, Goods(LOT, 3), sample=1, has_passed=True),
        ISSUER.shipped(FACT, [TWO_UNITS, Goods(OTHER, 1)], dispatch=9),
        later_events.sold(ISSUER, FACT, [TWO_UNITS, Goods(OTHER, 1)], dispatch=9),
        later_events.transferred(ISSUER, FACT, Goods(LOT, 5), transfer=4, seller=5, buyer=6),
        later_events.counted(ISSUER, FACT, LOT, count=1, difference=0),
        later_events.counted(ISSUER, FACT, LOT, count=1, difference=-2),
        *(later_events.returned(ISSUER, kind, FACT, Goods(LOT, 1), case=3) for kind in RETURNS),
        later_events.recalled(ISSUER, FACT, [LOT, OTHER], recall=2),
        later_events.withdrawn(ISSUER, FACT, ENTERED.body, ENTERED.keys),
    ]


ENTERED = ISSUER.entered(
    Kind.ENTRY_ACCEPTED, FACT, [], declaration=8, dispatch=None, entry_no="310520261"
)


def test_a_receipt_in_full():
    event = ISSUER.received(FACT, Goods(LOT, 640), place="NBZ", consignment=3)

    assert json.loads(event.body) == {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "eventID": event.event_id,
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-10-19T03:30:00.000Z",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "readPoint": {"id": "https://trace.example.org/loc/NBZ"},
        "bizLocation": {"id": "https://trace.example.org/loc/NBZ"},
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": "https://trace.example.org/bt/consignment/3"}
        ],
        "quantityList": [{"epcClass": LOT_KEY, "quantity": 640}],
    }
    assert event.keys == (LOT_KEY,)


def test_the_first_label_states_lot_origin_and_dates():
    event = ISSUER.commissioned(FACT, Goods(LOT, 640))

    assert json.loads(event.body)["ilmd"] == {
        "cbvmda:lotNumber": "SP-26/0917",
        "cbvmda:countryOfOrigin": "NZ",
        "gs1:productionDate": "2026-03-14",
        "gs1:expirationDate": "2028-03-14",
    }


def test_a_picked_unit_is_found_by_its_number_its_lot_and_its_dispatch():
    event = ISSUER.picked(FACT, TWO_UNITS, dispatch=9)

    assert event.keys == (
        LOT_KEY,
        "https://trace.example.org/obj/unit/7",
        "https://trace.example.org/obj/unit/12",
        "https://trace.example.org/bt/dispatch/9",
    )
    body = json.loads(event.body)
    assert body["parentID"] == "https://trace.example.org/obj/parcel/9"
    assert body["childEPCs"] == [
        "https://trace.example.org/obj/unit/7",
        "https://trace.example.org/obj/unit/12",
    ]
    assert body["childQuantityList"] == [{"epcClass": LOT_KEY, "quantity": 2}]


def test_a_pallet_is_the_parent_of_what_is_put_on_it_and_of_what_is_taken_off():
    events = [
        later_events.palletised(ISSUER, kind, FACT, Goods(LOT, 60), pallet=PALLET)
        for kind in (Kind.LOADED, Kind.UNLOADED)
    ]
    bodies = [json.loads(event.body) for event in events]

    assert [(b["action"], b["bizStep"]) for b in bodies] == [
        ("ADD", "packing"),
        ("DELETE", "unpacking"),
    ]
    assert {b["parentID"] for b in bodies} == {f"https://id.gs1.org/00/{PALLET}"}
    assert bodies[0]["childQuantityList"] == [{"epcClass": LOT_KEY, "quantity": 60}]
    assert events[0].keys == (LOT_KEY, f"https://id.gs1.org/00/{PALLET}")


@pytest.mark.parametrize(("has_passed", "found"), [(True, "conformant"), (False, "non_conformant")])
def test_an_examined_sample_says_whether_its_lot_conforms(has_passed, found):
    event = later_events.judged(ISSUER, FACT, Goods(LOT, 3), sample=1, has_passed=has_passed)

    assert json.loads(event.body)["persistentDisposition"] == {"set": [found]}
    assert event.keys == (LOT_KEY, "https://trace.example.org/bt/sample/1")


def test_a_transfer_names_both_owners_and_is_found_by_the_transfer_alone():
    event = later_events.transferred(ISSUER, FACT, Goods(LOT, 5), transfer=4, seller=5, buyer=6)
    body = json.loads(event.body)

    assert body["sourceList"] == [
        {"type": "owning_party", "source": "https://trace.example.org/party/5"}
    ]
    assert body["destinationList"] == [
        {"type": "owning_party", "destination": "https://trace.example.org/party/6"}
    ]
    assert event.keys == ("https://trace.example.org/bt/transfer/4",)


@pytest.mark.parametrize(
    ("difference", "said"), [(0, "completeness_verified"), (-2, "mismatch_quantity")]
)
def test_a_count_says_whether_the_number_was_as_recorded(difference, said):
    event = later_events.counted(ISSUER, FACT, LOT, count=1, difference=difference)

    assert json.loads(event.body)["persistentDisposition"] == {"set": [said]}


def test_a_consumer_who_bought_is_not_named():
    body = json.loads(later_events.sold(ISSUER, FACT, [TWO_UNITS], dispatch=9).body)

    assert (body["bizStep"], body["disposition"]) == ("retail_selling", "retail_sold")
    assert "destinationList" not in body


def test_a_recall_names_every_lot_once():
    event = later_events.recalled(ISSUER, FACT, [OTHER, LOT, LOT], recall=2)

    assert json.loads(event.body)["quantityList"] == [{"epcClass": k} for k in event.keys[:2]]
    assert event.keys[:2] == tuple(sorted((LOT_KEY, OTHER.key)))


def test_goods_without_trace_codes_are_named_by_lot_alone():
    event = ISSUER.shipped(FACT, [Goods(OTHER, 3)], dispatch=9)

    assert "epcList" not in json.loads(event.body)
    assert event.keys == (OTHER.key, "https://trace.example.org/bt/dispatch/9")


def test_units_of_one_lot_in_several_lines_are_added_up():
    event = ISSUER.shipped(FACT, [Goods(LOT, 2), Goods(OTHER, 1), Goods(LOT, 3)], dispatch=9)

    assert json.loads(event.body)["quantityList"] == [
        {"epcClass": LOT_KEY, "quantity": 5},
        {"epcClass": OTHER.key, "quantity": 1},
    ]


def test_a_release_says_that_customs_found_the_goods_to_conform():
    event = ISSUER.entered(
        Kind.ENTRY_RELEASED, FACT, [TWO_UNITS], declaration=8, dispatch=9, entry_no="310520261"
    )
    body = json.loads(event.body)

    assert body["persistentDisposition"] == {"set": ["conformant"]}
    assert [t["bizTransaction"] for t in body["bizTransactionList"]] == [
        "https://trace.example.org/bt/declaration/8",
        "https://trace.example.org/bt/entry/310520261",
    ]


def test_the_same_fact_gives_the_same_bytes_in_whatever_zone_its_instant_is_written():
    elsewhere = Happening(41, AT.astimezone(timezone(timedelta(hours=8))))

    first = ISSUER.picked(FACT, TWO_UNITS, dispatch=9)
    again = ISSUER.picked(elsewhere, Goods(LOT, 2, identities=(7, 12)), dispatch=9)

    assert again.body == first.body
    assert again.event_id == first.event_id


def test_two_events_never_share_an_identifier():
    by_kind = {event.kind: event.event_id for event in all_kinds()}
    later = ISSUER.picked(Happening(42, AT), TWO_UNITS, dispatch=9)

    assert by_kind.pop(Kind.WITHDRAWN) == ENTERED.event_id  # an error declaration keeps its name
    assert len({*by_kind.values(), later.event_id}) == len(Kind)


@pytest.fixture(scope="module")
def schema() -> Schema:
    path = oracle("trace/gs1-EPCIS/EPCIS-JSON-Schema.patched-2.0.1.json")
    return Schema(json.loads(path.read_text()))


def test_every_kind_of_event_satisfies_the_schema_of_gs1(schema):
    events = all_kinds()

    assert {event.kind for event in events} == set(Kind)
    assert [list(schema.faults(json.loads(event.body))) for event in events] == [[]] * len(events)


def test_an_event_that_says_something_impossible_does_not_satisfy_the_schema(schema):
    body = json.loads(ISSUER.shipped(FACT, [TWO_UNITS], dispatch=9).body)

    assert list(schema.faults(body | {"bizStep": "teleporting"}))
    assert list(schema.faults({name: body[name] for name in body if name != "action"}))


def test_the_judge_accepts_every_example_of_gs1_and_refuses_every_bad_one_of_openepcis(schema):
    good = sorted(oracle("trace/gs1-EPCIS/JSON").rglob("*.jsonld"))
    samples = oracle("trace/openepcis-test-resources/core/src/main/resources/2.0/EPCIS/JSON")
    bad = sorted(samples.rglob("Invalid/*.json"))

    assert (len(good), len(bad)) == (26, 9)
    assert [path.name for path in good if not schema.accepts(json.loads(path.read_text()))] == []
    assert [path.name for path in bad if schema.accepts(json.loads(path.read_text()))] == []
