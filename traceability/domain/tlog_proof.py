"""A proof of one log line as a text file that anyone can check offline.

Sources: c2sp.org/tlog-proof v1, c2sp.org/tlog-checkpoint, c2sp.org/signed-note, RFC 9162.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.checkpoint import COSIGNATURE, ED25519, key_id, read_note, strict_base64
from core.domain.errors import Refusal
from core.domain.merkle import inclusion_holds, leaf_hash

FIRST_LINE = "c2sp.org/tlog-proof@v1"


class ProofUnreadable(Refusal):
    """Raised for a text that is not a proof of the first version."""

    code = "proof-unreadable"
    reason = "The proof cannot be read: {fault}."
    remedy = "Download the proof again and do not edit it."


class KeyUnreadable(Refusal):
    """Raised for a verifier key that is not one line of name, id and key."""

    code = "key-unreadable"
    reason = "The verifier key cannot be read: {fault}."
    remedy = "Copy the whole line of the key, name+id+key, as the operator published it."


@dataclass(frozen=True)
class Proof:
    """Where a leaf stands in the tree, the hashes up to the root, and the signed head.

    ``extra`` carries the raw leaf along, so that one file is enough; the tree vouches for it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def text(self) -> str:
        """The proof as the lines of a .tlog-proof file."""
        hashes = [base64.b64encode(each).decode() for each in self.hashes]
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        lines = [FIRST_LINE, *extra, f"index {self.index}", *hashes]
        return "\n".join([*lines, "", self.checkpoint])


@dataclass(frozen=True)
class VerifierKey:
    """An Ed25519 key by the name of its log or witness; ``kind`` is its signature type."""

    name: str
    id: bytes
    key: bytes
    kind: bytes = ED25519


@dataclass(frozen=True)
class Head:
    """The signed text of a checkpoint and what it says: origin, size and root."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


def read_proof(text: str) -> Proof:
    """The parts of a .tlog-proof file.

    Raises:
        ProofUnreadable: another version, a broken line, or no checkpoint.
    """
    body, found, checkpoint = text.partition("\n\n")
    lines = body.split("\n")
    if lines[0] != FIRST_LINE or not found:
        raise ProofUnreadable(fault=f"it does not start with {FIRST_LINE}")
    has_extra = len(lines) > 1 and lines[1].startswith("extra ")
    rest = lines[2:] if has_extra else lines[1:]
    if not rest or not _is_index(rest[0]):
        raise ProofUnreadable(fault="the line with the index is missing")
    extra = _decoded(lines[1][6:]) if has_extra else b""
    return Proof(int(rest[0][6:]), tuple(_hash(line) for line in rest[1:]), checkpoint, extra)


def _is_index(line: str) -> bool:
    return line.startswith("index ") and _is_decimal(line[6:])


def _is_decimal(digits: str) -> bool:
    """Whether a text is a number below 2^64 without leading zeroes."""
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 20
    return is_number and (digits == "0" or digits[0] != "0") and int(digits) < 2**64


def _hash(line: str) -> bytes:
    value = _decoded(line)
    if len(value) != 32:
        raise ProofUnreadable(fault=f"“{line[:50]}” is no hash")
    return value


def _decoded(text: str) -> bytes:
    try:
        return strict_base64(text)
    except ValueError:
        raise ProofUnreadable(fault=f"“{text[:50]}” is not base64") from None


def read_head(checkpoint: str) -> Head:
    """The head of a checkpoint.

    Raises:
        ProofUnreadable: origin, size or root are missing or malformed.
    """
    try:
        text, signatures = read_note(checkpoint)
        origin, size, root, *more = text[:-1].split("\n")
    except ValueError:
        raise ProofUnreadable(fault="the checkpoint is malformed") from None
    if not origin or not _is_decimal(size) or not all(more):
        raise ProofUnreadable(fault="the checkpoint does not name its origin and size")
    return Head(text, origin, int(size), _hash(root), tuple(signatures))


def read_key(line: str) -> VerifierKey:
    """A verifier key of the form ``name+id+base64``.

    Raises:
        KeyUnreadable: another form, another kind of key, or an id that does not fit.
    """
    name, _, rest = line.strip().partition("+")
    stated, _, blob = rest.partition("+")
    try:
        raw = base64.b64decode(blob, validate=True)
    except ValueError:
        raise KeyUnreadable(fault="its last part is not base64") from None
    if len(raw) != 33 or raw[:1] not in (ED25519, COSIGNATURE):
        raise KeyUnreadable(fault="it is not an Ed25519 key")
    if not name or key_id(name, raw[1:], raw[:1]).hex() != stated:
        raise KeyUnreadable(fault="its id does not fit its name and key")
    return VerifierKey(name, bytes.fromhex(stated), raw[1:], raw[:1])


def includes(proof: Proof, head: Head, leaf: bytes) -> bool:
    """Whether the proof binds the raw leaf to the root of the head."""
    return inclusion_holds(
        index=proof.index,
        size=head.size,
        leaf=leaf_hash(leaf),
        proof=proof.hashes,
        root_hash=head.root,
    )


def signatures_of(head: Head, key: VerifierKey) -> Sequence[bytes]:
    """The signatures under a head that claim to be of a key."""
    return [raw for name, kid, raw in head.signatures if name == key.name and kid == key.id]
