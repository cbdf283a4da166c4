"""What a witness agrees to: a log that only grew since it was last seen.

Sources: c2sp.org/tlog-witness (add-checkpoint) and c2sp.org/tlog-cosignature.
"""

import base64
from dataclasses import dataclass

from core.domain.checkpoint import strict_base64
from core.domain.errors import Refusal
from core.domain.merkle import EMPTY_ROOT, consistency_holds
from traceability.domain.tlog_proof import Head

MOST_HASHES = 63


class RequestUnreadable(Refusal):
    """Raised for a request to a witness that is not in its form."""

    code = "witness-request-unreadable"
    reason = "The request to the witness cannot be read: {fault}."
    remedy = "Send “old SIZE”, the consistency proof, an empty line and the checkpoint."


class SeenAnotherSize(Refusal):
    """Raised when the asker starts from another head than the one that the witness saw last."""

    code = "witness-saw-another-size"
    reason = "The witness last saw {seen} entries; the proof starts from {old}."
    remedy = "Prove the growth from {seen} entries on."


class LogInconsistent(Refusal):
    """Raised instead of cosigning when the log is not the one seen before, grown."""

    code = "log-inconsistent"
    reason = "The head of {size} entries is no growth of the head of {seen} entries seen before."
    remedy = "Do not rely on this log; show both signed heads to whoever does."


@dataclass(frozen=True)
class Growth:
    """A request: the size last agreed on, and hashes that lead from there to the new head."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: str


def read_request(text: str) -> Growth:
    """The parts of the body of an add-checkpoint request.

    Raises:
        RequestUnreadable: a part is missing or malformed.
    """
    body, found, checkpoint = text.partition("\n\n")
    first, *lines = body.split("\n")
    size = first.removeprefix("old ")
    if not found or not first.startswith("old ") or not _is_size(size):
        raise RequestUnreadable(fault="it does not start with “old SIZE”")
    if len(lines) > MOST_HASHES:
        raise RequestUnreadable(fault=f"it has more than {MOST_HASHES} hashes")
    try:
        hashes = tuple(strict_base64(line) for line in lines)
    except ValueError:
        raise RequestUnreadable(fault="a hash is not base64") from None
    return Growth(int(size), hashes, checkpoint)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


def written(growth: Growth) -> str:
    """The body of a request, as :func:`read_request` reads it."""
    lines = [base64.b64encode(each).decode() for each in growth.hashes]
    return "\n".join([f"old {growth.old}", *lines, "", growth.checkpoint])


def agree(seen: Head | None, new: Head, growth: Growth) -> None:
    """Whether a witness that saw ``seen`` last may cosign ``new``.

    Raises:
        SeenAnotherSize: the proof starts elsewhere. LogInconsistent: the log did not just grow.
    """
    size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
    if growth.old != size:
        raise SeenAnotherSize(seen=size, old=growth.old)
    if not _grew(size, root, new, growth.hashes):
        raise LogInconsistent(seen=size, size=new.size)


def _grew(size: int, root: bytes, new: Head, hashes: tuple[bytes, ...]) -> bool:
    if size == 0:
        return not hashes and (new.size > 0 or new.root == EMPTY_ROOT)
    return consistency_holds(old=size, new=new.size, old_root=root, new_root=new.root, proof=hashes)
