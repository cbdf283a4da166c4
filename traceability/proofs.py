"""Proofs of log lines: made for whoever asks, checked with nothing but the verifier key."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core import facts
from core.domain import merkle
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
    proof = Proof(position, tuple(hashes), head.note, extra=leaf)
    return Exported(proof.text(), leaf, facts.log_verifier_key())


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
    return {(row.level, row.index): bytes(row.hash) for row in rows}


def check(proof_text: str, vkey: str, leaf: bytes | None = None) -> Head:
    """Check a proof file and its raw leaf against the log's key; the head that it stands under.

    Without ``leaf`` the one that the file carries along is checked.

    Raises:
        ProofUnreadable, KeyUnreadable: a file or key cannot be read.
        ProofFails: the leaf is not in the tree, or the head is not signed by the key.
    """
    proof, key = read_proof(proof_text), read_key(vkey)
    head = read_head(proof.checkpoint)
    if head.origin != key.name:
        raise ProofFails(fault=f"the head is of {head.origin}, the key of {key.name}")
    if not any(_signed(head, key, raw) for raw in signatures_of(head, key)):
        raise ProofFails(fault="the head is not signed by the key")
    if not includes(proof, head, proof.extra if leaf is None else leaf):
        raise ProofFails(fault="the leaf is not in the tree at that place")
    return head


def _signed(head: Head, key: VerifierKey, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, head.text.encode())
    except InvalidSignature:
        return False
    return True
