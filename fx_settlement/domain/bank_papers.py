"""A file from the bank, whatever it is: a report of payments, statements, or notifications."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from fx_settlement.domain import camt, mt940, pain002
from fx_settlement.domain import xml_tree as xml
from fx_settlement.domain.bank_statements import BankStatement
from fx_settlement.domain.pain002 import StatusReport

_MARK = b"\xef\xbb\xbf"
_KINDS = {"BkToCstmrStmt": "camt.053", "BkToCstmrDbtCdtNtfctn": "camt.054"}


@dataclass(frozen=True)
class BankPaper:
    """What a file holds: its kind, and either a report or statements."""

    kind: str
    statements: tuple[BankStatement, ...] = ()
    report: StatusReport | None = None

    @property
    def is_proof(self) -> bool:
        """Whether its statements are those of a day's end, not notifications within it."""
        return self.kind in ("camt.053", "mt940")


def read(raw: bytes) -> BankPaper:
    """The content of a file: pain.002, camt.052, .053 or .054 of any version, or MT940.

    Raises:
        BadXml, UnreadableStatement: it is none of these.
    """
    plain = raw.removeprefix(_MARK).lstrip()
    if plain[:1] != b"<" and plain[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return BankPaper("mt940", tuple(mt940.statements(_text(plain))))
    root = xml.parse(raw)
    if pain002.is_report(root):
        return BankPaper("pain.002", report=pain002.report(root))
    return BankPaper(_kind(root), tuple(camt.statements(root)))


def _kind(root: Element) -> str:
    return next((_KINDS[xml.name(part)] for part in root if xml.name(part) in _KINDS), "camt.052")


def _text(raw: bytes) -> str:
    """UTF-8, or Latin-1 where it is not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
