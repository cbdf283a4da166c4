"""pain.001 files: one instruction to the bank for every wire of a batch, in three versions.

The bytes follow from the content alone: the same batch gives the same file, however often.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from core.domain.errors import Phrase, Refusal
from core.domain.trade import from_minor
from fx_settlement.domain.check_digits import good_iban

VERSIONS = ("03", "09", "11")
DEFAULT_VERSION = "09"
_SWIFT = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*", re.ASCII)
_STANDS_FOR = str.maketrans({"&": "+", "_": "-", "’": "'", "–": "-", "—": "-", "@": "(at)"})


class UnknownVersion(Refusal):
    """Raised for a version of pain.001 that is not written here."""

    code = "unknown-bank-file-version"
    reason = "pain.001 is not written in version {value}."
    remedy = "Use one of: {known}."


class NotLatin(Refusal):
    """Raised for a name or an address that cannot be written in the characters SWIFT carries."""

    code = "not-latin"
    reason = "{what} “{value}” cannot be written in Latin letters."
    remedy = "Give the party its name and address in Latin letters."


class AddressMissing(Refusal):
    """Raised for a party whose town or country is not on record."""

    code = "address-missing"
    reason = "{name} has no {what} on record; banks take structured addresses only."
    remedy = "Complete the party's address."


@dataclass(frozen=True)
class BankParty:
    """A party as banks write it; ``uscc`` identifies a Chinese company."""

    name: str
    country: str
    town: str = ""
    street: str = ""
    postcode: str = ""
    uscc: str = ""


@dataclass(frozen=True)
class AccountAt:
    """An account at a bank: an IBAN or the bank's own number."""

    number: str
    bic: str


@dataclass(frozen=True)
class Remitted:
    """One seller's document that a wire pays; a credit note is negative."""

    number: str
    amount_minor: int
    seller: BankParty


@dataclass(frozen=True)
class Instruction:
    """One wire."""

    reference: str
    uetr: str
    amount_minor: int
    creditor: BankParty
    account: AccountAt
    remitted: Sequence[Remitted]


@dataclass(frozen=True)
class Reporting:
    """What the payer's authority is told: its name, the code of the transaction, and a text."""

    authority: str
    country: str
    code: str
    text: str


@dataclass(frozen=True)
class PaymentFile:
    """Everything that a payment file says."""

    message: str
    created: str
    requested_on: date
    currency: str
    debtor: BankParty
    account: AccountAt
    instructions: Sequence[Instruction]
    reporting: Reporting | None = None


def uetr_of(origin: str, reference: str) -> str:
    """A payment's UETR, a UUID of version 4 that follows from who instructs and its reference."""
    digest = sha256(f"{origin}|{reference}".encode()).digest()[:16]
    return str(UUID(bytes=digest, version=4))


def latin(value: str, *, what: str, most: int) -> str:
    """A text in the characters that SWIFT carries, accents folded, cut to a length.

    Raises:
        NotLatin: something in it has no Latin letter to stand for it.
    """
    plain = unicodedata.normalize("NFKD", value.translate(_STANDS_FOR))
    folded = "".join(each for each in plain if not unicodedata.combining(each))
    kept = "".join(each if _SWIFT.fullmatch(each) or not each.isascii() else "." for each in folded)
    if not _SWIFT.fullmatch(kept):
        raise NotLatin(what=what, value=value)
    return " ".join(kept.split())[:most].rstrip()


def build(file: PaymentFile, version: str = DEFAULT_VERSION) -> bytes:
    """The file's bytes: UTF-8, indented, the same for the same content.

    Raises:
        UnknownVersion: the version is not one of ``VERSIONS``.
        NotLatin, AddressMissing: a party cannot be written as banks want it.
    """
    if version not in VERSIONS:
        raise UnknownVersion(value=version, known=", ".join(VERSIONS))
    root = Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}")
    body = SubElement(root, "CstmrCdtTrfInitn")
    _header(body, file)
    for number, each in enumerate(file.instructions, 1):
        _payment(body, file, each, number, version)
    indent(root)
    said: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return said + b"\n"


def _put(parent: Element, name: str, value: str) -> None:
    if value:
        SubElement(parent, name).text = value


def _down(parent: Element, *path: str) -> Element:
    for name in path:
        parent = SubElement(parent, name)
    return parent


def _amount(minor: int, currency: str) -> str:
    amount: Decimal = from_minor(minor, currency)
    return f"{amount:f}"


def _header(body: Element, file: PaymentFile) -> None:
    header = SubElement(body, "GrpHdr")
    _put(header, "MsgId", file.message)
    _put(header, "CreDtTm", file.created)
    _put(header, "NbOfTxs", str(len(file.instructions)))
    total = sum(each.amount_minor for each in file.instructions)
    _put(header, "CtrlSum", _amount(total, file.currency))
    _put(
        _down(header, "InitgPty"), "Nm", latin(file.debtor.name, what=Phrase("The name"), most=140)
    )


