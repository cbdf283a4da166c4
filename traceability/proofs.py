"""Proofs of log lines: made for whoever asks, checked with nothing but the verifier key."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core import facts
from core.domain import merkle
from core.domain.checkpoint import COSIGNATURE, ED25519, cosigned_text
from core.domain.errors import Refusal
from core.models import LogEntry, LogNode
from traceability.domain.tlog_proof import (
    Head,
    Proof,
    VerifierKey,
    includes,
    read_head,
    read_key,
    read_proof,
    signatures_of,
)
from traceability.models import Cosignature


class NothingToProve(Refusal):
    """Raised when a unit has no line in the signed log yet."""

    code = "nothing-to-prove"
    reason = "There is no line of the signed log to prove yet."
    remedy = "Try again when the unit has been released."


class ProofFails(Refusal):
    """Raised when a proof does not hold, with the part that fails."""

    code = "proof-fails"
    reason = "The proof does not hold: {fault}."
    remedy = "Do not trust the record; ask the seller, and keep the file as evidence."


@dataclass(frozen=True)
class Exported:
    """Everything an outsider needs: the proof, the raw leaf, and the key's line."""

    proof: str
    leaf: bytes
    vkey: str


def prove(position: int) -> Exported:
    """The proof that a position of the log stands under the newest signed head.

    Raises:
        NothingToProve: the position is not covered by a signed head.
    """
    head = facts.head()
    entry = LogEntry.objects.select_related("fact").filter(position=position).first()
    if head is None or entry is None or position >= head.size:
        raise NothingToProve
    nodes = _nodes_on_the_way(position, head.size)
    hashes = merkle.inclusion_proof(position, head.size, lambda level, i: nodes[(level, i)])
    leaf = facts.leaf_of(entry.fact)
    note = head.note + "".join(cosignatures(head.size))
    proof = Proof(position, tuple(hashes), note, extra=leaf)
    return Exported(proof.text(), leaf, facts.log_verifier_key())


def cosignatures(size: int) -> list[str]:
    """The witnesses' lines under the head of a size. One query."""
    lines = Cosignature.objects.filter(size=size).order_by("witness")
    return list(lines.values_list("line", flat=True))


def _nodes_on_the_way(position: int, size: int) -> dict[merkle.Node, bytes]:
    """The stored nodes that a proof reads, fetched with one query."""
    wanted: list[merkle.Node] = []

    def note(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return b"\0" * 32

    merkle.inclusion_proof(position, size, note)
    rows = LogNode.objects.filter(level__in={level for level, _ in wanted}).filter(
        index__in={index for _, index in wanted}
    )
    found = rows.values_list("level", "index", "hash")
    return {(level, index): bytes(value) for level, index, value in found}


def check(proof_text: str, vkey: str, leaf: bytes | None = None) -> Head:
    """Check a proof file and its raw leaf against the log's key; the head that it stands under.

    Without ``leaf`` the one that the file carries along is checked. ``vkey`` may hold several
    lines, the old key and the new one while keys change: one of them must have signed.

    Raises:
        ProofUnreadable, KeyUnreadable: a file or key cannot be read.
        ProofFails: the leaf is not in the tree, or the head is not signed by the key.
    """
    proof = read_proof(proof_text)
    head = check_head(proof.checkpoint, vkey)
    if not includes(proof, head, proof.extra if leaf is None else leaf):
        raise ProofFails(fault="the leaf is not in the tree at that place")
    return head


def check_head(checkpoint: str, vkey: str) -> Head:
    """Check a signed head against the log's key, of which there may be one on each line.

    Raises:
        ProofUnreadable, KeyUnreadable: the head or a key cannot be read.
        ProofFails: no key of its origin signed it, or a signature of a known key is false.
    """
    head = read_head(checkpoint)
    known = [read_key(line) for line in vkey.strip().splitlines() or [""]]
    ours = [key for key in known if key.name == head.origin and key.kind == ED25519]
    if not ours:
        names = ", ".join(sorted({key.name for key in known}))
        raise ProofFails(fault=f"the head is of {head.origin}, the key of {names}")
    results = [_signed(head, key, raw) for key in ours for raw in signatures_of(head, key)]
    if not results or not all(results):
        raise ProofFails(fault="the head is not signed by the key")
    return head


def witnesses_of(head: Head, keys: Sequence[VerifierKey]) -> list[str]:
    """Names of the witnesses, of those whose keys are given, that cosigned a head.

    Raises:
        ProofFails: a line claims to be of a given key and is not.
    """
    found = []
    for key in keys:
        results = [_cosigned(head, key, raw) for raw in signatures_of(head, key)]
        if not all(results):
            raise ProofFails(fault=f"the cosignature of {key.name} is false")
        found += [key.name] if results else []
    return found


def _signed(head: Head, key: VerifierKey, signature: bytes) -> bool:
    return _verifies(key, signature, head.text.encode())


def _cosigned(head: Head, key: VerifierKey, signature: bytes) -> bool:
    """Whether eight bytes of time and a signature over text and time are of a witness."""
    at = int.from_bytes(signature[:8], "big")
    is_cosignature = key.kind == COSIGNATURE and len(signature) == 72 and at < 2**63
    return is_cosignature and _verifies(key, signature[8:], cosigned_text(head.text, at))


def _verifies(key: VerifierKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
