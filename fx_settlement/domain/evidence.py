"""An evidence file for a bank's order finance: what it says, and the note that signs it.

The note is a C2SP signed note: what was signed, an empty line, and a line for each signature of
the installation's log key. It names the file by its sha256, so that a changed file is found out.

Source: c2sp.org/signed-note v1.0.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import date

from core.domain.checkpoint import ED25519, key_id, signature_line
from core.domain.errors import Refusal

HEADINGS = ("section", "day", "reference", "what", "units", "currency", "amount", "amount_cny")
TITLE = "bondpool evidence v1"


class NoteNotValid(Refusal):
    """Raised when a note does not sign a file."""

    code = "note-not-valid"
    reason = "The note does not prove the file: {why}."
    remedy = "Ask whoever gave it to you for the file and its note as they were downloaded."


@dataclass(frozen=True)
class EvidenceRow:
    """One fact about an importer; amounts as exact text, units as a whole number or nothing."""

    section: str
    day: date | None
    reference: str
    what: str
    units: int | None = None
    currency: str = ""
    amount: str = ""
    amount_cny: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as its columns are headed."""
        return (
            self.section,
            self.day.isoformat() if self.day else "",
            self.reference,
            self.what,
            "" if self.units is None else str(self.units),
            self.currency,
            self.amount,
            self.amount_cny,
        )


def note_text(importer: str, on: date, content: bytes) -> str:
    """What is signed: a title, whose evidence of which day, and the file's sha256 in hex."""
    digest = hashlib.sha256(content).hexdigest()
    return f"{TITLE}\n{importer}\n{on.isoformat()}\nsha256 {digest}\n"


def note_of(text: str, name: str, signatures: list[tuple[bytes, bytes]]) -> str:
    """The signed note; ``signatures`` are pairs of public key and signature of ``text``."""
    lines = (signature_line(name, key_id(name, public), raw) for public, raw in signatures)
    return f"{text}\n{''.join(lines)}"


def digest_in(note: str) -> str:
    """The sha256 that a note names.

    Raises:
        NoteNotValid: it is no note of evidence.
    """
    lines = note.split("\n")
    if lines[0] != TITLE or len(lines) < 6 or not lines[3].startswith("sha256 "):
        raise NoteNotValid(why="it is no note of evidence")
    return lines[3].removeprefix("sha256 ")


def signatures_in(note: str) -> tuple[bytes, list[tuple[str, bytes, bytes]]]:
    """The signed bytes of a note, and name, key id and signature of each of its lines."""
    text, _, tail = note.partition("\n\n")
    found = []
    for line in tail.splitlines():
        parts = line.removeprefix("— ").split(" ")
        if line.startswith("— ") and len(parts) == 2:
            raw = _decoded(parts[1])
            found.append((parts[0], raw[:4], raw[4:]))
    return f"{text}\n".encode(), found


def public_key_of(line: str) -> tuple[str, bytes]:
    """Name and public key of a verifier's line ``name+id+base64``.

    Raises:
        NoteNotValid: the line is no such key.
    """
    name, _, rest = line.strip().partition("+")
    kid, _, tail = rest.partition("+")
    raw = _decoded(tail)
    if raw[:1] != ED25519 or key_id(name, raw[1:]).hex() != kid:
        raise NoteNotValid(why="the key is no verifier's line")
    return name, raw[1:]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteNotValid(why="it is not written in base64") from None
