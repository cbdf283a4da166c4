"""The query language: every family of parameters finds what it should and nothing else."""

import pytest

from tests.traceability.epcis.conftest import SGTIN, document, event
from traceability.domain.repository.values import identifier

pytestmark = pytest.mark.django_db

LOT = "urn:epc:class:lgtin:4012345.012345."
PLACE = "urn:epc:id:sgln:0614141.00777."
RECEIVED = event(
    readPoint={"id": f"{PLACE}0", "ex:dock": "north"},
    bizLocation={"id": f"{PLACE}1"},
    quantityList=[{"epcClass": f"{LOT}A", "quantity": 7.5, "uom": "KGM"}],
    bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:po:1"}],
    **{"ex:temp": 5, "ex:note": "cold", "ex:box": {"ex:lid": "blue"}},
)
SHIPPED = event(
    bizStep="shipping",
    disposition="in_transit",
    eventTime="2025-03-01T00:00:00Z",
    epcList=[f"{SGTIN}2018"],
    persistentDisposition={"set": ["completeness_verified"], "unset": ["completeness_inferred"]},
    sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:0614141.00001"}],
    destinationList=[{"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00002"}],
    bizTransactionList=[{"bizTransaction": "urn:x:plain"}],
)
PACKED = event(
    type="AggregationEvent",
    action="ADD",
    bizStep="packing",
    eventTime="2025-02-01T00:00:00Z",
    epcList=None,
    parentID="urn:epc:id:sscc:0614141.1234567890",
    childEPCs=[f"{SGTIN}2017"],
    childQuantityList=[{"epcClass": f"{LOT}B", "quantity": 3}],
)
MADE = event(
    type="TransformationEvent",
    action=None,
    bizStep="commissioning",
    epcList=None,
    transformationID="urn:x:transformation:1",
    inputEPCList=[f"{SGTIN}1"],
    outputEPCList=[f"{SGTIN}2"],
    inputQuantityList=[{"epcClass": f"{LOT}IN", "quantity": 10}],
    outputQuantityList=[{"epcClass": f"{LOT}OUT", "quantity": 20}],
    ilmd={"ex:batch": "B7", "ex:tank": {"ex:no": 4}},
)
SENSED = event(
    bizStep="inspecting",
    sensorElementList=[
        {
            "sensorMetadata": {
                "time": "2025-01-05T00:00:00Z",
                "deviceID": "urn:x:device:1",
                "bizRules": "https://example.com/rules",
            },
            "sensorReport": [
                {
                    "type": "Temperature",
                    "value": 26.5,
                    "uom": "CEL",
                    "minValue": 20,
                    "percRank": 50,
                    "ex:probe": "p1",
                },
                {
                    "type": "https://ns.example.com/Taste",
                    "stringValue": "sweet",
                    "booleanValue": True,
                    "hexBinaryValue": "AF",
                    "uriValue": "urn:x:value",
                },
            ],
        }
    ],
    readPoint={"id": f"{PLACE}9"},
)
WRONG = event(
    bizStep="holding",
    eventID="urn:uuid:wrong",
    errorDeclaration={
        "declarationTime": "2025-04-01T00:00:00+02:00",
        "reason": "did_not_occur",
        "correctiveEventIDs": ["urn:uuid:right"],
        "ex:by": "us",
    },
)


@pytest.fixture
def stocked(program):
    for sent in (RECEIVED, PACKED, SHIPPED, MADE, SENSED, WRONG):
        assert program.post("events", sent).status_code == 201
    return program


