"""Reading: everything that customs sends, in any order; nothing that is a trap."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from customs.jurisdictions.cn.messages import trees
from customs.jurisdictions.cn.messages.faults import MessageNotKnown
from customs.jurisdictions.cn.messages.reading import EnvelopeUnreadable, read
from customs.jurisdictions.cn.messages.receipts import moment
from customs.jurisdictions.cn.messages.trees import (
    MessageTooDeep,
    MessageTooLarge,
    MessageUnsafe,
    NotXML,
    UnknownEncoding,
    WrongEncoding,
    read_tree,
)
from tests.shared_data import oracle

BONDED = oracle("customs", "china", "bonded_samples")
ANSWER = (
    "<CEB622Message guid='g' version='1.0' xmlns='http://www.chinaport.gov.cn/ceb'>"
    "<InventoryReturn>{}</InventoryReturn></CEB622Message>"
)


def only(pattern):
    """The one bonded sample of that name."""
    (path,) = BONDED.glob(pattern)
    return read(path.read_bytes())


@pytest.mark.parametrize("path", sorted(BONDED.glob("*.xml")), ids=lambda path: path.stem)
def test_every_real_message_of_the_bonded_side_is_read(path):
    found = read(path.read_bytes())

    assert found.parts or found.message.papers
    assert all(receipt.key and receipt.status for receipt in found.receipts)


@pytest.mark.parametrize(
    ("pattern", "code", "key", "status", "at"),
    [
        ("gx_INV201*", "INV201", "QD311124E000098849", "4", "2024-07-30T03:48:02"),
        ("gx_INV211*", "INV211", "QD311124I000067486", "2", "2024-07-26T23:41:03"),
        (
            "gx_SAS221*",
            "SAS221",
            "Z3111I240728000000000003",
            "1",
            "2024-07-27T16:44:26",
        ),
        ("gx_SAS223*", "SAS223", "Z3111E240726000000000456", "1", "2024-07-26T09:31:59"),
        ("*生成报关单*", "INV202", "QD900919E201903061439", "0", "2019-01-25T15:59:59"),
        ("CEB816*", "CEB816", "4gfd5g54fd564g", "1", "2018-10-19T02:21:24.900"),
    ],
)
def test_a_real_receipt_says_of_what_how_and_when(pattern, code, key, status, at):
    (receipt,) = only(pattern).receipts

    assert (receipt.code, receipt.key, receipt.status) == (code, key, status)
    assert receipt.at == datetime.fromisoformat(f"{at}Z")


def test_the_clients_first_word_has_no_time():
    (receipt,) = only("*核注清单处理成功*").receipts

    assert (receipt.key, receipt.status, receipt.at, receipt.text) == (
        "HZQD6101041999E20190408D205",
        "0",
        None,
        "处理成功",
    )


def test_what_no_table_knows_is_kept_aside_with_its_place():
    aside = {each.path: each.text for each in only("CEB816*").aside}

    assert aside["/CEB816Message/Tax/TaxHeadRd/orderNo"] == "804431764811"
    assert aside["/CEB816Message/Tax/TaxHeadRd"] == "应征关税 应征增值税 应征消费税"


def test_fields_may_stand_in_any_order_and_be_blank():
    found = read(
        ANSWER.format(
            "<returnInfo>放行</returnInfo><invtNo/><returnTime>20260501093000123</returnTime>"
            "<copNo> DEC-2026-000001\t</copNo><news>x</news><returnStatus>800</returnStatus>"
        ).encode()
    )

    (receipt,) = found.receipts
    assert (receipt.key, receipt.status, receipt.text) == ("DEC-2026-000001", "800", "放行")
    assert receipt.at == datetime(2026, 5, 1, 1, 30, 0, 123_000, tzinfo=UTC)
    assert [(each.path, each.text) for each in found.aside] == [
        ("/CEB622Message/InventoryReturn/news", "x")
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("20260501", datetime(2026, 4, 30, 16, 0, tzinfo=UTC)),
        ("20260501093000", datetime(2026, 5, 1, 1, 30, tzinfo=UTC)),
        ("2026-05-01", datetime(2026, 4, 30, 16, 0, tzinfo=UTC)),
        ("2026-05-01 09:30:00", datetime(2026, 5, 1, 1, 30, tzinfo=UTC)),
        ("2026-05-01T01:30:00+00:00", datetime(2026, 5, 1, 1, 30, tzinfo=UTC)),
        ("20261301", None),
        ("00010101", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_read_as_those_of_beijing(text, at):
    assert moment(text) == at


def test_a_refusal_of_a_files_form_names_the_message_that_it_is_about():
    found = read(
        b"<CEB900Message xmlns='http://www.chinaport.gov.cn/ceb' guid='g' version='1.0'>"
        b"<MessageReturn><returnStatus>-0002</returnStatus><returnInfo>schema</returnInfo>"
        b"<returnTime>20260501093000123</returnTime><oriCopMsgId>M1</oriCopMsgId>"
        b"</MessageReturn></CEB900Message>"
    )

    assert [(x.key, x.status, x.text) for x in found.receipts] == [("M1", "-0002", "schema")]


def test_the_exchange_says_what_became_of_an_envelope():
    found = read(
        b"<dxp:DxpRep xmlns:dxp='http://www.chinaport.gov.cn/dxp' ver='1.0'><dxp:Response>"
        b"<dxp:ResponseCode>0</dxp:ResponseCode><dxp:NoticeTime>2026-05-01</dxp:NoticeTime>"
        b"<dxp:OriHead><dxp:CopMsgId>M1</dxp:CopMsgId></dxp:OriHead></dxp:Response></dxp:DxpRep>"
    )

    assert [(x.key, x.status) for x in found.receipts] == [("M1", "0")]


def envelope(content):
    data = b64encode(content).decode()
    return (
        f"<DxpMsg xmlns='http://www.chinaport.gov.cn/dxp' ver='1.0'><Data>{data}</Data></DxpMsg>"
    ).encode()


def test_receipts_inside_an_envelope_count_as_receipts():
    packed = envelope(ANSWER.format("<copNo>D1</copNo><returnStatus>1</returnStatus>").encode())

    assert [receipt.key for receipt in read(packed).all_receipts] == ["D1"]


def test_envelopes_within_envelopes_and_broken_ones_are_refused():
    nested = b"<a/>"
    for _ in range(5):
        nested = envelope(nested)

    for content in (nested, envelope(b"").replace(b"<Data></Data>", b"<Data>x!</Data>")):
        with pytest.raises(EnvelopeUnreadable):
            read(content)


def test_a_file_that_is_no_message_is_refused_by_the_name_of_its_root():
    with pytest.raises(MessageNotKnown) as refused:
        read(b"<invoice xmlns='urn:x'/>")

    assert refused.value.params == {"name": "invoice", "namespace": "urn:x"}


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(head):
    with pytest.raises(MessageUnsafe):
        read_tree(f"{head}<a/>".encode())


def test_elements_too_deep_or_a_file_too_large_are_refused(monkeypatch):
    with pytest.raises(MessageTooDeep):
        read_tree(b"<a>" * 60 + b"</a>" * 60)

    monkeypatch.setattr(trees, "MOST_ELEMENTS", 3)
    with pytest.raises(MessageTooDeep):
        read_tree(b"<a><b/><b/><b/></a>")

    monkeypatch.setattr(trees, "MOST_BYTES", 10)
    with pytest.raises(MessageTooLarge):
        read_tree(b"<a>12345</a>")


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"not xml", b"<a></b>", b"<x:a/>", b"<a>\x01</a>"]
)
def test_what_is_not_xml_is_refused_with_the_line(content):
    with pytest.raises(NotXML) as refused:
        read_tree(content)

    assert refused.value.params["line"] == 1


def test_an_encoding_that_the_bytes_are_not_in_is_named_with_what_they_look_like():
    content = "<?xml version='1.0' encoding='UTF-8'?><a>婴儿配方奶粉</a>".encode("gb18030")

    with pytest.raises(WrongEncoding) as refused:
        read_tree(content)

    assert refused.value.params == {"claimed": "UTF-8", "position": 43, "likely": "GB 18030"}


def test_an_encoding_that_is_not_read_is_named():
    with pytest.raises(UnknownEncoding) as refused:
        read_tree(b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>")

    assert refused.value.params == {"claimed": "EBCDIC-CP-US"}


@pytest.mark.parametrize("encoding", ["GBK", "gb2312", "UTF-16", "utf-8-sig"])
def test_chinese_encodings_and_marks_are_read(encoding):
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    content = f"<?xml version='1.0' encoding='{said}'?><a>奶粉</a>".encode(encoding)

    assert read_tree(content).text == "奶粉"
