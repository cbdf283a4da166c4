"""A witness: another party that cosigns the log's heads and remembers the last one it saw.

It needs no database: a folder holds its key and, per log, the newest head with both signatures.
"""

import fcntl
import hashlib
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.domain import merkle
from core.domain.checkpoint import (
    COSIGNATURE,
    cosigned_text,
    key_id,
    signature_line,
    verifier_key,
)
from core.domain.errors import Refusal
from traceability.domain import tiles
from traceability.domain.tlog_proof import Head, read_head
from traceability.domain.witnessing import Growth, agree
from traceability.proofs import check_head

TIMEOUT_S = 20


class LogUnreachable(Refusal):
    """Raised when a file of the log cannot be fetched."""

    code = "log-unreachable"
    reason = "The file {path} of the log cannot be fetched: {fault}."
    remedy = "Check the address of the log, and try again later."


@dataclass(frozen=True)
class Cosigned:
    """What a witness says of a head: its line, and its own key to check the line with."""

    head: Head
    line: str
    vkey: str


@dataclass(frozen=True)
class Witness:
    """A name, and the folder with its key and what it saw."""

    name: str
    folder: Path

    def vkey(self) -> str:
        """The witness's key as the line that it hands to others."""
        return verifier_key(self.name, self._public(), COSIGNATURE)

    def seen(self, origin: str) -> Head | None:
        """The newest head of a log that this witness cosigned."""
        file = self._file(origin)
        return read_head(file.read_text(encoding="utf-8")) if file.exists() else None

    def cosign(self, growth: Growth, log_vkey: str, *, at: int) -> Cosigned:
        """Cosign a head that the log signed and that only grew; remembered before it is told.

        ``at`` is the time in POSIX seconds.

        Raises:
            ProofFails, ProofUnreadable, KeyUnreadable: the log did not sign the head.
            SeenAnotherSize, LogInconsistent: nothing was signed.
        """
        head = check_head(growth.checkpoint, log_vkey)
        with self._alone():
            agree(self.seen(head.origin), head, growth)
            line = self._line(head, at)
            self._keep(head.origin, growth.checkpoint + line)
        return Cosigned(head, line, self.vkey())

    def _line(self, head: Head, at: int) -> str:
        signature = at.to_bytes(8, "big") + self._key().sign(cosigned_text(head.text, at))
        return signature_line(self.name, key_id(self.name, self._public(), COSIGNATURE), signature)

    def _keep(self, origin: str, note: str) -> None:
        file = self._file(origin)
        fresh = file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(note)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)

    def _file(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two requests at once are answered one after the other."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _public(self) -> bytes:
        return self._key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def _key(self) -> Ed25519PrivateKey:
        file = self.folder / "witness.key"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "wb") as out:
                out.write(os.urandom(32))
        return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def fetched(log: str, path: str) -> bytes:
    """A file of a published log, by the log's https address or folder.

    Raises:
        LogUnreachable: it cannot be read.
    """
    try:
        if not log.startswith(("https://", "http://")):
            return (Path(log) / path).read_bytes()
        request = urllib.request.Request(f"{log.rstrip('/')}/{path}")  # noqa: S310
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return bytes(answer.read())
    except OSError as fault:
        raise LogUnreachable(path=path, fault=type(fault).__name__) from None


def growth_of(log: str, seen: Head | None) -> Growth:
    """How a published log grew since a head was seen, from its checkpoint and tiles.

    Raises:
        LogUnreachable, ProofUnreadable: the log cannot be read.
    """
    checkpoint = fetched(log, "checkpoint").decode()
    size, old = read_head(checkpoint).size, seen.size if seen else 0
    if old > size:
        return Growth(old, (), checkpoint)
    read = tiles.reader(lambda tile: _tile(log, tile), size)
    return Growth(old, tuple(merkle.consistency_proof(old, size, read)), checkpoint)


def _tile(log: str, tile: tiles.Tile) -> bytes:
    data = fetched(log, tile.path)
    if len(data) != tile.width * tiles.HASH_BYTES:
        raise LogUnreachable(path=tile.path, fault="it has another length")
    return data
