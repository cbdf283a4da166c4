"""Events in XML: read into the shape that they have in JSON."""

from traceability.domain.cbv.hashing import pre_hash
from traceability.domain.cbv.xml_events import events_in

EX = "https://ns.example.com/"
EVENT = """<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://ns.example.com/">
<EPCISBody><EventList><{kind}>{inside}</{kind}></EventList></EPCISBody></epcis:EPCISDocument>"""


def read(inside, kind="ObjectEvent"):
    (found,) = events_in(EVENT.format(kind=kind, inside=inside).encode())
    assert found.pop("type") == kind
    return found


def test_lists_of_epcs_and_quantities():
    event = read(
        "<epcList><epc> a </epc><epc>b</epc></epcList>"
        "<quantityList><quantityElement><epcClass>c</epcClass><quantity>2.0</quantity>"
        "<uom>KGM</uom></quantityElement></quantityList>"
    )

    assert event == {
        "epcList": ["a", "b"],
        "quantityList": [{"epcClass": "c", "quantity": "2.0", "uom": "KGM"}],
    }
    assert "quantity=2uom=KGM" in pre_hash({"type": "ObjectEvent", **event})


def test_typed_values_places_and_dispositions():
    event = read(
        '<bizTransactionList><bizTransaction type="po">x</bizTransaction></bizTransactionList>'
        '<sourceList><source type="s">y</source></sourceList>'
        "<readPoint><id>p</id><ex:lane>3</ex:lane></readPoint>"
        "<persistentDisposition><set>a</set><set>b</set><unset>c</unset></persistentDisposition>"
    )

    assert event == {
        "bizTransactionList": [{"type": "po", "bizTransaction": "x"}],
        "sourceList": [{"type": "s", "source": "y"}],
        "readPoint": {"id": "p", f"{{{EX}}}lane": "3"},
        "persistentDisposition": {"set": ["a", "b"], "unset": ["c"]},
    }


def test_sensors_with_their_extensions():
    event = read(
        '<sensorElementList><sensorElement><sensorMetadata time="t" ex:more="m"/>'
        '<sensorReport type="k" booleanValue="1"/><ex:own>o</ex:own>'
        "</sensorElement></sensorElementList>"
    )

    assert event == {
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "t", f"{{{EX}}}more": "m"},
                "sensorReport": [{"type": "k", "booleanValue": "true"}],
                f"{{{EX}}}own": "o",
            }
        ]
    }


def test_extensions_that_come_again_make_a_list_and_may_have_attributes_and_text():
    event = read('<ex:a>1</ex:a><ex:a>2</ex:a><ex:b ex:c="d">text</ex:b><ex:e/>')

    assert event == {
        f"{{{EX}}}a": ["1", "2"],
        f"{{{EX}}}b": {"@value": "text", f"{{{EX}}}c": "d"},
        f"{{{EX}}}e": "",
    }
    assert pre_hash({"type": "ObjectEvent", **event}) == (
        f"eventType=ObjectEvent{{{EX}}}a=1{{{EX}}}a=2{{{EX}}}b=text{{{EX}}}c=d{{{EX}}}e"
    )


def test_wrappers_and_a_bare_event():
    wrapped = read(
        "<extension><outputEPCList><epc>a</epc></outputEPCList></extension>"
        "<baseExtension><eventID>n</eventID></baseExtension>",
        kind="TransformationEvent",
    )

    assert wrapped == {"outputEPCList": ["a"], "eventID": "n"}
    assert events_in(b"<ObjectEvent><action>ADD</action></ObjectEvent>") == [
        {"type": "ObjectEvent", "action": "ADD"}
    ]
