"""The ledger written down as a file that another bookkeeping program reads and checks.

Syntax: https://beancount.github.io/docs/beancount_language_syntax.html (version 3).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.chart import AccountCode
from core.domain.trade import from_minor

ROOTS: dict[str, str] = {
    AccountCode.BANK: "Assets",
    AccountCode.IMPORTER_DUE: "Assets",
    AccountCode.PLATFORM_CLEARING: "Assets",
    AccountCode.ESCROW: "Liabilities",
    AccountCode.SUPPLIER_PAYABLE: "Liabilities",
    AccountCode.SERVICE_PAYABLE: "Liabilities",
    AccountCode.TAX_TRUST: "Liabilities",
    AccountCode.GUARANTEE: "Liabilities",
    AccountCode.SUSPENSE: "Liabilities",
    AccountCode.EXPOSURE: "Liabilities",
    AccountCode.BANK_FEES: "Expenses",
    AccountCode.FX_REALISED: "Expenses",
    AccountCode.FX_UNREALISED: "Expenses",
    AccountCode.OPERATOR_INCOME: "Income",
}
"""Where an account of a code stands; the others are equity."""


@dataclass(frozen=True)
class Book:
    """An account with what is posted on it: debits less credits, in minor units."""

    number: int
    code: str
    currency: str
    owner: int | None
    subject: str
    posted_minor: int

    @property
    def name(self) -> str:
        """``Liabilities:Escrow:A17``: unique by its last part."""
        words = "".join(word.capitalize() for word in self.code.split("-"))
        return f"{ROOTS.get(self.code, 'Equity')}:{words}:A{self.number}"


@dataclass(frozen=True)
class Posting:
    """A posted transfer: account numbers, a whole amount, and why."""

    on: date
    key: str
    code: str
    debit: int
    credit: int
    currency: str
    amount_minor: int


def write(books: Sequence[Book], postings: Iterable[Posting]) -> Iterator[str]:
    """The lines of a file: accounts opened, every posting by day, and each account's balance.

    Balances are asserted on the day after the last posting with a tolerance of nothing: the
    reader's own default would forgive a cent.
    """
    by_day = sorted(postings, key=lambda posting: posting.on)
    first = by_day[0].on if by_day else date(1970, 1, 1)
    yield 'option "title" "Bondpool"\n'
    yield 'option "operating_currency" "CNY"\n\n'
    names = {book.number: book.name for book in books}
    for book in books:
        yield from _opened(book, first)
    for posting in by_day:
        yield from _posted(posting, names)
    after = (by_day[-1].on if by_day else first) + timedelta(days=1)
    for book in books:
        amount = from_minor(book.posted_minor, book.currency)
        yield f"{after} balance {book.name}  {amount:f} ~ 0 {book.currency}\n"


def _opened(book: Book, on: date) -> Iterator[str]:
    yield f"{on} open {book.name} {book.currency}\n"
    if book.owner is not None:
        yield f'  party: "{book.owner}"\n'
    if book.subject:
        yield f'  subject: "{_quoted(book.subject)}"\n'


def _posted(posting: Posting, names: dict[int, str]) -> Iterator[str]:
    amount = from_minor(posting.amount_minor, posting.currency)
    yield f'\n{posting.on} * "{_quoted(posting.code)}" "{_quoted(posting.key)}"\n'
    yield f"  {names[posting.debit]}  {amount:f} {posting.currency}\n"
    yield f"  {names[posting.credit]}  -{amount:f} {posting.currency}\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