def _payment(
    body: Element, file: PaymentFile, each: Instruction, number: int, version: str
) -> None:
    held = SubElement(body, "PmtInf")
    _put(held, "PmtInfId", f"{file.message}/{number}")
    _put(held, "PmtMtd", "TRF")
    _put(held, "BtchBookg", "false")
    _put(held, "NbOfTxs", "1")
    _put(held, "CtrlSum", _amount(each.amount_minor, file.currency))
    day = SubElement(held, "ReqdExctnDt")
    (day if version == "03" else SubElement(day, "Dt")).text = file.requested_on.isoformat()
    _party(SubElement(held, "Dbtr"), file.debtor)
    account = SubElement(held, "DbtrAcct")
    _number(account, file.account)
    _put(account, "Ccy", file.currency)
    _bank(_down(held, "DbtrAgt"), file.account, version)
    _put(held, "ChrgBr", "SHAR")
    _transfer(SubElement(held, "CdtTrfTxInf"), file, each, version)


def _transfer(held: Element, file: PaymentFile, each: Instruction, version: str) -> None:
    ids = SubElement(held, "PmtId")
    _put(ids, "InstrId", each.reference)
    _put(ids, "EndToEndId", each.reference)
    if version != "03":
        _put(ids, "UETR", each.uetr)
    amount = _down(held, "Amt", "InstdAmt")
    amount.set("Ccy", file.currency)
    amount.text = _amount(each.amount_minor, file.currency)
    sellers = {one.seller for one in each.remitted}
    if len(sellers) == 1:
        name = next(iter(sellers)).name
        _put(_down(held, "UltmtDbtr"), "Nm", latin(name, what=Phrase("The name"), most=140))
    _bank(_down(held, "CdtrAgt"), each.account, version)
    _party(SubElement(held, "Cdtr"), each.creditor)
    _number(SubElement(held, "CdtrAcct"), each.account)
    _put(_down(held, "Purp"), "Cd", "GDDS")
    if file.reporting:
        _report(held, file.reporting)
    if each.remitted:
        information = SubElement(held, "RmtInf")
        for one in each.remitted:
            _remittance(SubElement(information, "Strd"), one, file.currency)


def _bank(agent: Element, account: AccountAt, version: str) -> None:
    name = "BIC" if version == "03" else "BICFI"
    _put(_down(agent, "FinInstnId"), name, account.bic)


def _number(parent: Element, account: AccountAt) -> None:
    held = SubElement(parent, "Id")
    if good_iban(account.number):
        _put(held, "IBAN", account.number)
    else:
        _put(_down(held, "Othr"), "Id", account.number)


def _party(node: Element, party: BankParty) -> None:
    """Name and structured address: town and country are never left out."""
    for what, held in ((Phrase("town"), party.town), (Phrase("country"), party.country)):
        if not held:
            raise AddressMissing(name=party.name, what=what)
    _put(node, "Nm", latin(party.name, what=Phrase("The name"), most=140))
    address = SubElement(node, "PstlAdr")
    _put(address, "StrtNm", latin(party.street, what=Phrase("The street"), most=70))
    _put(address, "PstCd", latin(party.postcode, what=Phrase("The postcode"), most=16))
    _put(address, "TwnNm", latin(party.town, what=Phrase("The town"), most=35))
    _put(address, "Ctry", party.country)


def _report(held: Element, reporting: Reporting) -> None:
    node = SubElement(held, "RgltryRptg")
    _put(node, "DbtCdtRptgInd", "DEBT")
    authority = SubElement(node, "Authrty")
    _put(authority, "Nm", reporting.authority)
    _put(authority, "Ctry", reporting.country)
    details = SubElement(node, "Dtls")
    _put(details, "Cd", reporting.code)
    _put(details, "Inf", latin(reporting.text, what=Phrase("The text"), most=35))


def _remittance(node: Element, one: Remitted, currency: str) -> None:
    """A seller's invoice or credit note, and the seller by its registration."""
    is_credit = one.amount_minor < 0
    document = SubElement(node, "RfrdDocInf")
    _put(_down(document, "Tp", "CdOrPrtry"), "Cd", "CREN" if is_credit else "CINV")
    _put(document, "Nb", latin(one.number, what=Phrase("The number"), most=35))
    amount = _down(node, "RfrdDocAmt", "CdtNoteAmt" if is_credit else "RmtdAmt")
    amount.set("Ccy", currency)
    amount.text = _amount(abs(one.amount_minor), currency)
    seller = SubElement(node, "Invcee")
    _put(seller, "Nm", latin(one.seller.name, what=Phrase("The name"), most=140))
    if one.seller.uscc:
        other = _down(seller, "Id", "OrgId", "Othr")
        _put(other, "Id", one.seller.uscc)
        _put(_down(other, "SchmeNm"), "Prtry", "USCC")
