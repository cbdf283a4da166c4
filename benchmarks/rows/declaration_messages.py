"""Declarations as the XML that customs reads: a hundred to a message, each judged as written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from xml.etree import ElementTree as ET

from benchmarks.ways import Way, Ways
from customs.domain.declaration import Enterprise
from customs.jurisdictions.cn.messages.fields import CEB, Field, shapes
from customs.jurisdictions.cn.messages.papers import MOST_PAPERS, Message, Paper, Texts
from customs.jurisdictions.cn.messages.retail import Goods, RetailCase, Sender, messages
from customs.jurisdictions.cn.messages.signing import write_signed
from customs.services import message_files
from customs.services.declaring import MOST_IN_A_BATCH
from tests.customs.declarations import declaration

CODE = message_files.DECLARATIONS
LINES = 6
BROKER = Enterprise("3105980001", "宁波示例报关有限公司")
SENDER = Sender(BROKER, "DXPENT0000021945")
AT = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
ET.register_namespace("ceb", CEB)


@cache
def _first() -> RetailCase:
    """A parcel with every paper; the person is invented."""
    clear = replace(
        declaration(LINES),
        buyer_name="测试订购人",
        buyer_id_number="11010519491231002X",
        buyer_phone="13800000000",
    )
    goods = sum(line.total_minor for line in clear.lines)
    return RetailCase(
        declaration=clear,
        declared_at=AT,
        goods=tuple(Goods(f"KG-{n}", "09421902960017") for n in range(LINES)),
        goods_minor=goods,
        discount_minor=0,
        tax_minor=4_550,
        paid_minor=goods + 4_550,
        payment_company=Enterprise("3101960002", "示例支付"),
        transaction_no="PAY1",
        paid_at=AT,
        buyer_account="P1",
        consignee_name="测试收货人",
        consignee_phone="13900000000",
        consignee_address="测试省测试市测试路1号",
    )


def cases(number_of: int) -> Iterator[RetailCase]:
    """Parcels that differ in number, order, waybill and address."""
    first = _first()
    for number in range(number_of):
        numbered = replace(
            first.declaration,
            cop_no=f"DEC-2026-{number:06d}",
            order_no=f"SH20260501-{number}",
            waybill_no=f"YT{7423891000000 + number * 7919}",
        )
        yield replace(
            first, declaration=numbered, consignee_address=f"测试省测试市测试路{number}号"
        )


def _papers(some: Sequence[RetailCase]) -> Iterator[Message]:
    """The messages of each batch, as a broker's desk makes them."""
    for start in range(0, len(some), MOST_IN_A_BATCH):
        batch = some[start : start + MOST_IN_A_BATCH]
        yield from messages(batch, CODE, sender=SENDER, reference=f"DB-2026-{start:06d}")


def ours(some: Sequence[RetailCase]) -> Iterator[message_files.MessageFile]:
    """The product's own writing and its own judgement of each file."""
    for number, message in enumerate(_papers(some), start=1):
        yield message_files.checked(f"{CODE}-{number}.xml", write_signed(message, None))


def plain(some: Sequence[RetailCase]) -> Iterator[bytes]:
    """An element object for each field, written, and read back without being judged."""
    for message in _papers(some):
        content = ET.tostring(_tree(message), encoding="UTF-8", xml_declaration=True)
        ET.fromstring(content)  # noqa: S314  written a line above
        yield content


def _tree(message: Message) -> ET.Element:
    root = ET.Element(
        f"{{{CEB}}}{shapes()[CODE].root.name}",
        {"guid": message.guid, "version": message.version},
    )
    parts = {part.name: part for part in shapes()[CODE].root.parts}
    for paper in message.papers:
        _plain_paper(root, parts["Inventory"], paper)
    _plain_part(root, parts["BaseTransfer"], message.transfer)
    return root


def _plain_paper(root: ET.Element, shape: Field, paper: Paper) -> None:
    one = ET.SubElement(root, f"{{{CEB}}}{shape.name}")
    head, line = shape.parts
    _plain_part(one, head, paper.head)
    for texts in paper.lines:
        _plain_part(one, line, texts)


def _plain_part(parent: ET.Element, shape: Field, texts: Texts) -> None:
    part = ET.SubElement(parent, f"{{{CEB}}}{shape.name}")
    for field in shape.parts:
        text = texts.get(field.name, "")
        if text or field.is_mandatory:
            ET.SubElement(part, f"{{{CEB}}}{field.name}").text = text


@cache
def _template() -> str:
    """One whole message with the places of what differs marked."""
    (content,) = plain([_first()])
    text = content.decode().replace("%", "%%")
    first = _first().declaration
    marks = ((first.cop_no, "cop"), (first.order_no, "order"), (first.waybill_no, "waybill"))
    for value, name in (*marks, (_first().consignee_address, "address")):
        text = text.replace(value, f"%({name})s")
    return text[text.index("<ceb:Inventory>") : text.index("<ceb:BaseTransfer>")]


def bare(some: Sequence[RetailCase]) -> int:
    """One text filled in for each declaration and encoded; how many bytes that makes."""
    template, written = _template(), 0
    for start in range(0, len(some), MOST_PAPERS):
        filled = (
            template
            % {
                "cop": case.declaration.cop_no,
                "order": case.declaration.order_no,
                "waybill": case.declaration.waybill_no,
                "address": case.consignee_address,
            }
            for case in some[start : start + MOST_PAPERS]
        )
        written += len("".join(filled).encode())
    return written


def ways(size: int) -> Ways:
    """The same declarations; none is kept once its message is done."""
    some = list(cases(size))

    def run_ours() -> dict[str, float]:
        files = invalid = written = 0
        for file in ours(some):
            files, written = files + 1, written + len(file.content)
            invalid += not file.is_valid
        return {"messages": files, "invalid": invalid, "bytes a declaration": written / size}

    def run_plain() -> dict[str, float]:
        return {"bytes a declaration": sum(map(len, plain(some))) / size}

    def run_bare() -> dict[str, float]:
        return {"bytes a declaration": bare(some) / size}

    return {
        "ours": Way(run_ours, size),
        "plain": Way(run_plain, size),
        "limit": Way(run_bare, size),
    }