FINDS = {
    "eventType=AggregationEvent|TransformationEvent": ["packing", "commissioning"],
    "EQ_action=ADD": ["packing"],
    "EQ_bizStep=shipping|packing": ["packing", "shipping"],
    "EQ_bizStep=urn:epcglobal:cbv:bizstep:shipping": ["shipping"],
    "EQ_bizStep=https://ref.gs1.org/cbv/BizStep-shipping": ["shipping"],
    "EQ_disposition=in_transit": ["shipping"],
    "EQ_persistentDisposition_set=completeness_verified": ["shipping"],
    "EQ_persistentDisposition_unset=completeness_inferred": ["shipping"],
    f"EQ_readPoint={PLACE}0": ["receiving"],
    f"EQ_readPoint={identifier(PLACE + '0')}": ["receiving"],
    f"WD_bizLocation={PLACE}1": ["receiving"],
    "EQ_transformationID=urn:x:transformation:1": ["commissioning"],
    "GE_eventTime=2025-02-01T00:00:00Z": ["packing", "shipping"],
    "LT_eventTime=2025-01-01T19:04:05Z": [],
    "LT_eventTime=2025-01-01T19:04:05.000001Z&EQ_bizStep=receiving": ["receiving"],
    "GE_eventTime=2025-03-01T08:00:00+08:00": ["shipping"],
    "GE_recordTime=2999-01-01T00:00:00Z": [],
    f"MATCH_epc={SGTIN}2017&EQ_bizStep=receiving|packing": ["receiving", "packing"],
    "MATCH_epc=https://id.gs1.org/01/10614141073464/21/2018": ["shipping"],
    f"MATCH_epc={SGTIN}1": [],
    "MATCH_parentID=urn:epc:id:sscc:0614141.1234567890": ["packing"],
    f"MATCH_inputEPC={SGTIN}1": ["commissioning"],
    f"MATCH_outputEPC={SGTIN}2": ["commissioning"],
    f"MATCH_anyEPC={SGTIN}1|{SGTIN}2018": ["shipping", "commissioning"],
    "MATCH_anyEPC=urn:epc:idpat:sgtin:0614141.107346.*&eventType=AggregationEvent": ["packing"],
    "MATCH_epc=urn:epc:idpat:sgtin:0614141.107347.*": [],
    f"MATCH_epcClass={LOT}A|{LOT}B": ["receiving", "packing"],
    f"MATCH_inputEPCClass={LOT}IN": ["commissioning"],
    f"MATCH_outputEPCClass={LOT}OUT": ["commissioning"],
    f"MATCH_anyEPCClass={LOT}OUT|{LOT}A": ["receiving", "commissioning"],
    "EQ_quantity=3": ["packing"],
    "GT_quantity=7.5": ["commissioning"],
    "GE_quantity=7.5": ["receiving", "commissioning"],
    "LE_quantity=3": ["packing"],
    "LT_quantity_KGM=8": ["receiving"],
    "EQ_bizTransaction_po=urn:x:po:1": ["receiving"],
    "EQ_bizTransaction=urn:x:plain": ["shipping"],
    "EQ_source_owning_party=urn:epc:id:pgln:0614141.00001": ["shipping"],
    "EQ_destination_owning_party=urn:epc:id:pgln:0614141.00002": ["shipping"],
    "EQ_destination_owning_party=urn:epc:id:pgln:0614141.00001": [],
    "EQ_eventID=urn:uuid:wrong": ["holding"],
    "EXISTS_errorDeclaration=true": ["holding"],
    "EXISTS_errorDeclaration=false&EQ_bizStep=packing": ["packing"],
    "GE_errorDeclarationTime=2025-03-31T22:00:00Z": ["holding"],
    "LT_errorDeclarationTime=2025-03-31T22:00:00Z": [],
    "LT_errorDeclaration_Time=2025-05-01T00:00:00Z": ["holding"],
    "EQ_errorReason=did_not_occur": ["holding"],
    "EQ_correctiveEventID=urn:uuid:right": ["holding"],
    "EQ_ERROR_DECLARATION_ex:by=us": ["holding"],
    "EXISTS_sensorElementList=true": ["inspecting"],
    "EQ_type=Temperature": ["inspecting"],
    "EQ_type=gs1:Temperature": ["inspecting"],
    "EQ_deviceID=urn:x:device:1": ["inspecting"],
    "EQ_bizRules=https://example.com/rules": ["inspecting"],
    "EQ_stringValue=sweet": ["inspecting"],
    "EQ_booleanValue=true": ["inspecting"],
    "EQ_booleanValue=false": [],
    "EQ_hexBinaryValue=AF": ["inspecting"],
    "EQ_uriValue=urn:x:value": ["inspecting"],
    "GE_value_CEL=26.5": ["inspecting"],
    "GT_value_CEL=26.5": [],
    "EQ_value_FAH=26.5": [],
    "LE_minValue_CEL=20": ["inspecting"],
    "GE_percRank=50": ["inspecting"],
    "GE_time=2025-01-05T00:00:00Z": ["inspecting"],
    "LT_startTime=2026-01-01T00:00:00Z": [],
    "EQ_SENSORREPORT_ex:probe=p1": ["inspecting"],
    "EQ_ex:temp=5": ["receiving"],
    "GE_ex:temp=6": [],
    "EQ_ex:note=cold|warm": ["receiving"],
    "EQ_https://ns.example.com/note=cold": ["receiving"],
    "EXISTS_ex:note": ["receiving"],
    "EQ_INNER_ex:lid=blue": ["receiving"],
    "EQ_ex:lid=blue": [],
    "EQ_readPoint_ex:dock=north": ["receiving"],
    "EQ_ILMD_ex:batch=B7": ["commissioning"],
    "EXISTS_ILMD_ex:batch": ["commissioning"],
    "GE_INNER_ILMD_ex:no=4": ["commissioning"],
    "orderBy=eventTime&orderDirection=ASC&GE_eventTime=2025-02-01T00:00:00Z": [
        "packing",
        "shipping",
    ],
    "orderBy=eventTime&GE_eventTime=2025-02-01T00:00:00Z": ["shipping", "packing"],
    "orderBy=eventTime&eventCountLimit=1": ["shipping"],
    "eventCountLimit=0": [],
    "maxEventCount=6&EQ_bizStep=packing": ["packing"],
    "orderBy=ex:temp&orderDirection=ASC&EQ_bizStep=packing": ["packing"],
}


