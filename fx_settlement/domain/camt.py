"""camt.053 statements and camt.054 notifications of any version."""

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from fx_settlement.domain import xml_tree as xml
from fx_settlement.domain.bank_statements import BankStatement, Entry, Part, UnreadableStatement

_HOLDERS = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn", "BkToCstmrAcctRpt": "Rpt"}
_REFERENCES = ("MsgId", "PmtInfId", "InstrId", "EndToEndId", "UETR", "TxId", "AcctSvcrRef")


def statements(root: Element) -> list[BankStatement]:
    """The statements of a message.

    Raises:
        UnreadableStatement: when there are none, or an amount or a sign is missing.
    """
    held = [(kind, part) for part in root for kind in [_HOLDERS.get(xml.name(part))] if kind]
    found = [_statement(node) for kind, part in held for node in xml.children(part, kind)]
    if not found:
        raise UnreadableStatement(why="it holds no statement", place=xml.name(root))
    return found


def _statement(node: Element) -> BankStatement:
    entries = tuple(_entry(e, i) for i, e in enumerate(xml.children(node, "Ntry"), 1))
    balances = _balances(node)
    currencies = [b[1] for b in balances.values()] + [e.currency for e in entries]
    currency = xml.text(node, "Acct", "Ccy") or next(iter(currencies), "")
    account = xml.text(node, "Acct", "Id", "IBAN") or xml.text(node, "Acct", "Id", "Othr", "Id")
    opening = balances.get("OPBD") or balances.get("PRCD")
    closing = balances.get("CLBD")
    return BankStatement(
        account,
        currency,
        opening[0] if opening else None,
        closing[0] if closing else None,
        entries,
        xml.text(node, "Id"),
        next((_day(b, "Dt") for b in xml.children(node, "Bal") if _code(b) == "CLBD"), ""),
    )


def _code(balance: Element) -> str:
    return xml.text(balance, "Tp", "CdOrPrtry", "Cd")


def _balances(node: Element) -> dict[str, tuple[Decimal, str]]:
    found: dict[str, tuple[Decimal, str]] = {}
    for balance in xml.children(node, "Bal"):
        code = _code(balance)
        found.setdefault(code, _signed(balance, f"Bal[{code}]"))
    return found


def _signed(node: Element, place: str) -> tuple[Decimal, str]:
    held = xml.child(node, "Amt")
    amount = xml.decimal(xml.text(node, "Amt"))
    sign = {"CRDT": 1, "DBIT": -1}.get(xml.text(node, "CdtDbtInd"))
    if held is None or amount is None or sign is None:
        value = xml.text(node, "Amt")
        raise UnreadableStatement(why="an amount or its sign is missing", place=place, value=value)
    return sign * amount, held.get("Ccy", "")


def _day(node: Element, kind: str) -> str:
    return xml.text(node, kind, "Dt") or xml.text(node, kind, "DtTm")[:10]


def _entry(node: Element, number: int) -> Entry:
    amount, currency = _signed(node, f"Ntry[{number}]")
    status = xml.text(node, "Sts", "Cd") or xml.text(node, "Sts") or "BOOK"
    references = {"AcctSvcrRef": xml.text(node, "AcctSvcrRef")}
    details = list(xml.children(node, "NtryDtls", "TxDtls"))
    for refs in [*xml.children(node, "NtryDtls", "Btch"), *_refs(details)]:
        for name in _REFERENCES:
            references[name] = references.get(name) or xml.text(refs, name)
    told = [xml.text(node, "AddtlNtryInf"), *(_told(each) for each in details[:1])]
    return Entry(
        amount,
        currency,
        _day(node, "BookgDt"),
        _day(node, "ValDt"),
        {name: value for name, value in references.items() if value},
        " ".join(each for each in told if each),
        status,
        _parts(details, amount, currency),
    )


def _refs(details: list[Element]) -> Iterator[Element]:
    return (refs for each in details for refs in xml.children(each, "Refs"))


def _told(details: Element) -> str:
    """What the payer wrote, and the reference of a structured remittance."""
    lines = [
        *xml.children(details, "RmtInf", "Ustrd"),
        *xml.children(details, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
        *xml.children(details, "AddtlTxInf"),
    ]
    return " ".join((line.text or "").strip() for line in lines)


def _parts(details: list[Element], amount: Decimal, currency: str) -> tuple[Part, ...]:
    """The payments of a movement, where there are several and they add up to it."""
    parts = tuple(_part(each, amount, currency) for each in details)
    named = [part for part in parts if part is not None]
    adds_up = sum((part.amount for part in named), Decimal(0)) == amount
    return tuple(named) if len(named) == len(parts) > 1 and adds_up else ()


def _part(details: Element, whole: Decimal, currency: str) -> Part | None:
    held = xml.child(details, "Amt")
    if held is None:
        held = xml.child(details, "AmtDtls", "TxAmt", "Amt")
    size = None if held is None else xml.decimal((held.text or "").strip())
    if held is None or size is None or held.get("Ccy") != currency:
        return None
    sign = {"CRDT": 1, "DBIT": -1}.get(xml.text(details, "CdtDbtInd"), 1 if whole > 0 else -1)
    references = {
        name: xml.text(refs, name)
        for refs in xml.children(details, "Refs")
        for name in _REFERENCES
        if xml.text(refs, name)
    }
    return Part(sign * size, references, _told(details))
