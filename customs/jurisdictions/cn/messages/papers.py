"""A message as Bondpool holds it: papers with a head and lines, texts by field name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from core.domain.errors import Refusal

Texts = Mapping[str, str]

MOST_PAPERS = 100
MOST_LINES = 99
"""Papers of a message and lines of a paper. Source: GACC retail import schema 2022-05."""

_NUMBERS = UUID("6f6d4a1c-9a3b-5f0e-8f5c-2b6f1d0c4e11")


class TooManyLines(Refusal):
    """Raised when a paper has more lines than customs takes."""

    code = "too-many-lines"
    reason = "The paper has {lines} lines; customs takes at most {most}."
    remedy = "Split the order into parcels of at most {most} lines."


@dataclass(frozen=True, slots=True)
class Paper:
    """One order, payment, waybill, declaration or receipt. A blank field is left out."""

    head: Texts
    lines: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Papers of one kind on their way to or from customs."""

    code: str
    guid: str
    papers: tuple[Paper, ...]
    transfer: Texts = field(default_factory=dict)
    """Who sends it; messages from customs have none."""

    subscriptions: tuple[Texts, ...] = ()
    version: str = "1.0"


def stable_guid(*names: str) -> str:
    """The number of 36 characters that always belongs to these names, in capitals."""
    return str(uuid5(_NUMBERS, "/".join(names))).upper()


def split(message: Message, most: int = MOST_PAPERS) -> Iterator[Message]:
    """Messages of at most ``most`` papers each; every one after the first gets a number of its own.

    Raises:
        TooManyLines: a paper has more lines than one paper may have.
    """
    for paper in message.papers:
        if len(paper.lines) > MOST_LINES:
            raise TooManyLines(lines=len(paper.lines), most=MOST_LINES)
    for number, papers in enumerate(_chunks(message.papers, most)):
        guid = stable_guid(message.guid, str(number)) if number else message.guid
        yield replace(message, guid=guid, papers=tuple(papers))


def _chunks(papers: Sequence[Paper], most: int) -> Iterator[Sequence[Paper]]:
    for start in range(0, len(papers), most):
        yield papers[start : start + most]
