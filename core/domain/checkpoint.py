"""The signed head of the log as text: a C2SP checkpoint inside a C2SP signed note.

Sources: c2sp.org/tlog-checkpoint and c2sp.org/signed-note, both v1.0, c2sp.org/tlog-cosignature.
Signature type 0x01 is Ed25519, 0x04 an Ed25519 cosignature with its time.
"""

import base64
import hashlib
import re

ED25519 = b"\x01"
COSIGNATURE = b"\x04"

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+")


def key_id(name: str, public_key: bytes, kind: bytes = ED25519) -> bytes:
    """The four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes, kind: bytes = ED25519) -> str:
    """The key as one line that people can hand to a verifier: ``name+id+base64``."""
    tail = base64.b64encode(kind + public_key).decode()
    return f"{name}+{key_id(name, public_key, kind).hex()}+{tail}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text that is signed: origin, size and root, a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def cosigned_text(text: str, at: int) -> bytes:
    """What a witness signs: the text of a checkpoint and when it was seen, in POSIX seconds."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def signature_line(name: str, kid: bytes, signature: bytes) -> str:
    """One signature as a line of a note, its end included."""
    return f"— {name} {base64.b64encode(kid + signature).decode()}\n"


def signed_note(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """The text with its signature line."""
    return f"{text}\n{signature_line(name, key_id(name, public_key), signature)}"


def read_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The signed text and its signatures as (name, key id, signature).

    Raises:
        ValueError: the note breaks a rule of its format, or bears no signature.
    """
    text, found, lines = note.rpartition("\n\n")
    if not found or not text or not lines.endswith("\n") or _CONTROL.search(note):
        raise ValueError("a note is a text, an empty line and signature lines")
    return text + "\n", [_signature(line) for line in lines[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
        raise ValueError("a signature line is a dash, a name and base64")
    raw = strict_base64(parts[2])
    if len(raw) < 5:
        raise ValueError("a signature follows the four bytes of its key's id")
    return parts[1], raw[:4], raw[4:]


def strict_base64(text: str) -> bytes:
    """The bytes of base64 text, of which there is only this one spelling.

    Raises:
        ValueError: another alphabet, missing padding, or bits that say nothing.
    """
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("the base64 text is not in its one form")
    return raw