def test_each_parameter_finds_what_it_asks_for_and_nothing_else(stocked):
    found = {query: stocked.steps(query) for query in FINDS}

    assert found == FINDS


WRONG_ONES = [
    "foo=1",
    "GE_eventTime=yesterday",
    "GE_eventTime=2025-02-01T00:00:00",
    "EQ_action=EAT",
    "EQ_bizStep=dancing",
    "EQ_disposition=sleepy",
    "EQ_errorReason=whim",
    "GE_quantity=much",
    "GE_quantity=nan",
    "GE_quantity=1|2",
    "EXISTS_errorDeclaration=perhaps",
    "orderDirection=UP",
    "eventCountLimit=-1",
    "eventCountLimit=x",
    "eventCountLimit=1&maxEventCount=1",
    "perPage=x",
    "nextPageToken=abc",
    "nextPageToken=abc.def",
    "GE_ex:temp=hot",
    "EQ_nothing",
]


@pytest.mark.parametrize("query", WRONG_ONES)
def test_a_parameter_that_says_nothing_is_declined_by_name(program, query):
    top, below = (program.get(f"{path}?{query}") for path in ("events", "bizSteps/shipping/events"))

    assert (top.status_code, below.status_code) == (406, 400)
    assert below.json()["type"] == "epcisException:QueryParameterException"
    assert top.json()["type"] == "epcisException:NotAcceptableException"
    assert top.json()["cause"] == "epcisException:QueryParameterException"
    assert query.split("=")[0] in top.json()["detail"] or "maxEventCount" in top.json()["detail"]


def test_more_events_than_the_caller_takes_are_declined(stocked):
    answer = stocked.get("bizSteps/packing/events?maxEventCount=0")

    assert answer.json()["type"] == "epcisException:ValidationException"
    assert answer.json()["cause"] == "epcisException:QueryTooLargeException"


def test_a_prefix_of_the_call_names_what_an_event_says_under_another(stocked):
    answer = stocked.get(
        "events?EQ_mine:note=cold", headers={"GS1-Extensions": "mine=https://ns.example.com/"}
    )

    events = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [each["bizStep"] for each in events] == ["receiving"]


