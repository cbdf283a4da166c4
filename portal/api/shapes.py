"""What every operation's bodies are made of: exact fields, money as strings, pages, problems."""

from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.domain.trade import from_minor, to_minor

CURRENCY = "CNY"
MOST_ON_A_PAGE = 200
PLAIN = r"^[^\x00-\x1f\x7f]+$"
"""Text of one line: no control characters."""

Money = Annotated[
    str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$", description="CNY", examples=["250.00"])
]
Text = Annotated[str, Field(pattern=PLAIN, min_length=1, max_length=100)]
LongText = Annotated[str, Field(pattern=PLAIN, min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]
Units = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Instant = AwareDatetime

Item = TypeVar("Item")


class Said(BaseModel):
    """A body that a shop sends: a field that is not listed is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel):
    """Which part of a list is wanted."""

    cursor: str | None = Field(
        None, pattern=r"^[0-9]{1,15}$", description="`next` of the page before"
    )
    limit: int = Field(50, ge=1, le=MOST_ON_A_PAGE)

    @property
    def position(self) -> int | None:
        """The row that the page before ended with."""
        return int(self.cursor) if self.cursor else None


class Listed(BaseModel, Generic[Item]):
    """A part of a list; ``next`` is the cursor of the part that follows, or null at the end."""

    items: list[Item]
    next: str | None


class Fault(BaseModel):
    """What is wrong at one place of a request."""

    where: str
    detail: str
    code: str = ""
    value: str = ""
    remedy: str = ""


class Problem(BaseModel):
    """A refusal (RFC 9457): ``code`` is stable, ``detail`` and ``remedy`` are for people."""

    type: str = Field(examples=["urn:bondpool:problem:not-enough-stock"])
    title: str
    status: int
    code: str
    detail: str
    remedy: str
    errors: list[Fault] = []


def minor(money: str) -> int:
    """An amount in whole fen."""
    return to_minor(Decimal(money), CURRENCY)


def money(amount_minor: int) -> str:
    """An amount of fen with two decimals."""
    return str(from_minor(amount_minor, CURRENCY))
