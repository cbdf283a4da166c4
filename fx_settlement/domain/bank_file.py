"""pain.001 files checked: the structure that matters, and the rules that the XSD lacks."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from core.domain.trade import UnknownCurrency, minor_units
from fx_settlement.domain import check_digits, value_dates
from fx_settlement.domain import xml_tree as xml
from fx_settlement.domain.bank_file_issues import Issue

VERSIONS = ("pain.001.001.03", "pain.001.001.09", "pain.001.001.11")
_SPACE = "{urn:iso:std:iso:20022:tech:xsd:"
_LATIN = re.compile(r"[A-Za-z0-9/\-?:().,'+ \r\n\t&@#_=!\"%*;<>{}\[\]$|~^`\\]*", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SHORT = ("MsgId", "PmtInfId", "InstrId", "EndToEndId")
_LENGTHS = {**dict.fromkeys(_SHORT, 35), "Nm": 140, "TwnNm": 35, "StrtNm": 70, "Ustrd": 140}
_SHAPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "IBAN": ("bad-iban", check_digits.good_iban),
    "BIC": ("bad-bic", check_digits.good_bic),
    "BICFI": ("bad-bic", check_digits.good_bic),
    "AnyBIC": ("bad-bic", check_digits.good_bic),
    "BICOrBEI": ("bad-bic", check_digits.good_bic),
    "LEI": ("bad-lei", check_digits.good_lei),
    "UETR": ("bad-uetr", check_digits.good_uetr),
    "PmtMtd": ("bad-value", {"TRF", "CHK", "TRA"}.__contains__),
    "ChrgBr": ("bad-value", {"DEBT", "CRED", "SHAR", "SLEV"}.__contains__),
}
_ORDERS = {
    "GrpHdr": "MsgId CreDtTm Authstn NbOfTxs CtrlSum InitgPty FwdgAgt InitnSrc",
    "PmtInf": "PmtInfId PmtMtd ReqdAdvcTp BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt "
    "PoolgAdjstmntDt Dbtr DbtrAcct DbtrAgt DbtrAgtAcct InstrForDbtrAgt UltmtDbtr ChrgBr "
    "ChrgsAcct ChrgsAcctAgt CdtTrfTxInf",
    "CdtTrfTxInf": "PmtId PmtTpInf Amt XchgRateInf ChrgBr MndtRltdInf ChqInstr UltmtDbtr "
    "IntrmyAgt1 IntrmyAgt1Acct IntrmyAgt2 IntrmyAgt2Acct IntrmyAgt3 IntrmyAgt3Acct CdtrAgt "
    "CdtrAgtAcct Cdtr CdtrAcct UltmtCdtr InstrForCdtrAgt InstrForDbtrAgt Purp RgltryRptg Tax "
    "RltdRmtInf RmtInf SplmtryData",
    "PmtId": "InstrId EndToEndId UETR",
}
_NEEDED = {
    "GrpHdr": "MsgId CreDtTm NbOfTxs InitgPty",
    "PmtInf": "PmtInfId PmtMtd ReqdExctnDt Dbtr DbtrAcct DbtrAgt CdtTrfTxInf",
    "CdtTrfTxInf": "PmtId Amt Cdtr CdtrAcct",
    "PmtId": "EndToEndId",
}
Found = Iterator[Issue]
Placed = list[tuple[str, Element]]


def check(raw: bytes, on: date | None = None) -> list[Issue]:
    """Everything wrong with a file; days asked for are judged only against ``on``."""
    try:
        root = xml.parse(raw)
    except xml.BadXml as wrong:
        return [Issue("bad-xml", "/", str(wrong.params["why"]))]
    space = root.tag.partition("}")[0].removeprefix(_SPACE)
    body = xml.child(root, "CstmrCdtTrfInitn")
    if xml.name(root) != "Document" or space not in VERSIONS:
        return [Issue("unknown-version", "/Document", space)]
    if body is None:
        return [Issue("missing-element", "/Document/CstmrCdtTrfInitn")]
    nodes = list(_walk(body, "/Document/CstmrCdtTrfInitn"))
    return [
        *_structure(nodes, space),
        *_texts(nodes, root.tag.partition("}")[0]),
        *_addresses(nodes),
        *_totals(nodes),
        *_amounts(nodes),
        *_duplicates(nodes),
        *_dates(nodes, on),
    ]


def _walk(node: Element, path: str) -> Iterator[tuple[str, Element]]:
    stack = [(path, node)]
    while stack:
        path, node = stack.pop()
        yield path, node
        names = Counter(xml.name(child) for child in node)
        seen: Counter[str] = Counter()
        below = []
        for child in node:
            name = xml.name(child)
            seen[name] += 1
            mark = f"[{seen[name]}]" if names[name] > 1 else ""
            below.append((f"{path}/{name}{mark}", child))
        stack += reversed(below)


def _named(nodes: Placed, *names: str) -> Placed:
    return [(path, node) for path, node in nodes if xml.name(node) in names]


def _structure(nodes: Placed, version: str) -> Found:
    top = nodes[0]
    for needed in ("GrpHdr", "PmtInf"):
        if xml.child(top[1], needed) is None:
            yield Issue("missing-element", f"{top[0]}/{needed}")
    for path, node in _named(nodes, *_ORDERS):
        names = [xml.name(child) for child in node]
        order = _ORDERS[xml.name(node)].split()
        for needed in _NEEDED[xml.name(node)].split():
            if needed not in names:
                yield Issue("missing-element", f"{path}/{needed}")
        yield from (Issue("unexpected-element", f"{path}/{n}") for n in names if n not in order)
        places = [order.index(name) for name in names if name in order]
        if places != sorted(places):
            yield Issue("wrong-order", path)
    if version == VERSIONS[0]:
        newer = _named(nodes, "UETR", "BICFI", "LEI")
        yield from (Issue("unexpected-element", path) for path, _ in newer)


def _texts(nodes: Placed, space: str) -> Found:
    for path, node in nodes:
        name, value = xml.name(node), (node.text or "").strip()
        if node.tag.partition("}")[0] != space:
            yield Issue("unexpected-element", path)
        if len(node):
            continue
        if not value:
            yield Issue("missing-element", path)
        if not _LATIN.fullmatch(value):
            yield Issue("bad-charset", path, value)
        if len(value) > _LENGTHS.get(name, len(value)):
            yield Issue("too-long", path, value)
        code, good = _SHAPES.get(name, ("", bool))
        if code and not good(value):
            yield Issue(code, path, value)


def _addresses(nodes: Placed) -> Found:
    for path, node in _named(nodes, "Cdtr"):
        if xml.child(node, "PstlAdr") is None:
            yield Issue("missing-town", f"{path}/PstlAdr")
    for path, node in _named(nodes, "PstlAdr"):
        town, country = xml.text(node, "TwnNm"), xml.text(node, "Ctry")
        if xml.child(node, "AdrLine") is not None and not (town and country):
            yield Issue("unstructured-address", path)
        if not town:
            yield Issue("missing-town", f"{path}/TwnNm")
        if not re.fullmatch("[A-Z]{2}", country):
            yield Issue("missing-country", f"{path}/Ctry", country)


def _totals(nodes: Placed) -> Found:
    body = nodes[0][1]
    for path, node in _named(nodes, "GrpHdr", "PmtInf"):
        held = body if xml.name(node) == "GrpHdr" else node
        steps = ("PmtInf", "CdtTrfTxInf") if held is body else ("CdtTrfTxInf",)
        paid = list(xml.children(held, *steps))
        stated, count = xml.text(node, "CtrlSum"), xml.text(node, "NbOfTxs")
        if count and count.lstrip("0") != str(len(paid)):
            yield Issue("nb-of-txs", f"{path}/NbOfTxs", count)
        if stated and xml.decimal(stated) != sum((_paid(one) for one in paid), Decimal(0)):
            yield Issue("ctrl-sum", f"{path}/CtrlSum", stated)


def _paid(node: Element) -> Decimal:
    value = xml.text(node, "Amt", "InstdAmt") or xml.text(node, "Amt", "EqvtAmt", "Amt")
    return xml.decimal(value) or Decimal(0)


def _amounts(nodes: Placed) -> Found:
    for path, node in nodes:
        if "Ccy" in node.attrib:
            yield from _amount(path, (node.text or "").strip(), node.attrib["Ccy"])
        elif xml.name(node) == "InstdAmt":
            yield Issue("unknown-currency", path)
    for path, node in _named(nodes, "CdtTrfTxInf"):
        invoiced, credited = _remitted(node, "RmtdAmt"), _remitted(node, "CdtNoteAmt")
        told = sum(invoiced, Decimal(0)) - sum(credited, Decimal(0))
        if invoiced and told != _paid(node):
            yield Issue("remittance-sum", f"{path}/RmtInf", str(told))


def _remitted(node: Element, kind: str) -> list[Decimal]:
    found = xml.children(node, "RmtInf", "Strd", "RfrdDocAmt", kind)
    return [xml.decimal((one.text or "").strip()) or Decimal(0) for one in found]


def _amount(path: str, value: str, currency: str) -> Found:
    amount = xml.decimal(value)
    decimals = len(value.partition(".")[2])
    if not _CURRENCY.fullmatch(currency):
        yield Issue("unknown-currency", path, currency)
        return
    if amount is None or decimals > 5:
        yield Issue("bad-amount", path, value)
        return
    if amount == 0 and path.endswith("InstdAmt"):
        yield Issue("zero-amount", path, value)
    try:
        allowed = minor_units(currency)
    except UnknownCurrency:
        yield Issue("unknown-currency", path, currency)
        return
    if decimals > allowed:
        yield Issue("currency-decimals", path, value)


def _duplicates(nodes: Placed) -> Found:
    codes = {
        "EndToEndId": "duplicate-end-to-end-id",
        "UETR": "duplicate-uetr",
        "PmtInfId": "duplicate-payment-id",
    }
    seen: set[tuple[str, str]] = set()
    for path, node in _named(nodes, *codes):
        key = (xml.name(node), (node.text or "").strip())
        if key in seen and key[1] != "NOTPROVIDED":
            yield Issue(codes[key[0]], path, key[1])
        seen.add(key)


def _dates(nodes: Placed, on: date | None) -> Found:
    for path, node in _named(nodes, "PmtInf"):
        value = xml.text(node, "ReqdExctnDt", "Dt") or xml.text(node, "ReqdExctnDt", "DtTm")[:10]
        value = value or xml.text(node, "ReqdExctnDt")
        place = f"{path}/ReqdExctnDt"
        try:
            day = value_dates.parse_day(value)
        except value_dates.BadTradeDate:
            yield Issue("bad-date", place, value)
            continue
        if on is not None:
            yield from _judged(node, place, day, on)


def _judged(node: Element, place: str, day: date, on: date) -> Found:
    if day < on:
        yield Issue("date-past", place, day.isoformat())
    paid = xml.children(node, "CdtTrfTxInf", "Amt", "InstdAmt")
    for currency in sorted({one.get("Ccy", "") for one in paid}):
        try:
            open_day = value_dates.is_good_day(day, currency)
        except value_dates.UnknownCalendar:
            open_day = day.weekday() < 5
        if not open_day:
            yield Issue("not-a-good-day", place, day.isoformat())