@pytest.mark.parametrize("query", ["", "orderBy=eventTime&", "orderBy=ex:temp&orderDirection=ASC&"])
def test_pages_hold_every_event_once_in_order(stocked, query):
    whole = [each["eventID"] for each in stocked.found(query)]
    seen, path = [], f"/epcis/events?{query}perPage=2"
    while path:
        answer = stocked.client.get(path)
        results = answer.json()["epcisBody"]["queryResults"]["resultsBody"]
        seen += [each["eventID"] for each in results["eventList"]]
        assert len(results["eventList"]) <= 2
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<http://testserver")
        assert ("GS1-Next-Page-Token-Expires" in answer.headers) == bool(path)

    assert seen == whole
    assert len(seen) == 6


def test_a_limit_counts_over_all_pages(stocked):
    first = stocked.get("events?eventCountLimit=3&perPage=2")
    path = first["Link"].partition(">")[0].removeprefix("<http://testserver")

    second = stocked.client.get(path)

    events = second.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert (len(events), "Link" in second.headers) == (1, False)


def test_a_token_is_good_for_its_own_question_and_caller_only(stocked, rival):
    link = stocked.get("events?perPage=2")["Link"]
    query = link.partition(">")[0].partition("?")[2]

    assert stocked.get(f"events?{query}").status_code == 200
    assert stocked.get(f"events?{query}&EQ_action=ADD").status_code == 406
    assert rival.get(f"events?{query}").status_code == 406


def test_releasing_a_token_is_answered_though_nothing_is_kept_for_it(program):
    assert program.delete("nextPageToken/abc").status_code == 204


MEMBERS = {
    "epcs": {f"https://id.gs1.org/01/10614141073464/21/{n}" for n in (1, 2, 2017, 2018)}
    | {"https://id.gs1.org/00/106141412345678908"},
    "readPoints": {identifier(f"{PLACE}0"), identifier(f"{PLACE}9")},
    "bizLocations": {identifier(f"{PLACE}1")},
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_a_collection_names_what_events_are_about(stocked, kind):
    assert set(stocked.get(kind).json()["member"]) == MEMBERS[kind]


@pytest.mark.parametrize(
    ("kind", "count"), [("bizSteps", 41), ("dispositions", 33), ("eventTypes", 5)]
)
def test_a_collection_of_words_holds_the_standard_ones(program, kind, count):
    assert len(program.get(f"{kind}?perPage=100").json()["member"]) == count


def test_a_collection_is_paged_in_one_order(stocked):
    seen, path = [], "/epcis/epcs?perPage=2"
    while path:
        answer = stocked.client.get(path)
        seen += answer.json()["member"]
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<http://testserver")

    assert seen == sorted(MEMBERS["epcs"])


def test_the_events_of_a_member_are_found_below_it(stocked):
    path = f"epcs/{SGTIN}2018"

    assert stocked.get(path).json()["member"] == ["events"]
    assert [each["bizStep"] for each in stocked.found(path=f"{path}/events")] == ["shipping"]


def test_what_no_event_names_is_not_there(stocked, rival):
    assert stocked.get(f"epcs/{SGTIN}404").status_code == 404
    assert stocked.get("bizSteps/dancing/events").status_code == 404
    assert (
        stocked.get("events/urn:uuid:none").json()["type"] == "epcisException:NoSuchNameException"
    )
    assert rival.get(f"epcs/{SGTIN}2018").status_code == 404
    assert rival.get("events/urn:uuid:wrong").status_code == 404


@pytest.mark.parametrize("copies", [1, 30])
def test_a_page_costs_the_same_number_of_queries_however_many_events(
    program, copies, django_assert_max_num_queries
):
    many = [event(epcList=[f"{SGTIN}{n}"]) for n in range(copies)]
    program.post("capture", document(*many))

    with django_assert_max_num_queries(8):
        assert len(program.found("EQ_bizStep=receiving")) == copies
